"""What was typed at the terminal, read as a line to the bot, a command, a change of speaker or the end. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from bot.ports.platform import CommandSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """Something said to the bot."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Commanded:
    """A command for the bot."""

    #: The canonical name; lower case as typed where it is unknown.
    name: str
    #: What came after it, trimmed.
    arguments: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Switched:
    """Another speaker: `/as NAME`."""

    #: The name as typed.
    name: str
    #: The person id made from it.
    person_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """The end of the talk: `/quit`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One of the choices shown last, by its number."""

    #: From 1.
    number: int


Line: TypeAlias = Said | Commanded | Switched | Chosen | Left

_COMMAND = re.compile(r"/(?P<name>[^\W\d]\w*)(?:\s+(?P<arguments>.*))?", re.DOTALL)


def read_line(line: str, commands: Iterable[CommandSpec], *, choices: int = 0) -> Line | None:
    """Read one line; None for a blank one and for `/as` without a name.

    `choices` is how many were shown last: a number up to it, and nothing else in the line, is one of them.
    """
    typed = line.replace("\0", "").strip()  # a character that no database takes
    if typed.isascii() and typed.isdecimal() and 1 <= int(typed[:3]) <= choices:
        return Chosen(number=int(typed))
    found = _COMMAND.fullmatch(typed)
    if found is None:
        return Said(text=typed) if typed else None
    name, arguments = found["name"].casefold(), (found["arguments"] or "").strip()
    match name:
        case "quit":
            return Left()
        case "as":
            person_id = re.sub(r"[^\w.-]+", "-", arguments.casefold()).strip("-")[:64]
            return Switched(name=arguments, person_id=person_id) if person_id else None
        case _:
            return Commanded(name=_canonical_name(name, commands), arguments=arguments)


def _canonical_name(folded: str, commands: Iterable[CommandSpec]) -> str:
    for spec in commands:
        if folded == spec.name or folded in (other.casefold() for other in spec.names.values()):
            return spec.name
    return folded
