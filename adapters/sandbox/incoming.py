"""What a member typed, read as the core's words: commands, mentions of the bot, mentions of members. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.ports.platform import CommandSpec

#: A command: a slash, a word, perhaps the bot it is for.
_COMMAND = re.compile(r"/(?P<name>[^\W\d]\w*)(?:@(?P<to>[\w.-]+))?(?:\s+(?P<arguments>.*))?", re.DOTALL)
_HANDLE = re.compile(r"(?<![\w@])@(?P<handle>[\w.-]*\w)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """A line as the bot hears it."""

    #: The canonical name, if the line is a command for this bot.
    command: str | None
    #: The arguments of the command, or the text without mentions of this bot.
    text: str
    #: Whether the bot is named.
    mentions_bot: bool
    #: The ids of the members named in it, in order, each once.
    mentions: tuple[str, ...]


def read_typed(
    line: str, *, handles: frozenset[str], commands: Iterable[CommandSpec], members: Mapping[str, str]
) -> Typed:
    """Read what a member typed.

    `handles` are the names the bot goes by, case-folded, without the at sign. `members` gives person ids by case-folded
    handle. A command for another bot (`/top@other`) is ordinary text.
    """
    typed = line.strip()
    command = _COMMAND.fullmatch(typed)
    if command is not None and (command["to"] is None or command["to"].casefold() in handles):
        name = canonical_name(command["name"], commands)
        return Typed(command=name, text=(command["arguments"] or "").strip(), mentions_bot=True, mentions=())
    named = [match["handle"].casefold() for match in _HANDLE.finditer(typed)]
    mentions = tuple(dict.fromkeys(members[handle] for handle in named if handle in members))
    if handles.isdisjoint(named):
        return Typed(command=None, text=typed, mentions_bot=False, mentions=mentions)
    return Typed(command=None, text=_without(typed, handles), mentions_bot=True, mentions=mentions)


def canonical_name(name: str, commands: Iterable[CommandSpec]) -> str:
    """Return the canonical name of a command typed in any language; an unknown one keeps its name in lower case."""
    folded = name.casefold()
    for spec in commands:
        if folded == spec.name or folded in (other.casefold() for other in spec.names.values()):
            return spec.name
    return folded


def _without(text: str, handles: frozenset[str]) -> str:
    """Return `text` without mentions of the bot, each gone with the comma or colon of the address and one space."""
    kept = re.sub(
        r"[^\S\n]*(?<![\w@])@([\w.-]*\w)([,:](?=\s))?",
        lambda match: "" if match[1].casefold() in handles else match[0],
        text,
    )
    return kept.strip()
