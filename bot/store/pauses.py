"""The emergency stop in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import Pause
from bot.store.rows import insert_into
from bot.store.tables import pause


class SqlPauses:
    """Meets `bot.ports.store.Pauses`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def all(self, now: datetime) -> tuple[Pause, ...]:
        rows = await self._connection.execute(
            select(pause.c.scope, pause.c.key, pause.c.since, pause.c.reason, pause.c.until)
            .where(pause.c.brand_id == self._brand_id, or_(pause.c.until.is_(None), pause.c.until > now))
            .order_by(pause.c.since, pause.c.scope, pause.c.key)
        )
        return tuple(
            Pause(scope=scope, key=key, since=since, reason=reason, until=until)
            for scope, key, since, reason, until in rows
        )

    async def add(self, new: Pause) -> None:
        await self._connection.execute(
            insert_into(self._connection, pause)
            .values(
                brand_id=self._brand_id,
                scope=new.scope,
                key=new.key,
                since=new.since,
                reason=new.reason,
                until=new.until,
            )
            .on_conflict_do_update(
                index_elements=[pause.c.brand_id, pause.c.scope, pause.c.key],
                set_={"since": new.since, "reason": new.reason, "until": new.until},
                where=pause.c.until <= new.since,
            )
        )

    async def remove(self, scope: str, key: str) -> bool:
        gone = await self._connection.execute(
            delete(pause).where(pause.c.brand_id == self._brand_id, pause.c.scope == scope, pause.c.key == key)
        )
        return gone.rowcount > 0
