"""The store as one object: opened at start, closed at the end."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from filelock import AsyncFileLock, FileLock, Timeout
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from bot.errors import StoreFault
from bot.ports.records import KnownBrand
from bot.ports.store import Transactions
from bot.store.engine import READ_ONLY, async_url, create_engine
from bot.store.rows import insert_into
from bot.store.tables import brand
from bot.store.unit_of_work import Rehearsal, SqlUnitOfWork, faults_named
from bot.store.upgrade import upgrade
from bot.store.wakes import listen


class SqlStore:
    """Meets `bot.ports.store.Store` on SQLite and on PostgreSQL."""

    def __init__(self, url: str) -> None:
        self._url = async_url(url)
        self._engine = create_engine(url)
        # a snapshot of several statements, without the write lock
        if self._url.get_backend_name() == "sqlite":
            self._reading = self._engine.execution_options(**{READ_ONLY: True})
        else:
            self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._alone: FileLock | None = None

    async def open(self) -> None:
        try:
            async with self._one_at_a_time():
                await upgrade(self._engine)
        except (DBAPIError, OSError) as fault:
            where = self._url.render_as_string(hide_password=True)
            cause = " ".join(str(getattr(fault, "orig", None) or fault).split())
            raise StoreFault(
                f"the database at {where} cannot be opened ({cause}); check that it runs and that store.url is right"
            ) from fault

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        """Wait while somebody else opens the same file.

        A new file becomes WAL by a switch that SQLite refuses at once, whatever the busy timeout, while another
        connection makes it (https://sqlite.org/wal.html, "Activating And Configuring WAL Mode"). PostgreSQL has its
        own lock for this, in `upgrade`.
        """
        if (path := self._path) is None:
            yield
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        async with AsyncFileLock(f"{path}.opening"):
            yield

    def work(self, brand_id: str) -> SqlUnitOfWork:
        return SqlUnitOfWork(self._engine, brand_id)

    def read(self, brand_id: str) -> SqlUnitOfWork:
        return SqlUnitOfWork(self._reading, brand_id)

    @asynccontextmanager
    async def rehearse(self) -> AsyncIterator[Transactions]:
        async with AsyncExitStack() as stack:
            with faults_named():
                connection = await stack.enter_async_context(self._engine.connect())
                transaction = await connection.begin()
            stack.push_async_callback(transaction.rollback)
            yield Rehearsal(connection)

    async def remember_brand(self, brand_id: str, name: str, *, given: bool, now: datetime) -> KnownBrand:
        with faults_named():
            return await self._remember_brand(brand_id, name, given=given, now=now)

    async def _remember_brand(self, brand_id: str, name: str, *, given: bool, now: datetime) -> KnownBrand:
        async with self._engine.begin() as connection:
            if not given:
                known = (await connection.execute(select(brand.c.brand_id, brand.c.key).limit(2))).all()
                if len(known) == 1:
                    return KnownBrand(id=known[0].brand_id, key=known[0].key)
            await connection.execute(
                insert_into(connection, brand)
                .values(brand_id=brand_id, name=name, key=secrets.token_bytes(32), first_run_at=now)
                .on_conflict_do_nothing()
            )
            key = await connection.scalar(select(brand.c.key).where(brand.c.brand_id == brand_id))
        return KnownBrand(id=brand_id, key=bytes(key or b""))

    async def hold_alone(self) -> bool:
        if self._path is None:
            return False
        lock = FileLock(f"{self._path}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreFault(
                f"another konektor run holds {self._path}: SQLite serves one at a time. "
                "Stop the other one, or set store.url to a postgresql:// database to run several."
            ) from None
        self._alone = lock
        return True

    async def leave_no_trace(self) -> None:
        if self._url.get_backend_name() != "sqlite":
            return
        # secure_delete zeroes what is freed, but pages that were rearranged may hold copies: only a new file has none
        async with self._engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is not None:
                await driver.execute("VACUUM")
                await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def wake_on_changes(self, brand_id: str, wake: Callable[[], None]) -> None:
        if self._url.get_backend_name() == "postgresql":
            await listen(self._url, brand_id, wake)

    @property
    def _path(self) -> Path | None:
        """The file of an SQLite database; None for any other."""
        name = self._url.database
        is_file = self._url.get_backend_name() == "sqlite" and name and name != ":memory:"
        return Path(name) if name and is_file else None

    async def close(self) -> None:
        await self._engine.dispose()
        if self._alone is not None:
            self._alone.release()
