"""The outbox in SQL: lanes and leases.

A claim is two statements in one transaction: the first locks lanes (SKIP LOCKED), the second reads their heads with a
fresh snapshot. In one statement it would claim a head twice under READ COMMITTED, since the row that waits for the lock
is judged by what the statement saw before it waited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import RowMapping, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import ChannelRef
from bot.ports.records import Queued, RateKey, SendState, SentMessage
from bot.store.allowances import Allowances, hold
from bot.store.rows import insert_into, queued_columns, queued_of
from bot.store.tables import lane, outbox
from bot.store.wakes import notify

#: States in which a message still holds its place in the lane.
WAITING = ("pending", "retry", "sending")


class SqlOutbox:
    """Meets `bot.ports.store.Outbox`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def add(self, messages: Sequence[Queued]) -> None:
        if not messages:
            return
        due: dict[str, tuple[str, datetime]] = {}
        rows = []
        for message in messages:
            name = lane_of(message.channel, message.kind)
            at = message.not_before or message.created_at
            due[name] = (message.kind, min(at, due.get(name, (message.kind, at))[1]))
            rows.append({"brand_id": self._brand_id, "lane": name, **queued_columns(message)})
        await self._connection.execute(outbox.insert(), rows)
        await notify(self._connection, self._brand_id)
        for name in sorted(due):
            kind, at = due[name]
            entry = insert_into(self._connection, lane).values(brand_id=self._brand_id, lane=name, kind=kind, due_at=at)
            # a lane with a head waiting keeps its earlier moment
            earlier = case((lane.c.due_at.is_(None), at), (lane.c.due_at > at, at), else_=lane.c.due_at)
            await self._connection.execute(
                entry.on_conflict_do_update(index_elements=[lane.c.brand_id, lane.c.lane], set_={"due_at": earlier})
            )

    async def claim(
        self,
        now: datetime,
        *,
        kinds: Collection[str],
        rates: Mapping[str, Sequence[RateKey]],
        lease: timedelta,
        most: int,
    ) -> tuple[Queued, ...]:
        lanes = tuple(
            await self._connection.scalars(
                select(lane.c.lane)
                .where(lane.c.brand_id == self._brand_id, lane.c.kind.in_(kinds), lane.c.due_at <= now)
                .order_by(case((lane.c.kind == "reply", 0), else_=1), lane.c.due_at, lane.c.lane)
                .limit(most)
                .with_for_update(skip_locked=True)
            )
        )
        if not lanes:
            return ()
        heads = await self._heads(lanes)
        limits = await Allowances.read(self._connection, self._brand_id, rates, heads.values(), now)
        claimed: list[Queued] = []
        look_again: dict[str, datetime | None] = {}
        for name in lanes:
            head = heads.get(name)
            if head is None:
                look_again[name] = None
            elif head.state == "sending":
                look_again[name] = max(head.lease_until or now, now + timedelta(seconds=1))
            elif head.not_before is not None and head.not_before > now:
                look_again[name] = head.not_before
            elif head.useful_until is not None and head.useful_until <= now:
                claimed.append(replace(head, state="dropped", reason="too late to be of use"))
                look_again[name] = now
            elif (allowed := limits.allowed_at(head, now)) > now:
                look_again[name] = allowed
            else:
                limits.take(head, now)
                claimed.append(
                    replace(head, state="sending", attempt=head.attempt + 1, begun_at=now, lease_until=now + lease)
                )
                look_again[name] = now + lease
        await self._mark_claimed(claimed)
        await self._set_due(look_again)
        await limits.write(self._connection)
        return tuple(claimed)

    async def next_due(self) -> datetime | None:
        due: datetime | None = await self._connection.scalar(
            select(func.min(lane.c.due_at, type_=lane.c.due_at.type)).where(lane.c.brand_id == self._brand_id)
        )
        return due

    async def sent(self, message: Queued, *, channel: ChannelRef, message_id: str, at: datetime) -> None:
        await self._settle(
            message, state="sent", reason="", sent_channel=channel.channel, message_id=message_id, sent_at=at
        )

    async def retry(
        self, message: Queued, *, not_before: datetime, reason: str, uncertain_since: datetime | None = None
    ) -> None:
        await self._settle(
            message,
            look_again=not_before,
            state="retry",
            reason=reason,
            not_before=not_before,
            uncertain_since=uncertain_since,
        )

    async def postpone(self, message: Queued, *, not_before: datetime, reason: str) -> None:
        await self._settle(
            message,
            look_again=not_before,
            state="retry",
            reason=reason,
            not_before=not_before,
            attempt=message.attempt - 1,
        )

    async def hold_account(self, rates: Sequence[RateKey], until: datetime) -> None:
        await hold(self._connection, self._brand_id, rates, until)

    async def give_up(self, message: Queued, *, state: str, reason: str) -> None:
        owned = await self._settle(message, state=state, reason=reason)
        if owned and message.text_id is not None:
            rest = "held" if state == "unknown" else state
            await self._connection.execute(
                update(outbox)
                .where(
                    outbox.c.brand_id == self._brand_id,
                    outbox.c.text_id == message.text_id,
                    outbox.c.id > message.id,
                    outbox.c.state.in_(("pending", "retry")),
                )
                .values(state=rest, reason=f"an earlier part of this text is {state}")
            )

    async def abandoned(self, now: datetime) -> tuple[Queued, ...]:
        rows = await self._connection.execute(
            select(outbox)
            .where(outbox.c.brand_id == self._brand_id, outbox.c.state == "sending", outbox.c.lease_until <= now)
            .order_by(outbox.c.id)
            .with_for_update(skip_locked=True)
        )
        return tuple(queued_of(row) for row in rows.mappings())

    async def any_abandoned(self, now: datetime) -> bool:
        found = await self._connection.scalar(
            select(outbox.c.id)
            .where(outbox.c.brand_id == self._brand_id, outbox.c.state == "sending", outbox.c.lease_until <= now)
            .limit(1)
        )
        return found is not None

    async def orphan_all(self, now: datetime) -> None:
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.brand_id == self._brand_id, outbox.c.state == "sending")
            .values(lease_until=now)
        )

    async def sent_of_share(self, share_id: str) -> tuple[Queued, ...]:
        rows = await self._connection.execute(
            select(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.share_id == share_id,
                outbox.c.kind == "post",
                outbox.c.state == "sent",
            )
            .order_by(outbox.c.id)
        )
        edits = await self._connection.execute(
            select(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.share_id == share_id,
                outbox.c.kind == "edit",
                outbox.c.state == "sent",
            )
            .order_by(outbox.c.id)
        )
        reads_now = {row["target"]: queued_of(row).body for row in edits.mappings()}
        messages = (_standing(row) for row in rows.mappings())
        return tuple(replace(each, body=reads_now.get(each.message_id, each.body)) for each in messages)

    async def supersede(self, share_id: str, *, reason: str) -> frozenset[str]:
        dropped = await self._connection.scalars(
            update(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.share_id == share_id,
                outbox.c.kind == "edit",
                outbox.c.state.in_(("pending", "retry")),
            )
            .values(state="dropped", reason=reason)
            .returning(outbox.c.target)
        )
        return frozenset(dropped)

    async def find_sent(self, channel: ChannelRef, message_id: str) -> SentMessage | None:
        rows = await self._connection.execute(
            select(outbox.c.id, outbox.c.kind, outbox.c.question_id, outbox.c.share_id).where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.platform == channel.platform,
                outbox.c.sent_channel == channel.channel,
                outbox.c.message_id == message_id,
                outbox.c.kind.in_(("reply", "post")),
            )
        )
        row = rows.first()
        if row is None:
            return None
        return SentMessage(outbox_id=row[0], kind=row[1], question_id=row[2], share_id=row[3])

    async def sent_since(self, start: datetime) -> tuple[Queued, ...]:
        rows = await self._connection.execute(
            select(outbox)
            .where(outbox.c.brand_id == self._brand_id, outbox.c.sent_at >= start)
            .order_by(outbox.c.sent_at, outbox.c.id)
        )
        return tuple(queued_of(row) for row in rows.mappings())

    async def unsettled(self) -> tuple[Queued, ...]:
        rows = await self._connection.execute(
            select(outbox)
            .where(outbox.c.brand_id == self._brand_id, outbox.c.state.in_((*WAITING, "held", "failed", "unknown")))
            .order_by(outbox.c.id)
        )
        return tuple(queued_of(row) for row in rows.mappings())

    async def count_unsettled(self) -> Mapping[SendState, int]:
        rows = await self._connection.execute(
            select(outbox.c.state, func.count())
            .where(outbox.c.brand_id == self._brand_id, outbox.c.state.in_((*WAITING, "held", "failed", "unknown")))
            .group_by(outbox.c.state)
        )
        return {cast("SendState", state): count for state, count in rows}

    async def resend(self, outbox_id: str, make_id: Callable[[], str], at: datetime) -> tuple[str, ...]:
        message = await self.get(outbox_id)
        if message is None or message.state not in ("failed", "unknown"):
            return ()
        parts = [message, *await self._parts_behind(message, ("held", "failed"))]
        ids = [make_id() for _ in parts]
        anew = [
            replace(
                part,
                id=new_id,
                text_id=ids[0] if len(ids) > 1 else None,
                state="pending",
                reason="",
                attempt=0,
                created_at=at,
                not_before=None,
                useful_until=None,
            )
            for part, new_id in zip(parts, ids, strict=True)
        ]
        for part, new_id in zip(parts, ids, strict=True):
            await self._change_state(part.id, state="dropped", reason=f"sent anew as {new_id}")
        await self.add(anew)
        return tuple(ids)

    async def drop(self, outbox_id: str, reason: str) -> bool:
        message = await self.get(outbox_id)
        if message is None or message.state in ("sent", "dropped", "sending"):
            return False
        await self._change_state(outbox_id, state="dropped", reason=reason)
        for part in await self._parts_behind(message, ("pending", "retry", "held", "failed")):
            await self._change_state(part.id, state="dropped", reason="an earlier part of this text was dropped")
        return True

    async def _parts_behind(self, message: Queued, states: Sequence[str]) -> tuple[Queued, ...]:
        if message.text_id is None:
            return ()
        rows = await self._connection.execute(
            select(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.text_id == message.text_id,
                outbox.c.id > message.id,
                outbox.c.state.in_(states),
            )
            .order_by(outbox.c.id)
        )
        return tuple(queued_of(row) for row in rows.mappings())

    async def _change_state(self, outbox_id: str, *, state: str, reason: str) -> None:
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.brand_id == self._brand_id, outbox.c.id == outbox_id)
            .values(state=state, reason=reason, lease_until=None)
        )

    async def get(self, outbox_id: str) -> Queued | None:
        rows = await self._connection.execute(
            select(outbox).where(outbox.c.brand_id == self._brand_id, outbox.c.id == outbox_id)
        )
        row = rows.mappings().first()
        return None if row is None else queued_of(row)

    async def _heads(self, lanes: Sequence[str]) -> dict[str, Queued]:
        """Return what each lane has under way, else its first message."""
        first = (
            select(func.min(outbox.c.id))
            .where(outbox.c.brand_id == self._brand_id, outbox.c.lane.in_(lanes), outbox.c.state.in_(WAITING))
            .group_by(outbox.c.lane)
        )
        # a message added late may have an earlier id than the one that is being sent
        rows = await self._connection.execute(
            select(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                or_(outbox.c.id.in_(first), outbox.c.lane.in_(lanes) & (outbox.c.state == "sending")),
            )
            .order_by(case((outbox.c.state == "sending", 1), else_=0))
        )
        return {row["lane"]: queued_of(row) for row in rows.mappings()}

    async def _mark_claimed(self, claimed: Sequence[Queued]) -> None:
        if not claimed:
            return
        statement = (
            update(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.id == bindparam("b_id"),
                # many rows at once take no IN
                or_(outbox.c.state == "pending", outbox.c.state == "retry"),
            )
            .values(
                state=bindparam("b_state"),
                reason=bindparam("b_reason"),
                attempt=bindparam("b_attempt"),
                begun_at=bindparam("b_begun_at"),
                lease_until=bindparam("b_lease_until"),
            )
        )
        rows = [
            {
                "b_id": message.id,
                "b_state": message.state,
                "b_reason": message.reason,
                "b_attempt": message.attempt,
                "b_begun_at": message.begun_at,
                "b_lease_until": message.lease_until,
            }
            for message in claimed
        ]
        await self._connection.execute(statement, rows)

    async def _settle(self, message: Queued, *, look_again: datetime | None = None, **values: object) -> bool:
        """Move a message on and let its lane go on; False when another worker owns it by now: the attempt is the fence.

        `look_again` is when its lane is to be looked at; at once without it.
        """
        moved = await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.id == message.id,
                outbox.c.state == "sending",
                outbox.c.attempt == message.attempt,
            )
            .values({**values, "lease_until": None})
        )
        if moved.rowcount == 0:
            return False
        await self._set_due({lane_of(message.channel, message.kind): look_again or message.created_at})
        return True

    async def _set_due(self, due: Mapping[str, datetime | None]) -> None:
        if due:
            statement = (
                update(lane)
                .where(lane.c.brand_id == self._brand_id, lane.c.lane == bindparam("b_lane"))
                .values(due_at=bindparam("b_due_at"))
            )
            rows = [{"b_lane": name, "b_due_at": at} for name, at in sorted(due.items())]
            await self._connection.execute(statement, rows)


def _standing(row: RowMapping) -> Queued:
    """Read a sent message with the channel it really stands in, which can be another than it was sent to."""
    message = queued_of(row)
    return replace(message, channel=replace(message.channel, channel=row["sent_channel"]))


def lane_of(channel: ChannelRef, kind: str) -> str:
    """Return the name of the lane a message of this kind to this channel goes through."""
    return "|".join((channel.platform, channel.channel, channel.thread or "", kind))
