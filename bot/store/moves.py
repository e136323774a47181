"""Channels that have a new address, in SQL, and what is still to be said there following them.

What was said at the old address stays under it: its messages keep their ids there, and the same ids mean other messages
at the new one.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import ChannelRef
from bot.ports.records import Moved
from bot.store.outbox import lane_of, lock_lanes, raise_lanes
from bot.store.outbox_states import is_stuck, is_waiting
from bot.store.rows import body_columns, insert_into, queued_of
from bot.store.tables import move, outbox, question


class SqlMoves:
    """Meets `bot.ports.store.Moves`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def all(self) -> tuple[Moved, ...]:
        rows = await self._connection.execute(
            select(move).where(move.c.brand_id == self._brand_id).order_by(move.c.moved_at, move.c.channel)
        )
        return tuple(
            Moved(
                old=ChannelRef(platform=row["platform"], space=row["space"], channel=row["channel"]),
                new=ChannelRef(platform=row["platform"], space=row["to_space"], channel=row["to_channel"]),
                at=row["moved_at"],
            )
            for row in rows.mappings()
        )

    async def record(self, moved: Moved) -> bool:
        old, new = moved.old, moved.new
        is_news = await self._connection.scalar(
            insert_into(self._connection, move)
            .values(
                brand_id=self._brand_id,
                platform=old.platform,
                space=old.space,
                channel=old.channel,
                to_space=new.space,
                to_channel=new.channel,
                moved_at=moved.at,
            )
            .on_conflict_do_nothing()
            .returning(move.c.channel)
        )
        # whoever moved to what has moved now went on with it
        await self._connection.execute(
            update(move)
            .where(move.c.brand_id == self._brand_id, move.c.platform == old.platform, move.c.to_channel == old.channel)
            .values(to_space=new.space, to_channel=new.channel)
        )
        await self._send_there(moved)
        await self._answer_there(moved)
        return is_news is not None

    async def _send_there(self, moved: Moved) -> None:
        """Let what is not sent yet go to the new address; what is being sent finds out by itself."""
        old = moved.old
        waits = (
            outbox.c.brand_id == self._brand_id,
            outbox.c.platform == old.platform,
            outbox.c.channel == old.channel,
            outbox.c.kind.in_(("reply", "post")),
            outbox.c.state != "sending",
            or_(is_waiting(outbox), is_stuck(outbox)),
        )
        lanes = set(await self._connection.scalars(select(outbox.c.lane).where(*waits).distinct()))
        # a claim that has a lane's head in hand is waited for
        await lock_lanes(self._connection, self._brand_id, lanes)
        due = {}
        for row in (await self._connection.execute(select(outbox).where(*waits))).mappings().all():
            message = queued_of(row)
            there = replace(moved.new, direct=message.channel.direct)
            name = lane_of(there, message.kind)
            due[name] = (there.platform, message.kind, moved.at)
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.brand_id == self._brand_id, outbox.c.id == message.id)
                .values(
                    lane=name,
                    space=there.space,
                    channel=there.channel,
                    thread=None,
                    # its number means another message there
                    body=body_columns(replace(message.body, reply_to=None)),
                )
            )
        await raise_lanes(self._connection, self._brand_id, due)

    async def _answer_there(self, moved: Moved) -> None:
        await self._connection.execute(
            update(question)
            .where(
                question.c.brand_id == self._brand_id,
                question.c.platform == moved.old.platform,
                question.c.channel == moved.old.channel,
                question.c.due_at.is_not(None),
            )
            .values(space=moved.new.space, channel=moved.new.channel, thread=None, message_id=None)
        )
