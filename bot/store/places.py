"""Places of no community in which the bot was spoken to, in SQL: where, and when it said that it is not set up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import ChannelRef
from bot.ports.records import StrangePlace
from bot.store.rows import insert_into
from bot.store.tables import strange_place


class SqlPlaces:
    """Meets `bot.ports.store.Places`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def meet(self, where: ChannelRef, now: datetime, *, again_after: timedelta) -> bool:
        told = await self._connection.scalar(
            insert_into(self._connection, strange_place)
            .values(
                brand_id=self._brand_id,
                platform=where.platform,
                space=where.space,
                channel=where.channel,
                met_at=now,
                told_at=now,
            )
            .on_conflict_do_update(
                index_elements=[strange_place.c.brand_id, strange_place.c.platform, strange_place.c.space],
                set_={"told_at": now, "channel": where.channel},
                where=strange_place.c.told_at <= now - again_after,
            )
            .returning(strange_place.c.space)
        )
        return told is not None

    async def all(self) -> tuple[StrangePlace, ...]:
        rows = await self._connection.execute(
            select(strange_place)
            .where(strange_place.c.brand_id == self._brand_id)
            .order_by(strange_place.c.told_at.desc(), strange_place.c.platform, strange_place.c.space)
        )
        return tuple(
            StrangePlace(
                where=ChannelRef(platform=row["platform"], space=row["space"], channel=row["channel"]),
                met_at=row["met_at"],
                told_at=row["told_at"],
            )
            for row in rows.mappings()
        )
