"""Statements given straight to the database's driver: what every batch of events asks, too often for anything between.

SQLAlchemy converts and checks value by value, and on SQLite each of its statements goes to the driver's thread four
times; here it goes once, and values are those the driver takes. Everything else is asked through SQLAlchemy.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import aware_utc
from bot.store.bulk import is_postgres

_WITHOUT_ZONE = len("2026-11-24 08:00:00.000000")


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One statement in both databases' own words, with its values in the same order."""

    #: Marks are `?`; a list is one JSON text, read by json_each.
    sqlite: str
    #: Marks are `%s`; a list is an array.
    postgres: str


async def fetch(connection: AsyncConnection, statement: Statement, *values: Any) -> Sequence[tuple[Any, ...]]:  # noqa: ANN401  # column values
    """Run a statement within the transaction of `connection` and return its rows."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if is_postgres(connection):
        rows: Sequence[tuple[Any, ...]] = await (await driver.execute(statement.postgres, values)).fetchall()
        return rows
    found: Iterable[tuple[Any, ...]] = await driver.execute_fetchall(statement.sqlite, values)
    return list(found)


async def stream_plain(
    connection: AsyncConnection, statement: Select[Any], *, portion: int
) -> AsyncIterator[Sequence[Any]]:
    """Give the rows of a query as plain tuples of what the driver gives, `portion` at a time.

    For columns that need no conversion, by the million: on SQLite the driver is asked itself, since rows that also know
    their columns' names cost as much again as reading them.
    """
    if is_postgres(connection):
        result = await connection.stream(statement)
        async for rows in result.partitions(portion):
            yield [tuple(row) for row in rows]
        return
    # the values are written out, quoted, since only a result that knows its columns takes them apart from the words
    written = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    driver: Any = (await connection.get_raw_connection()).driver_connection
    async with driver.execute(written.string) as cursor:
        while rows := await cursor.fetchmany(portion):
            yield rows


def as_list(connection: AsyncConnection, values: Collection[str]) -> Any:  # noqa: ANN401  # as the driver takes it
    """Return texts as the value of one mark."""
    return list(values) if is_postgres(connection) else json.dumps(list(values))


def as_moment(connection: AsyncConnection, at: datetime) -> Any:  # noqa: ANN401  # as the driver takes it
    """Return a moment as `tables.UtcDateTime` keeps it."""
    return aware_utc(at, "a time to be stored") if is_postgres(connection) else text_of_moment(at)


def text_of_moment(at: datetime) -> str:
    """Return an aware moment as SQLite keeps it: in UTC, without the zone."""
    if at.tzinfo is not UTC:
        at = aware_utc(at, "a time to be stored")
    return at.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


def moment_of(value: Any) -> datetime | None:  # noqa: ANN401  # as the driver gives it
    """Read a moment as either driver gives it."""
    if value is None:
        return None
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
