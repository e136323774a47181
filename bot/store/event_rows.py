"""How events that were just heard become rows, a batch in one statement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.ports.records import LoggedEvent
from bot.store.driver import Statement, text_of_moment
from bot.store.past_rows import PAST_COLUMNS

#: The columns of `rows_of`, in its order; no history says which messages were sent as one.
_COLUMNS = (*PAST_COLUMNS, "part_of")
_POSTGRES = (
    f"INSERT INTO event ({', '.join(_COLUMNS)}) "  # noqa: S608  # our own names
    "SELECT %s, %s, event_id, kind, community, channel, happened_at, author, toward::json, message_id, reply_to, "
    "emoji, text, part_of FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], "
    "%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS given "
    "(event_id, kind, community, channel, happened_at, author, toward, message_id, reply_to, emoji, text, part_of) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)
_MARKS = f"({', '.join('?' * len(_COLUMNS))})"


#: The most events of one SQLite statement, a power of two; it takes 32,766 values.
_LONGEST = 256


def portion_of(count: int) -> int:
    """Return how many of `count` events SQLite is given at once: a power of two.

    A statement is compiled for its number of rows and kept compiled, some of them a megabyte long: nine are enough.
    """
    return 1 << (min(count, _LONGEST).bit_length() - 1)


@lru_cache(maxsize=16)
def insert_of(count: int) -> Statement:
    """Return what inserts `count` events and gives the ids of those that were not there.

    Its values are `rows_of`, one after the other. PostgreSQL's is the same for any number, with the brand, the platform
    and `columns_of` for values.
    """
    return Statement(
        sqlite=f"INSERT INTO event ({', '.join(_COLUMNS)}) VALUES {', '.join([_MARKS] * count)} "  # noqa: S608  # our own names
        "ON CONFLICT DO NOTHING RETURNING event_id",
        postgres=_POSTGRES,
    )


def rows_of(
    brand_id: str, platform: str, events: Sequence[LoggedEvent], texts: Mapping[str, str]
) -> Iterator[tuple[str | None, ...]]:
    """Yield events as SQLite keeps them, in the order of _COLUMNS."""
    for logged in events:
        author = logged.author
        yield (
            brand_id,
            platform,
            logged.event_id,
            logged.kind,
            logged.community,
            logged.channel,
            text_of_moment(logged.at),
            None if author is None else author.id,
            _toward_of(logged),
            logged.message_id,
            logged.reply_to,
            logged.emoji,
            texts.get(logged.event_id),
            logged.part_of,
        )


def columns_of(events: Sequence[LoggedEvent], texts: Mapping[str, str]) -> tuple[list[Any], ...]:
    """Return events column by column, as arrays for PostgreSQL, from `event_id` on."""
    return (
        [logged.event_id for logged in events],
        [logged.kind for logged in events],
        [logged.community for logged in events],
        [logged.channel for logged in events],
        [logged.at for logged in events],
        [None if logged.author is None else logged.author.id for logged in events],
        [_toward_of(logged) for logged in events],
        [logged.message_id for logged in events],
        [logged.reply_to for logged in events],
        [logged.emoji for logged in events],
        [texts.get(logged.event_id) for logged in events],
        [logged.part_of for logged in events],
    )


def _toward_of(logged: LoggedEvent) -> str:
    return json.dumps([[aimed.person.id, aimed.kind] for aimed in logged.toward]) if logged.toward else "[]"
