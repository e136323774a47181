"""How SQLAlchemy reaches SQLite and PostgreSQL, so that both keep the same promises."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsFault

#: Set per transaction: reads begin deferred and see one snapshot, writes take the write lock at once. A deferred
#: transaction that writes later fails with SQLITE_BUSY under load instead of waiting.
READ_ONLY = "konektor_read_only"

#: What members wrote is among a statement's values: no error message and no log may carry it.
HIDE_PARAMETERS = True


def async_url(url: str) -> URL:
    """Return SQLAlchemy's address of `url`; raises SettingsFault for what is neither SQLite nor PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsFault("store.url cannot be read; write sqlite:///data/konektor.db or postgresql://…") from None
    family = parsed.drivername.partition("+")[0]
    if family == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    if family in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise SettingsFault(f"store.url speaks of {family}; write sqlite:///data/konektor.db or postgresql://…")


def create_engine(url: str) -> AsyncEngine:
    """Make the engine of a database."""
    address = async_url(url)
    if address.get_backend_name() != "sqlite":
        return create_async_engine(
            address, pool_pre_ping=True, isolation_level="READ COMMITTED", hide_parameters=HIDE_PARAMETERS
        )
    engine = create_async_engine(
        address, connect_args={"timeout": 30, "isolation_level": None}, hide_parameters=HIDE_PARAMETERS
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own connection
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        # a commit must outlive a power cut: `sending` is committed before the call that can't be taken back
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        # 32 MiB for pages: with the 2 MiB it has by itself, filling an index of a large log reads more than it writes
        "cache_size=-32768",
        # what is forgotten must not be found in the file
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
