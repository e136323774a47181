"""Subscriptions at the hubs of feeds, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import Subscription
from bot.store.rows import insert_into
from bot.store.tables import subscription


class SqlSubscriptions:
    """Meets `bot.ports.store.Subscriptions`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def all(self) -> Mapping[str, Subscription]:
        rows = await self._connection.execute(select(subscription).where(subscription.c.brand_id == self._brand_id))
        return {row["source"]: _subscription_of(row) for row in rows.mappings()}

    async def get(self, source: str) -> Subscription | None:
        rows = await self._connection.execute(
            select(subscription).where(subscription.c.brand_id == self._brand_id, subscription.c.source == source)
        )
        row = rows.mappings().one_or_none()
        return None if row is None else _subscription_of(row)

    async def offer(self, source: str, *, hub: str, topic: str, now: datetime) -> None:
        new = {"hub": hub, "topic": topic, "next_at": now, "until": None, "pushed_at": None}
        await self._connection.execute(
            insert_into(self._connection, subscription)
            .values(brand_id=self._brand_id, source=source, **new)
            .on_conflict_do_update(index_elements=[subscription.c.brand_id, subscription.c.source], set_=new)
        )

    async def drop(self, source: str) -> None:
        await self._connection.execute(
            delete(subscription).where(subscription.c.brand_id == self._brand_id, subscription.c.source == source)
        )

    async def claim_due(self, now: datetime, *, next_at: datetime) -> tuple[Subscription, ...]:
        rows = await self._connection.execute(
            update(subscription)
            .where(subscription.c.brand_id == self._brand_id, subscription.c.next_at <= now)
            .values(next_at=next_at)
            .returning(subscription)
        )
        return tuple(_subscription_of(row) for row in rows.mappings())

    async def next_at(self) -> datetime | None:
        soonest = func.min(subscription.c.next_at, type_=subscription.c.next_at.type)
        found: datetime | None = await self._connection.scalar(
            select(soonest).where(subscription.c.brand_id == self._brand_id)
        )
        return found

    async def confirm(self, source: str, *, until: datetime | None, next_at: datetime) -> None:
        await self._change(source, until=until, next_at=next_at)

    async def pushed(self, source: str, now: datetime) -> None:
        await self._change(source, pushed_at=now)

    async def served(self, source: str, began_at: datetime) -> None:
        await self._connection.execute(
            update(subscription)
            .where(
                subscription.c.brand_id == self._brand_id,
                subscription.c.source == source,
                subscription.c.pushed_at <= began_at,
            )
            .values(pushed_at=None)
        )

    async def _change(self, source: str, **values: datetime | None) -> None:
        await self._connection.execute(
            update(subscription)
            .where(subscription.c.brand_id == self._brand_id, subscription.c.source == source)
            .values(values)
        )


def _subscription_of(row: RowMapping) -> Subscription:
    return Subscription(**{key: row[key] for key in row if key != "brand_id"})
