"""JSON Lines: one message a line, as docs/engagement.md describes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from bot.engagement.history.found import Unreadable, check_message, clean_name
from bot.ports.history import PastMessage, PastReaction

#: A longer line is no message.
LONGEST_LINE = 1_000_000
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
    item = json.loads(line)
    if type(item) is not dict:
        raise ValueError("not an object; write one {…} a line")
    get = item.get
    reactions = get("reactions")
    mentions = get("mentions")
    reply_to = get("reply_to")
    channel = get("channel")
    message = PastMessage(
        id=_id(item, "id"),
        at=_moment(get("at"), "at"),
        author=_id(item, "author"),
        author_name=clean_name(_text(get("author_name"), "author_name")),
        is_bot=get("is_bot") is True,
        text=_text(get("text"), "text"),
        reply_to=None if reply_to is None else _id(item, "reply_to"),
        mentions=() if not mentions else _read_mentions(mentions),
        reactions=() if not reactions else _read_reactions(reactions),
        all_reactions=reactions is not None,
        community=_text(get("community"), "community") if community is None else community,
        channel=None if channel is None else _id(item, "channel"),
    )
    if not message.community:
        raise ValueError("community is missing; write a community's key from the configuration")
    check_message(message)
    return message


def _id(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise ValueError(f"{name} is missing" if value is None else f"{name} is no id; write it in quotes")


def _moment(value: object, name: str) -> datetime:
    if type(value) is not str:
        raise ValueError(f"{name} is missing; write a time such as 2026-11-24T08:00:00Z")
    return datetime.fromisoformat(value)


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return value
    raise ValueError(f"{name} is no text")


def _read_mentions(value: object) -> tuple[str, ...]:
    if type(value) is not list:
        raise ValueError('mentions is no list; write ["id", …]')
    return tuple(dict.fromkeys(_id({"mentions": person}, "mentions") for person in value))


def _read_reactions(value: object) -> tuple[PastReaction, ...]:
    if type(value) is not list or not all(type(given) is dict for given in value):
        raise ValueError('reactions is no list; write [{"by": "id", "emoji": "👍"}, …]')
    return tuple(
        PastReaction(
            by=_id(given, "by"),
            emoji=_text(given.get("emoji"), "emoji"),
            at=None if given.get("at") is None else _moment(given["at"], "reactions.at"),
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
