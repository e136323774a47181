"""Leases in SQL: what only one process at a time may do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.rows import insert_into
from bot.store.tables import lease


class SqlLeases:
    """Meets `bot.ports.store.Leases`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def take(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        statement = insert_into(self._connection, lease).values(
            brand_id=self._brand_id, name=name, owner=owner, until=until
        )
        taken = await self._connection.scalar(
            statement.on_conflict_do_update(
                index_elements=[lease.c.brand_id, lease.c.name],
                set_={"owner": owner, "until": until},
                where=or_(lease.c.owner == owner, lease.c.until <= now),
            ).returning(lease.c.name)
        )
        return taken is not None

    async def give_back(self, name: str, owner: str) -> None:
        await self._connection.execute(
            delete(lease).where(lease.c.brand_id == self._brand_id, lease.c.name == name, lease.c.owner == owner)
        )

    async def held(self, now: datetime) -> tuple[str, ...]:
        names = await self._connection.scalars(
            select(lease.c.name).where(lease.c.brand_id == self._brand_id, lease.c.until > now).order_by(lease.c.name)
        )
        return tuple(names)
