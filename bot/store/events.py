"""The event log in SQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import String, cast, delete, func, or_, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.messages import ChannelRef, PersonRef
from bot.ports.platform import Heard
from bot.ports.records import DeletedMessage, LoggedEvent, PastEvent, StandingReaction, TieFields
from bot.store.bulk import is_postgres
from bot.store.driver import Statement, fetch, stream_plain
from bot.store.event_rows import columns_of, insert_of, portion_of, rows_of
from bot.store.past_rows import PAST_COLUMNS, past_columns, past_row
from bot.store.rows import event_of, insert_into
from bot.store.tables import event

#: How many rows are handed over at a time: as many as a processor's cache holds, since they are read column by column.
_PORTION = 2_000
_PAST_ON_SQLITE = (
    f"INSERT INTO event ({', '.join(PAST_COLUMNS)}) VALUES ({', '.join('?' * len(PAST_COLUMNS))}) "  # noqa: S608  # our own names
    "ON CONFLICT DO NOTHING"
)

#: The rows are few and found one by one: the messages asked for come first.
_AUTHORS = Statement(
    sqlite="SELECT event.channel, event.message_id, event.author FROM json_each(?) AS asked CROSS JOIN event "
    "ON event.brand_id = ? AND event.platform = ? AND event.channel = json_extract(asked.value, '$[0]') "
    "AND event.message_id = json_extract(asked.value, '$[1]') "
    "WHERE event.kind = 'message' AND event.author IS NOT NULL",
    postgres="SELECT event.channel, event.message_id, event.author "
    "FROM unnest(%s::text[], %s::text[]) AS asked (channel, message_id) "
    "JOIN event ON event.brand_id = %s AND event.platform = %s AND event.channel = asked.channel "
    "AND event.message_id = asked.message_id WHERE event.kind = 'message' AND event.author IS NOT NULL",
)


class SqlEventLog:
    """Meets `bot.ports.store.EventLog`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def add(self, platform: str, events: Sequence[LoggedEvent], texts: Mapping[str, str]) -> frozenset[str]:
        if not events:
            return frozenset()
        # in one order by whoever adds, so that no two transactions wait for each other
        left = sorted(events, key=attrgetter("event_id"))
        added: set[str] = set()
        values: list[Any]
        while left:
            if is_postgres(self._connection):
                count, values, left = 1, [self._brand_id, platform, *columns_of(left, texts)], []
            else:
                count = portion_of(len(left))
                values = [value for row in rows_of(self._brand_id, platform, left[:count], texts) for value in row]
                left = left[count:]
            added.update(event_id for (event_id,) in await fetch(self._connection, insert_of(count), *values))
        return frozenset(added)

    async def add_past(self, platform: str, events: Sequence[PastEvent]) -> int:
        if not events:
            return 0
        if self._connection.dialect.name == "sqlite":
            # straight to the driver: checking and converting millions of values one by one costs more than keeping them
            rows = [past_row(self._brand_id, platform, past) for past in events]
            return (await self._connection.exec_driver_sql(_PAST_ON_SQLITE, rows)).rowcount
        added = await self._connection.scalars(
            insert_into(self._connection, event).on_conflict_do_nothing().returning(event.c.event_id),
            [past_columns(self._brand_id, platform, past) for past in events],
        )
        return len(added.all())

    async def reactions_on(self, platform: str, messages: Collection[tuple[str, str]]) -> tuple[StandingReaction, ...]:
        if not messages:
            return ()
        rows = await self._connection.execute(
            select(event.c.channel, event.c.message_id, event.c.author, event.c.emoji, event.c.event_id, event.c.kind)
            .where(
                event.c.brand_id == self._brand_id,
                event.c.platform == platform,
                event.c.kind.in_(("reaction", "reaction_removed")),
                event.c.author.is_not(None),
                tuple_(event.c.channel, event.c.message_id).in_(messages),
            )
            .order_by(event.c.happened_at, event.c.kind, event.c.event_id)
        )
        on: dict[tuple[str, str, str, str], StandingReaction] = {}
        for *what, event_id, kind in rows:
            channel, message_id, author, emoji = what
            on.pop((channel, message_id, author, emoji), None)
            if kind == "reaction":
                on[channel, message_id, author, emoji] = StandingReaction(channel, message_id, author, emoji, event_id)
        return tuple(on.values())

    async def authors(
        self, platform: str, messages: Collection[tuple[str, str]]
    ) -> Mapping[tuple[str, str], PersonRef]:
        if not messages:
            return {}
        if is_postgres(self._connection):
            asked: list[Any] = [[channel for channel, _ in messages], [message for _, message in messages]]
        else:
            asked = [json.dumps(list(messages))]
        rows = await fetch(self._connection, _AUTHORS, *asked, self._brand_id, platform)
        return {(channel, message): PersonRef(platform=platform, id=author) for channel, message, author in rows}

    async def since(self, community: str | None, start: datetime) -> tuple[LoggedEvent, ...]:
        wanted = event.c.community != "" if community is None else event.c.community == community
        rows = await self._connection.execute(
            select(event)
            .where(event.c.brand_id == self._brand_id, wanted, event.c.happened_at >= start)
            .order_by(event.c.happened_at, event.c.event_id)
        )
        return tuple(event_of(row) for row in rows.mappings())

    async def ties_since(
        self, community: str | None, start: datetime, until: datetime
    ) -> AsyncIterator[Sequence[TieFields]]:
        columns = (
            event.c.platform, event.c.channel, event.c.kind, event.c.author, self._moment_as_text(),
            event.c.event_id, event.c.message_id, event.c.reply_to, self._toward_as_text(), event.c.emoji,
        )  # fmt: skip
        wanted = select(*columns).where(
            *self._within(community, start),
            event.c.happened_at > start,
            event.c.happened_at <= until,
            event.c.author.is_not(None),
            event.c.kind.in_(("message", "reaction", "reaction_removed")),
            or_(event.c.kind != "message", event.c.reply_to.is_not(None), self._toward_as_text() != "[]"),
        )
        async for rows in stream_plain(self._connection, wanted, portion=_PORTION):
            yield rows

    async def deleted_since(self, community: str | None, start: datetime) -> frozenset[DeletedMessage]:
        rows = await self._connection.execute(
            select(event.c.platform, event.c.channel, event.c.message_id).where(
                *self._within(community, start), event.c.kind == "delete", event.c.message_id.is_not(None)
            )
        )
        return frozenset((platform, channel, message_id) for platform, channel, message_id in rows)

    def _within(self, community: str | None, start: datetime) -> tuple[ColumnElement[bool], ...]:
        wanted = event.c.community != "" if community is None else event.c.community == community
        return event.c.brand_id == self._brand_id, wanted, event.c.happened_at >= start

    def _moment_as_text(self) -> ColumnElement[str]:
        if self._connection.dialect.name == "sqlite":
            return type_coerce(event.c.happened_at, String)
        return func.to_char(func.timezone("UTC", event.c.happened_at), "YYYY-MM-DD HH24:MI:SS.US")

    def _toward_as_text(self) -> ColumnElement[str]:
        if self._connection.dialect.name == "sqlite":
            return type_coerce(event.c.toward, String)
        return cast(event.c.toward, String)

    async def newest_messages(self, communities: Collection[str], start: datetime) -> Mapping[str, Heard]:
        if not communities:
            return {}
        within = (
            event.c.brand_id == self._brand_id,
            event.c.community.in_(communities),
            event.c.happened_at >= start,
            event.c.kind.in_(("message", "command")),
            event.c.message_id.is_not(None),
        )
        newest = (
            select(event.c.channel, func.max(event.c.happened_at).label("happened_at"))
            .where(*within)
            .group_by(event.c.channel)
            .subquery()
        )
        rows = await self._connection.execute(
            select(event.c.channel, event.c.message_id, event.c.happened_at)
            .join(newest, (newest.c.channel == event.c.channel) & (newest.c.happened_at == event.c.happened_at))
            .where(*within)
            .order_by(event.c.message_id)
        )
        return {channel: Heard(message_id=message, at=at) for channel, message, at in rows}

    async def last_written_at(self, community: str) -> datetime | None:
        found: datetime | None = await self._connection.scalar(
            select(func.max(event.c.happened_at, type_=event.c.happened_at.type)).where(
                event.c.brand_id == self._brand_id,
                event.c.community == community,
                event.c.kind.in_(("message", "command")),
            )
        )
        return found

    async def writers_by_hour(self, community: str, start: datetime, end: datetime) -> Mapping[datetime, int]:
        hour = func.substr(self._moment_as_text(), 1, len("2026-07-06 03")).label("hour")
        rows = await self._connection.execute(
            select(hour, func.count(event.c.author.distinct()))
            .where(
                *self._within(community, start),
                event.c.happened_at < end,
                event.c.kind == "message",
                event.c.author.is_not(None),
            )
            .group_by(hour)
        )
        return {datetime.fromisoformat(f"{text}:00:00+00:00"): count for text, count in rows}

    async def answered_by_others(self, channel: ChannelRef, message_id: str, asker: PersonRef) -> bool:
        here = (
            event.c.brand_id == self._brand_id,
            event.c.platform == channel.platform,
            event.c.channel == channel.channel,
            event.c.kind == "message",
        )
        replies = select(event.c.author).where(*here, event.c.reply_to == message_id).distinct()
        replied = frozenset(await self._connection.scalars(replies))
        if replied - {None, asker.id}:
            return True
        if None not in replied:
            return False
        # whoever does not count is logged without a name; where the asker is logged by theirs, it was somebody else
        asked = select(event.c.event_id).where(*here, event.c.message_id == message_id, event.c.author == asker.id)
        return await self._connection.scalar(asked.limit(1)) is not None

    async def talk(self, community: str, channel: ChannelRef, start: datetime, most: int) -> tuple[LoggedEvent, ...]:
        rows = await self._connection.execute(
            select(event)
            .where(
                *self._within(community, start),
                event.c.platform == channel.platform,
                event.c.channel == channel.channel,
                event.c.kind == "message",
            )
            .order_by(event.c.happened_at.desc(), event.c.event_id)
            .limit(most)
        )
        return tuple(event_of(row) for row in rows.mappings())

    async def forget_before(self, moment: datetime) -> int:
        gone = await self._connection.execute(
            delete(event).where(event.c.brand_id == self._brand_id, event.c.happened_at < moment)
        )
        return gone.rowcount
