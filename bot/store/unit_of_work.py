"""One transaction over one brand's rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import psycopg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from bot.errors import RowRefused, StoreFault
from bot.ports.store import (
    Allowances,
    Archive,
    Drafts,
    EventLog,
    Feeds,
    Forgetting,
    Imports,
    Keys,
    Leases,
    Moves,
    Outbox,
    Pauses,
    People,
    Places,
    Questions,
    Receptions,
    Shares,
    Subscriptions,
    Vectors,
)
from bot.store.allowances import SqlAllowances
from bot.store.archive import SqlArchive
from bot.store.drafts import SqlDrafts
from bot.store.events import SqlEventLog
from bot.store.feeds import SqlFeeds
from bot.store.forgetting import SqlForgetting
from bot.store.imports import SqlImports
from bot.store.keys import SqlKeys
from bot.store.leases import SqlLeases
from bot.store.moves import SqlMoves
from bot.store.outbox import SqlOutbox
from bot.store.pauses import SqlPauses
from bot.store.people import SqlPeople
from bot.store.places import SqlPlaces
from bot.store.questions import SqlQuestions
from bot.store.receptions import SqlReceptions
from bot.store.shares import SqlShares
from bot.store.subscriptions import SqlSubscriptions
from bot.store.vectors import SqlVectors

#: What is asked of a driver itself (see `bot.store.driver`) fails in the driver's own words.
_ROW = (DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError, sqlite3.DataError, sqlite3.IntegrityError)
_DATABASE = (DBAPIError, psycopg.Error, sqlite3.Error)
#: Errors that come from the database; others raised inside a unit of work are the flow's own and leave it as they are.
_ROW_OR_DATABASE = (*_DATABASE, UnicodeEncodeError)


class SqlUnitOfWork:
    """Meets `bot.ports.store.UnitOfWork`; made by `SqlStore.work` and `SqlStore.read`."""

    events: EventLog
    people: People
    questions: Questions
    feeds: Feeds
    shares: Shares
    receptions: Receptions
    drafts: Drafts
    archive: Archive
    outbox: Outbox
    pauses: Pauses
    forgetting: Forgetting
    imports: Imports
    vectors: Vectors
    keys: Keys
    leases: Leases
    moves: Moves
    subscriptions: Subscriptions
    places: Places
    allowances: Allowances

    def __init__(self, engine: AsyncEngine, brand_id: str) -> None:
        self._engine = engine
        self._brand_id = brand_id
        self._connection: AsyncConnection | None = None

    async def __aenter__(self) -> Self:
        with faults_named():
            connection = await self._engine.connect()
            try:
                await connection.begin()
            except BaseException:
                await connection.close()
                raise
        self._bind(connection)
        return self

    def _bind(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.events = SqlEventLog(connection, self._brand_id)
        self.people = SqlPeople(connection, self._brand_id)
        self.questions = SqlQuestions(connection, self._brand_id)
        self.feeds = SqlFeeds(connection, self._brand_id)
        self.shares = SqlShares(connection, self._brand_id)
        self.archive = SqlArchive(connection, self._brand_id)
        self.receptions = SqlReceptions(connection, self._brand_id)
        self.drafts = SqlDrafts(connection, self._brand_id)
        self.outbox = SqlOutbox(connection, self._brand_id)
        self.pauses = SqlPauses(connection, self._brand_id)
        self.forgetting = SqlForgetting(connection, self._brand_id)
        self.imports = SqlImports(connection, self._brand_id)
        self.vectors = SqlVectors(connection, self._brand_id)
        self.keys = SqlKeys(connection, self._brand_id)
        self.leases = SqlLeases(connection, self._brand_id)
        self.moves = SqlMoves(connection, self._brand_id)
        self.subscriptions = SqlSubscriptions(connection, self._brand_id)
        self.places = SqlPlaces(connection, self._brand_id)
        self.allowances = SqlAllowances(connection, self._brand_id)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with faults_named():
            if self._connection is not None:
                # closing takes back whatever was not committed
                await self._connection.close()
            if isinstance(error, _ROW_OR_DATABASE):
                raise error

    async def commit(self) -> None:
        if self._connection is None:
            raise RuntimeError("commit outside of `async with`")
        await self._connection.commit()


class RehearsedUnitOfWork(SqlUnitOfWork):
    """A unit of work inside a transaction that will be taken back: `commit` lets it be seen by the next one only."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        super().__init__(connection.engine, brand_id)
        self._outer = connection
        self._inner: AsyncTransaction | None = None

    async def __aenter__(self) -> Self:
        with faults_named():
            self._inner = await self._outer.begin_nested()
        self._bind(self._outer)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with faults_named():
            if self._inner is not None and self._inner.is_active:
                await self._inner.rollback()
            if isinstance(error, _ROW_OR_DATABASE):
                raise error

    async def commit(self) -> None:
        if self._inner is not None:
            await self._inner.commit()


class Rehearsal:
    """Meets `bot.ports.store.Transactions` within one transaction that is taken back in the end."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def work(self, brand_id: str) -> RehearsedUnitOfWork:
        return RehearsedUnitOfWork(self._connection, brand_id)

    def read(self, brand_id: str) -> RehearsedUnitOfWork:
        return RehearsedUnitOfWork(self._connection, brand_id)


@contextmanager
def faults_named() -> Iterator[None]:
    """Let what the database raises come out as StoreFault, or as RowRefused where trying again is no use."""
    try:
        yield
    except _ROW as fault:
        raise RowRefused(f"the database refuses a row: {_cause_of(fault)}") from fault
    except UnicodeEncodeError as fault:
        raise RowRefused(f"the database refuses a row: half a character is no text ({fault.reason})") from fault
    except (*_DATABASE, OSError) as fault:
        raise StoreFault(_what_to_do(fault)) from fault


def _what_to_do(fault: Exception) -> str:
    text = _cause_of(fault)
    if "disk is full" in text:
        return f"the database cannot write, the disk is full ({text}); free space, the work is tried again by itself"
    if "disk I/O error" in text:
        return (
            f"the database cannot use its file ({text}); look at the disk, its room and quota; the work is tried again"
        )
    if "locked" in text:
        return f"the database is held by another process ({text}); stop it, the work is tried again by itself"
    return f"the database did not do its work ({text}); check that it runs and that `store.url` names it"


def _cause_of(fault: Exception) -> str:
    cause = fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault
    return " ".join(str(cause).split())
