"""The event log in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import ChannelRef, PersonRef
from bot.ports.records import LoggedEvent
from bot.store.rows import event_columns, event_of, insert_into
from bot.store.tables import event


class SqlEventLog:
    """Meets `bot.ports.store.EventLog`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def add(self, platform: str, events: Sequence[LoggedEvent], texts: Mapping[str, str]) -> frozenset[str]:
        if not events:
            return frozenset()
        rows = [
            {
                "brand_id": self._brand_id,
                "platform": platform,
                "text": texts.get(logged.event_id),
                **event_columns(logged),
            }
            for logged in events
        ]
        added = await self._connection.scalars(
            insert_into(self._connection, event).on_conflict_do_nothing().returning(event.c.event_id), rows
        )
        return frozenset(added)

    async def authors(
        self, platform: str, messages: Collection[tuple[str, str]]
    ) -> Mapping[tuple[str, str], PersonRef]:
        if not messages:
            return {}
        rows = await self._connection.execute(
            select(event.c.channel, event.c.message_id, event.c.author).where(
                event.c.brand_id == self._brand_id,
                event.c.platform == platform,
                event.c.kind == "message",
                event.c.author.is_not(None),
                tuple_(event.c.channel, event.c.message_id).in_(messages),
            )
        )
        return {(channel, message): PersonRef(platform=platform, id=author) for channel, message, author in rows}

    async def since(self, community: str | None, start: datetime) -> tuple[LoggedEvent, ...]:
        wanted = event.c.community != "" if community is None else event.c.community == community
        rows = await self._connection.execute(
            select(event)
            .where(event.c.brand_id == self._brand_id, wanted, event.c.happened_at >= start)
            .order_by(event.c.happened_at, event.c.event_id)
        )
        return tuple(event_of(row) for row in rows.mappings())

    async def answered_by_others(self, channel: ChannelRef, message_id: str, asker: PersonRef) -> bool:
        found = await self._connection.scalar(
            select(event.c.event_id)
            .where(
                event.c.brand_id == self._brand_id,
                event.c.platform == channel.platform,
                event.c.channel == channel.channel,
                event.c.reply_to == message_id,
                event.c.kind == "message",
                event.c.author != asker.id,
            )
            .limit(1)
        )
        return found is not None

    async def forget_before(self, moment: datetime) -> int:
        gone = await self._connection.execute(
            delete(event).where(event.c.brand_id == self._brand_id, event.c.happened_at < moment)
        )
        return gone.rowcount
