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
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    Select,
    Update,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.delivery.limiter import is_steady
from bot.ports.records import Queued, RateKey
from bot.store.allowances import Allowances, read_rooms
from bot.store.bulk import in_passing, is_found_by, is_given, is_postgres, texts, update_rows
from bot.store.due import KINDS, read_due
from bot.store.outbox_states import first_of_lane, is_sending, is_waiting
from bot.store.rows import QUEUED, queued_from
from bot.store.tables import lane, outbox
from bot.store.turns import try_turn

#: How many more lanes than there is room for are locked, since some turn out to be held back.
_SPARE = 16


class Head(NamedTuple):
    """What decides about the message a lane has in front; what it says is read only once it is taken."""

    id: str
    lane: str
    platform: str
    channel: str
    state: str
    not_before: datetime | None
    useful_until: datetime | None
    lease_until: datetime | None


class Claim:
    """One claim, within the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection, brand_id: str, *, now: datetime, lease: timedelta) -> None:
        self._connection = connection
        self._brand_id = brand_id
        self._now = now
        self._lease_until = now + lease
        self._is_postgres = is_postgres(connection)
        #: When each lane is looked at again; None while it is empty.
        self._look_again: dict[str, datetime | None] = {}

    async def take(
        self,
        *,
        kinds: Collection[str],
        rates: Mapping[str, Sequence[RateKey]],
        most: int,
        ahead: timedelta,
        lead: timedelta,
    ) -> tuple[Queued, ...]:
        """Meet `bot.ports.store.Outbox.claim`."""
        lanes = await self._lock_lanes(kinds, rates, most, ahead)
        if not lanes:
            return ()
        heads = await self._heads(lanes)
        ready: list[Head] = []
        stale: list[Head] = []
        for name in lanes:
            head = heads.get(name)
            if head is None:
                self._look_again[name] = None
            elif head.state == "sending":
                self._look_again[name] = max(head.lease_until or self._now, self._now + timedelta(seconds=1))
            elif head.not_before is not None and head.not_before > self._now:
                self._look_again[name] = head.not_before
            elif head.useful_until is not None and head.useful_until <= self._now:
                stale.append(head)
                self._look_again[name] = self._now
            else:
                ready.append(head)
        places = await self._take_places(ready, rates, ahead, lead)
        begun = await self._mark(
            [head for head in ready if head.id in places],
            state="sending",
            begun_at=self._now,
            lease_until=self._lease_until,
        )
        begun_ids = {message.id for message in begun}
        for head in ready:
            if head.id in places:
                # one that a person has just dropped leaves its place to the next
                self._look_again[head.lane] = self._lease_until if head.id in begun_ids else self._now
        dropped = await self._mark(stale, state="dropped", reason="too late to be of use")
        await self._set_due()
        return (*(_placed(message, places[message.id], self._now) for message in begun), *dropped)

    async def _lock_lanes(
        self, kinds: Collection[str], rates: Mapping[str, Sequence[RateKey]], most: int, ahead: timedelta
    ) -> tuple[str, ...]:
        """Lock lanes that are due, no more than their account has room for and a few whose head may be held back."""
        due = {
            (platform, kind): at
            for (platform, kind), at in (await read_due(self._connection, self._brand_id)).items()
            if kind in kinds and at <= self._now
        }
        if not due:
            return ()
        left = await self._find_room(sorted({platform for platform, _ in due}), rates, most, ahead)
        lanes: list[str] = []
        # whose turn came first goes first
        for platform, kind in sorted(due, key=lambda each: (KINDS.index(each[1]), due[each], each[0])):
            wanted = min(left[platform], most - len(lanes))
            if wanted > 0:
                given = {"brand": self._brand_id, "platform": platform, "kind": kind, "now": self._now, "most": wanted}
                found = list(await self._connection.scalars(_lock_due(), given))
                left[platform] -= len(found)
                lanes += found
        return tuple(lanes)

    async def _find_room(
        self, platforms: Sequence[str], rates: Mapping[str, Sequence[RateKey]], most: int, ahead: timedelta
    ) -> dict[str, int]:
        """Return how many lanes of each platform are worth locking."""
        rooms = await read_rooms(self._connection, self._brand_id, rates, ahead)
        left = dict.fromkeys(platforms, most)
        for platform in platforms:
            places = rooms[platform].places(self._now, most) if platform in rooms else most
            # of several that claim the last places one would get them all, and the others have worked for nothing
            if places < most and not (places and await try_turn(self._connection, f"claim {platform}", self._brand_id)):
                left[platform] = 0
            else:
                left[platform] = min(most, places + _SPARE)
        return left

    async def _heads(self, lanes: Sequence[str]) -> dict[str, Head]:
        """Return what each lane has under way, else its first message."""
        rows = await self._connection.execute(_find_heads(postgres=self._is_postgres), self._given(lanes))
        return {head.lane: head for head in map(Head._make, rows)}

    async def _take_places(
        self, ready: Sequence[Head], rates: Mapping[str, Sequence[RateKey]], ahead: timedelta, lead: timedelta
    ) -> dict[str, datetime]:
        """Return the moment given to each head that the limits allow by `ahead` from now, by its id.

        When to look at the lanes of those is noted that their channel holds back; an account is asked before its lanes.
        """
        limits = await Allowances.read(self._connection, self._brand_id, rates, ready, self._now)
        steady = {platform for platform, keys in rates.items() if any(map(is_steady, keys))}
        until = self._now + ahead
        places: dict[str, datetime] = {}
        for head in ready:
            allowed = limits.channel_allowed_at(head, self._now)
            if allowed > until:
                self._look_again[head.lane] = allowed - ahead
                continue
            allowed = max(allowed, limits.account_allowed_at(head, self._now))
            if head.platform in steady:
                allowed = max(allowed, self._now + lead)
            if allowed <= until:
                limits.take(head, allowed)
                places[head.id] = allowed
        await limits.write(self._connection)
        return places

    async def _mark(self, heads: Sequence[Head], **values: object) -> tuple[Queued, ...]:
        """Write the state of what was claimed; return, in the same order, what nobody has taken away meanwhile."""
        if not heads:
            return ()
        rows = await self._connection.execute(
            _mark_as(tuple(values), postgres=self._is_postgres),
            {
                **{f"new_{name}": value for name, value in values.items()},
                **self._given([head.id for head in heads]),
            },
        )
        marked = {message.id: message for message in map(queued_from, rows)}
        return tuple(marked[head.id] for head in heads if head.id in marked)

    async def _set_due(self) -> None:
        if not self._look_again:
            return
        # the lanes are locked since the claim began
        by_moment: dict[datetime | None, list[str]] = {}
        for name, at in self._look_again.items():
            by_moment.setdefault(at, []).append(name)
        alike = max(by_moment, key=lambda at: len(by_moment[at]))
        given = {"at": alike, **self._given(by_moment[alike])}
        await self._connection.execute(_look_again_at(postgres=self._is_postgres), given)
        others = [{"lane": name, "due_at": at} for name, at in self._look_again.items() if at != alike]
        await update_rows(self._connection, lane, others, keys=("lane",), condition=lane.c.brand_id == self._brand_id)

    def _given(self, texts_given: Collection[str]) -> dict[str, Any]:
        return {"brand": self._brand_id, "given": texts(texts_given, postgres=self._is_postgres)}


# A statement is put together once and not for every claim: that takes longer than PostgreSQL does to answer it.


@cache
def _lock_due() -> Select[str]:
    return (
        select(lane.c.lane)
        .where(
            lane.c.brand_id == bindparam("brand"),
            lane.c.platform == bindparam("platform"),
            lane.c.kind == bindparam("kind"),
            lane.c.due_at <= bindparam("now"),
        )
        .order_by(lane.c.due_at, lane.c.lane)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


@cache
def _find_heads(*, postgres: bool) -> Select[Any]:
    # one probe of an index for each lane, however long the lane is; a message added late may have an earlier id than
    # the one that is being sent
    firsts = (
        select(func.coalesce(first_of_lane(is_sending), first_of_lane(is_waiting)))
        .where(lane.c.brand_id == bindparam("brand"), is_given(lane.c.lane, "given", postgres=postgres))
        .scalar_subquery()
    )
    return select(*(outbox.c[name] for name in Head._fields)).where(
        outbox.c.brand_id == bindparam("brand"), is_found_by(outbox.c.id, firsts, postgres=postgres)
    )


@cache
def _mark_as(names: tuple[str, ...], *, postgres: bool) -> ReturningUpdate[Any]:
    begun = {"attempt": outbox.c.attempt + 1} if "begun_at" in names else {}
    return (
        update(outbox)
        .where(
            outbox.c.brand_id == bindparam("brand"),
            is_given(outbox.c.id, "given", postgres=postgres),
            in_passing(outbox.c.state.in_(("pending", "retry"))),
        )
        .values({**{name: bindparam(f"new_{name}") for name in names}, **begun})
        .returning(*(outbox.c[name] for name in QUEUED))
    )


@cache
def _look_again_at(*, postgres: bool) -> Update:
    return (
        update(lane)
        .where(lane.c.brand_id == bindparam("brand"), is_given(lane.c.lane, "given", postgres=postgres))
        .values(due_at=bindparam("at"))
    )


def _placed(message: Queued, at: datetime, now: datetime) -> Queued:
    """Return a message with the moment that the limits give it, where that is to come."""
    return replace(message, not_before=at) if at > now else message
