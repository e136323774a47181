"""Taking turns: what two processes must not do at once, although no row stands for it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bulk import is_postgres


async def take_turn(connection: AsyncConnection, work: str, brand_id: str) -> None:
    """Let no other transaction do this `work` of the brand until this one ends: waits for its turn.

    What is read afterwards shows what the one before has committed. On SQLite a transaction that writes is the only one
    from its beginning.
    """
    if is_postgres(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{work}:{brand_id}"))))
