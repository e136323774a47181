"""Taking turns: what two processes must not do at once, although no row stands for it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bulk import is_postgres


async def take_turn(connection: AsyncConnection, work: str, brand_id: str) -> None:
    """Let no other transaction do this `work` of the brand until this one ends: waits for its turn.

    What is read afterwards shows what the one before has committed. On SQLite a transaction that writes is the only one
    from its beginning.
    """
    if is_postgres(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(_number(work, brand_id))))


async def try_turn(connection: AsyncConnection, work: str, brand_id: str) -> bool:
    """As `take_turn`, but False when it is another's, without waiting."""
    if not is_postgres(connection):
        return True
    return bool(await connection.scalar(select(func.pg_try_advisory_xact_lock(_number(work, brand_id)))))


def _number(work: str, brand_id: str) -> ColumnElement[int]:
    return func.hashtext(f"{work}:{brand_id}")
