"""How a worker takes heads of lanes in hand, and the limiter that all processes share.

A claim is two statements in one transaction: the first locks lanes (SKIP LOCKED), the second reads their heads with a
fresh snapshot. In one statement it would claim a head twice under READ COMMITTED, since the row that waits for the lock
is judged by what the statement saw before it waited. The statement that marks heads as taken judges their state once
more, because a person may drop a message without asking its lane.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import Queued, RateKey
from bot.store.allowances import Allowances
from bot.store.bulk import is_among, update_rows
from bot.store.outbox_states import is_sending, is_waiting
from bot.store.rows import queued_of
from bot.store.tables import lane, outbox

#: The kinds of messages, in the order they go out: people wait for replies, and what is wrong is put right early.
KINDS = ("reply", "delete", "edit", "post")


class Claim:
    """One claim, within the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection, brand_id: str, *, now: datetime, lease: timedelta) -> None:
        self._connection = connection
        self._brand_id = brand_id
        self._now = now
        self._lease_until = now + lease
        #: When each lane is looked at again; None while it is empty.
        self._look_again: dict[str, datetime | None] = {}

    async def take(
        self, *, kinds: Collection[str], rates: Mapping[str, Sequence[RateKey]], most: int, ahead: timedelta
    ) -> tuple[Queued, ...]:
        """Meet `bot.ports.store.Outbox.claim`."""
        lanes = await self._lock_lanes(kinds, most)
        if not lanes:
            return ()
        heads = await self._heads(lanes)
        ready: dict[str, Queued] = {}
        stale: dict[str, Queued] = {}
        for name in lanes:
            head = heads.get(name)
            if head is None:
                self._look_again[name] = None
            elif head.state == "sending":
                self._look_again[name] = max(head.lease_until or self._now, self._now + timedelta(seconds=1))
            elif head.not_before is not None and head.not_before > self._now:
                self._look_again[name] = head.not_before
            elif head.useful_until is not None and head.useful_until <= self._now:
                stale[name] = replace(head, state="dropped", reason="too late to be of use")
                self._look_again[name] = self._now
            else:
                ready[name] = head
        taken = await self._take_allowed(ready, rates, ahead)
        begun = await self._mark(
            tuple(taken.values()), state="sending", begun_at=self._now, lease_until=self._lease_until
        )
        begun_ids = {message.id for message in begun}
        for name, message in taken.items():
            # one that a person has just dropped leaves its place to the next
            self._look_again[name] = self._lease_until if message.id in begun_ids else self._now
        dropped = await self._mark(tuple(stale.values()), state="dropped", reason="too late to be of use")
        await self._set_due()
        return (*begun, *dropped)

    async def _lock_lanes(self, kinds: Collection[str], most: int) -> tuple[str, ...]:
        lanes: list[str] = []
        for kind in KINDS:
            if kind in kinds and len(lanes) < most:
                lanes += await self._connection.scalars(
                    select(lane.c.lane)
                    .where(lane.c.brand_id == self._brand_id, lane.c.kind == kind, lane.c.due_at <= self._now)
                    .order_by(lane.c.due_at, lane.c.lane)
                    .limit(most - len(lanes))
                    .with_for_update(skip_locked=True)
                )
        return tuple(lanes)

    async def _heads(self, lanes: Sequence[str]) -> dict[str, Queued]:
        """Return what each lane has under way, else its first message."""
        waiting = outbox.alias("waiting")
        # one probe of an index for each lane, however long the lane is
        first = (
            select(waiting.c.id)
            .where(waiting.c.brand_id == lane.c.brand_id, waiting.c.lane == lane.c.lane, is_waiting(waiting))
            .order_by(waiting.c.id)
            .limit(1)
            .correlate(lane)
            .scalar_subquery()
        )
        ids = await self._connection.scalars(
            select(first).where(lane.c.brand_id == self._brand_id, is_among(self._connection, lane.c.lane, lanes))
        )
        found = [head for head in ids if head is not None]
        rows = await self._connection.execute(
            select(outbox).where(outbox.c.brand_id == self._brand_id, is_among(self._connection, outbox.c.id, found))
        )
        heads = {row["lane"]: queued_of(row) for row in rows.mappings()}
        # a message added late may have an earlier id than the one that is being sent
        rows = await self._connection.execute(
            select(outbox).where(
                outbox.c.brand_id == self._brand_id,
                is_among(self._connection, outbox.c.lane, lanes),
                is_sending(outbox),
            )
        )
        return heads | {row["lane"]: queued_of(row) for row in rows.mappings()}

    async def _take_allowed(
        self, ready: Mapping[str, Queued], rates: Mapping[str, Sequence[RateKey]], ahead: timedelta
    ) -> dict[str, Queued]:
        """Return the heads that the limits allow by `ahead` from now, by lane, and note when to look at the others."""
        limits = await Allowances.read(self._connection, self._brand_id, rates, ready.values(), self._now)
        taken: dict[str, Queued] = {}
        for name, head in ready.items():
            allowed = limits.allowed_at(head, self._now)
            if allowed > self._now + ahead:
                self._look_again[name] = allowed - ahead
                continue
            limits.take(head, allowed)
            taken[name] = replace(
                head,
                state="sending",
                attempt=head.attempt + 1,
                not_before=allowed if allowed > self._now else head.not_before,
                begun_at=self._now,
                lease_until=self._lease_until,
            )
        await limits.write(self._connection)
        return taken

    async def _mark(self, claimed: Sequence[Queued], **values: object) -> tuple[Queued, ...]:
        """Write the state of what was claimed; return what nobody has taken away meanwhile."""
        if not claimed:
            return ()
        if values["state"] == "sending":
            values["attempt"] = outbox.c.attempt + 1
        marked = set(
            await self._connection.scalars(
                update(outbox)
                .where(
                    outbox.c.brand_id == self._brand_id,
                    is_among(self._connection, outbox.c.id, [message.id for message in claimed]),
                    outbox.c.state.in_(("pending", "retry")),
                )
                .values(values)
                .returning(outbox.c.id)
            )
        )
        return tuple(message for message in claimed if message.id in marked)

    async def _set_due(self) -> None:
        # the lanes are locked since the claim began
        by_moment: dict[datetime | None, list[str]] = {}
        for name, at in self._look_again.items():
            by_moment.setdefault(at, []).append(name)
        alike = max(by_moment, key=lambda at: len(by_moment[at]))
        await self._connection.execute(
            update(lane)
            .where(lane.c.brand_id == self._brand_id, is_among(self._connection, lane.c.lane, by_moment[alike]))
            .values(due_at=alike)
        )
        others = [
            {"brand_id": self._brand_id, "lane": name, "due_at": at}
            for name, at in self._look_again.items()
            if at != alike
        ]
        await update_rows(self._connection, lane, others, keys=("brand_id", "lane"))
