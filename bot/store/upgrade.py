"""Bringing a database up to date. Alembic is imported only when there is something to do: it is slow to load."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).with_name("migrations")
#: One number for the service's migration lock on PostgreSQL.
_LOCK = 7261030


def newest() -> str:
    """Return the newest revision, by the order of the files' names."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the database to the newest revision; several processes at once do it once, one after the other."""
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def current(connection: Connection) -> str | None:
    """Return the revision a database is at; None for one without tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection) -> None:
    if current(connection) == newest():
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    from alembic import command  # noqa: PLC0415  # only when there is something to do
    from alembic.config import Config  # noqa: PLC0415  # same

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
