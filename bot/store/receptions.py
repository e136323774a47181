"""What members did with the bot's messages, in SQL: read from the event log, but for remarks, which have no event.

A remark is kept without its words and without who made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import Subquery

from bot.ports.records import Received, Remark
from bot.store.rows import insert_into
from bot.store.tables import event, outbox, question, remark, share

#: A message of the bot's by its platform, channel and id.
_Key: TypeAlias = tuple[str, str, str]


class SqlReceptions:
    """Meets `bot.ports.store.Receptions`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def add_remarks(self, remarks: Sequence[Remark]) -> None:
        if remarks:
            rows = [
                {
                    "brand_id": self._brand_id,
                    "platform": made.channel.platform,
                    "channel": made.channel.channel,
                    "message_id": made.message_id,
                    "kind": made.kind,
                    "community": made.community,
                    "made_at": made.at,
                }
                for made in remarks
            ]
            await self._connection.execute(insert_into(self._connection, remark).on_conflict_do_nothing(), rows)

    async def since(self, community: str, start: datetime) -> tuple[Received, ...]:
        said = self._said(community, start)
        rows = await self._connection.execute(said.order_by(outbox.c.sent_at, outbox.c.id))
        found: dict[_Key, Received] = {}
        taken_back: set[_Key] = set()
        for row in rows.mappings():
            key = row["platform"], row["sent_channel"], row["message_id"]
            is_post = row["kind"] == "post"
            found[key] = Received(
                kind="post" if is_post else "answer",
                about=row["share_id"] if is_post else row["question_id"],
                campaign=row["campaign"] or "",
                sent_at=row["sent_at"],
                clicks=row["clicks"] or 0,
            )
            if is_post and row["share_state"] != "queued":
                taken_back.add(key)
        if found:
            messages = said.subquery()
            await self._add_reactions(found, messages, taken_back)
            await self._add_replies(found, messages)
            await self._add_remarks(found, messages)
        return tuple(found.values())

    def _said(self, community: str, start: datetime) -> Select[Any]:
        answers = and_(outbox.c.kind == "reply", question.c.command == "ask", question.c.state == "answered")
        return (
            select(outbox.c.platform, outbox.c.sent_channel, outbox.c.message_id, outbox.c.kind, outbox.c.sent_at)
            .add_columns(outbox.c.share_id, outbox.c.question_id)
            .add_columns(share.c.campaign, share.c.clicks, share.c.state.label("share_state"))
            .select_from(outbox)
            .outerjoin(share, and_(share.c.brand_id == outbox.c.brand_id, share.c.id == outbox.c.share_id))
            .outerjoin(question, and_(question.c.brand_id == outbox.c.brand_id, question.c.id == outbox.c.question_id))
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.community == community,
                outbox.c.sent_at >= start,
                outbox.c.message_id.is_not(None),
                or_(and_(outbox.c.kind == "post", share.c.id.is_not(None)), answers),
            )
        )

    async def _add_reactions(self, found: dict[_Key, Received], messages: Subquery, taken_back: set[_Key]) -> None:
        rows = await self._connection.execute(
            select(event.c.platform, event.c.channel, event.c.message_id)
            .add_columns(event.c.kind, event.c.author, event.c.emoji, event.c.happened_at)
            .join(messages, _is_about(messages, event, event.c.message_id))
            .where(event.c.brand_id == self._brand_id, event.c.kind.in_(("reaction", "reaction_removed", "delete")))
            .order_by(event.c.happened_at, event.c.event_id)
        )
        on: dict[_Key, dict[tuple[str, str], None]] = {}
        for platform, channel, message_id, kind, author, emoji, at in rows:
            key = platform, channel, message_id
            if kind == "delete":
                if key not in taken_back and found[key].removed_at is None:
                    found[key] = replace(found[key], removed_at=at)
                continue
            standing = on.setdefault(key, {})
            standing.pop((author or "", emoji or ""), None)
            if kind == "reaction":
                standing[author or "", emoji or ""] = None
        for key, reactions in on.items():
            found[key] = replace(found[key], reactions=tuple(reactions))

    async def _add_replies(self, found: dict[_Key, Received], messages: Subquery) -> None:
        rows = await self._connection.execute(
            select(event.c.platform, event.c.channel, event.c.reply_to, func.coalesce(event.c.author, ""))
            .join(messages, _is_about(messages, event, event.c.reply_to))
            .where(event.c.brand_id == self._brand_id, event.c.kind == "message", event.c.reply_to.is_not(None))
            .distinct()
        )
        for platform, channel, message_id, author in rows:
            key = platform, channel, message_id
            found[key] = replace(found[key], repliers=found[key].repliers | {author})

    async def _add_remarks(self, found: dict[_Key, Received], messages: Subquery) -> None:
        rows = await self._connection.execute(
            select(remark.c.platform, remark.c.channel, remark.c.message_id, remark.c.kind)
            .join(messages, _is_about(messages, remark, remark.c.message_id))
            .where(remark.c.brand_id == self._brand_id)
        )
        for platform, channel, message_id, kind in rows:
            key = platform, channel, message_id
            found[key] = replace(found[key], remarks=found[key].remarks | {kind})

    async def departures_since(self, community: str, start: datetime) -> tuple[datetime, ...]:
        left = await self._connection.scalars(
            select(event.c.happened_at)
            .where(
                event.c.brand_id == self._brand_id,
                event.c.community == community,
                event.c.happened_at >= start,
                event.c.kind == "leave",
            )
            .order_by(event.c.happened_at)
        )
        return tuple(left)

    async def forget_before(self, moment: datetime) -> int:
        gone = await self._connection.execute(
            delete(remark).where(remark.c.brand_id == self._brand_id, remark.c.made_at < moment)
        )
        return gone.rowcount


def _is_about(messages: Subquery, table: Table, message_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a row is about one of the bot's messages."""
    return and_(
        table.c.platform == messages.c.platform,
        table.c.channel == messages.c.sent_channel,
        message_id == messages.c.message_id,
    )
