"""JSON Lines: one message a line, as docs/engagement.md describes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from bot.engagement.history.found import Unreadable, check_message, clean_name
from bot.ports.history import PastMessage, PastReaction

#: A longer line is no message.
LONGEST_LINE = 1_000_000
_DECODER = json.JSONDecoder()
_MARK = b"\xef\xbb\xbf"


def read_lines(file: IO[bytes], *, community: str | None = None) -> Iterator[tuple[int, PastMessage] | Unreadable]:
    """Yield the messages with their line numbers, and what could not be read; blank lines are nothing.

    `community` is the key that every message belongs to whatever its line says. Never holds more than one line.
    """
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), start=1):
        if number == 1 and line.startswith(_MARK):
            line = line.removeprefix(_MARK)  # noqa: PLW2901  # the mark some editors begin a file with is no text
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)  # noqa: PLW2901  # the rest of what is too long
            yield Unreadable(number, f"longer than {LONGEST_LINE:,} bytes")
        elif line.strip():
            try:
                yield number, read_line(line, community=community)
            except (ValueError, OverflowError, RecursionError) as error:
                yield Unreadable(number, _say(error))


def read_line(line: bytes, *, community: str | None = None) -> PastMessage:
    """Read one line; raises ValueError, OverflowError or RecursionError when it holds no message."""
    # what json.loads does for bytes, less a guess of the encoding and two searches for white space
    text = line.decode().strip()
    item, end = _DECODER.raw_decode(text)
    if end != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    if type(item) is not dict:
        raise ValueError("not an object; write one {…} a line")
    get = item.get
    key, author, at = get("id"), get("author"), get("at")
    reactions, mentions, reply_to, channel = get("reactions"), get("mentions"), get("reply_to"), get("channel")
    if type(at) is not str:
        raise ValueError("at is missing; write a time such as 2026-11-24T08:00:00Z")
    message = PastMessage(
        key if type(key) is str else _id(key, "id"),
        datetime.fromisoformat(at),
        author if type(author) is str else _id(author, "author"),
        clean_name(_text(get("author_name"), "author_name")),
        get("is_bot") is True,
        False,  # noqa: FBT003  # fields by position: a million messages pay for every name
        _text(get("text"), "text"),
        None if reply_to is None else _id(reply_to, "reply_to"),
        () if not mentions else _read_mentions(mentions),
        () if not reactions else _read_reactions(reactions),
        reactions is not None,
        _text(get("community"), "community") if community is None else community,
        None if channel is None else _id(channel, "channel"),
    )
    if not message.community:
        raise ValueError("community is missing; write a community's key from the configuration")
    check_message(message)
    return message


def _id(value: object, name: str) -> str:
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise ValueError(f"{name} is missing" if value is None else f"{name} is no id; write it in quotes")


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return value
    raise ValueError(f"{name} is no text")


def _read_mentions(value: object) -> tuple[str, ...]:
    if type(value) is not list:
        raise ValueError('mentions is no list; write ["id", …]')
    return tuple(dict.fromkeys(_id(person, "mentions") for person in value))


def _read_reactions(value: object) -> tuple[PastReaction, ...]:
    if type(value) is not list or not all(type(given) is dict for given in value):
        raise ValueError('reactions is no list; write [{"by": "id", "emoji": "👍"}, …]')
    return tuple(
        PastReaction(
            by=_id(given.get("by"), "reactions.by"),
            emoji=_text(given.get("emoji"), "emoji"),
            at=None if given.get("at") is None else datetime.fromisoformat(_text(given["at"], "reactions.at")),
        )
        for given in value
    )


def _say(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg}, column {error.colno}); write one object a line"
    if isinstance(error, RecursionError):
        return "nested too deep"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return str(error)
