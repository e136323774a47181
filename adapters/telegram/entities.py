"""What the entities of a text say: whom it names and whether it gives a command. Pure.

Telegram counts offsets and lengths of entities in UTF-16 code units (Bot API, MessageEntity), Python in characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from adapters.telegram.settings import NAME
from bot.messages import PersonRef

#: A MessageEntity of the Bot API as it comes.
Entity: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Self:
    """Which account this bot is, and which commands it answers to."""

    #: Its user id.
    id: int
    #: Its username without @, as Telegram writes it.
    username: str
    #: Canonical command names by every name a member may type, lower case.
    commands: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadText:
    """A text with its entities understood."""

    #: The text as people see it, mentions of this bot taken out.
    text: str
    #: Whether this bot was named.
    mentions_bot: bool
    #: Other people named by id, in order, each once.
    mentions: tuple[PersonRef, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadCommand:
    """A command at the start of a text."""

    #: As typed, lower case, without slash and address.
    name: str
    #: Whether it is addressed to another bot.
    for_other: bool
    #: What follows it, trimmed.
    arguments: str


def read_text(text: str, entities: Sequence[Entity], me: Self) -> ReadText:
    """Take this bot's name out of `text` and note who else is named; @usernames of others carry no id and stay text."""
    if not entities:
        return ReadText(text=clean(text), mentions_bot=False, mentions=())
    units = _Units(text)
    pieces: list[str] = []
    mentions: dict[PersonRef, None] = {}
    named = False
    end = 0
    for entity in sorted(entities, key=itemgetter("offset")):
        if _names_me(entity, units, me):
            named = True
            pieces.append(units.cut(end, entity["offset"]))
            end = max(end, entity["offset"] + entity["length"])
        elif (user := _user_named(entity)) is not None and not user["is_bot"]:
            mentions[PersonRef(platform=NAME, id=str(int(user["id"])))] = None
    pieces.append(units.cut(end, units.length))
    return ReadText(text=clean(_join(pieces)), mentions_bot=named, mentions=tuple(mentions))


def read_command(text: str, entities: Sequence[Entity], me: Self) -> ReadCommand | None:
    """Read the command `text` begins with; None when it begins with none."""
    first = next((e for e in entities if e["type"] == "bot_command" and e["offset"] == 0), None)
    if first is None:
        return None
    units = _Units(text)
    written = units.cut(0, first["length"])
    if not written.startswith("/"):
        return None
    name, _, address = written.removeprefix("/").partition("@")
    return ReadCommand(
        name=clean(name).lower(),
        for_other=bool(address) and address.lower() != me.username.lower(),
        arguments=clean(units.cut(first["length"], units.length)).strip(),
    )


def clean(text: str) -> str:
    """Replace halves of characters and drop NULs: JSON can carry both, databases and terminals can't."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")


class _Units:
    """A text that is cut by UTF-16 code units; a cut beyond its ends stops there."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode("utf-16-le", "surrogatepass")
        self.length = len(self._bytes) // 2

    def cut(self, start: int, end: int) -> str:
        return self._bytes[max(0, start) * 2 : max(0, end) * 2].decode("utf-16-le", "surrogatepass")


def _names_me(entity: Entity, units: _Units, me: Self) -> bool:
    if entity["type"] == "mention":
        return units.cut(entity["offset"], entity["offset"] + entity["length"]).lower() == f"@{me.username}".lower()
    user = _user_named(entity)
    return user is not None and bool(user["id"] == me.id)


def _user_named(entity: Entity) -> Mapping[str, Any] | None:
    """Return the User a "text_mention" is of; None for every other entity."""
    return entity.get("user") if entity["type"] == "text_mention" else None


def _join(pieces: list[str]) -> str:
    """Close the gaps a name has left: "hey @tani, when?" reads "hey when?", "thanks @tani!" reads "thanks!"."""
    joined = pieces[0]
    for piece in pieces[1:]:
        left, right = joined.rstrip(" "), piece.lstrip(" ,:")
        apart = left and right and not left.endswith("\n") and right[0] not in ".!?…)\n"
        joined = f"{left} {right}" if apart else left + right
    return joined.strip() if len(pieces) > 1 else joined
