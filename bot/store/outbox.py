"""The outbox in SQL: lanes and what becomes of their messages. How heads are claimed is in `bot.store.claims`.

Whoever changes lanes locks them in the order of their names, so that two transactions never wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import cast

from sqlalchemy import RowMapping, Select, Update, and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import ChannelRef
from bot.ports.records import Queued, RateKey, SendState, SentMessage, Taken
from bot.store.allowances import hold_back, read_rooms
from bot.store.bulk import excluded, in_code_order, in_passing, insert_rows, is_given, is_postgres, texts, update_rows
from bot.store.claims import Claim
from bot.store.due import read_due
from bot.store.outbox_states import first_of_lane, is_sending, is_stuck, is_waiting
from bot.store.rows import queued_columns, queued_of
from bot.store.tables import lane, outbox
from bot.store.wakes import notify


class SqlOutbox:
    """Meets `bot.ports.store.Outbox`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def add(self, messages: Sequence[Queued]) -> None:
        if not messages:
            return
        due: dict[str, tuple[str, str, datetime]] = {}
        rows = []
        for message in messages:
            name = lane_of(message.channel, message.kind)
            at = message.not_before or message.created_at
            earlier_at = due[name][2] if name in due else at
            due[name] = (message.channel.platform, message.kind, min(at, earlier_at))
            rows.append({"brand_id": self._brand_id, "lane": name, **queued_columns(message)})
        await insert_rows(self._connection, outbox, rows)
        await notify(self._connection, self._brand_id)
        await raise_lanes(self._connection, self._brand_id, due)

    async def claim(
        self,
        now: datetime,
        *,
        kinds: Collection[str],
        rates: Mapping[str, Sequence[RateKey]],
        lease: timedelta,
        most: int,
        ahead: timedelta = timedelta(0),
        lead: timedelta = timedelta(0),
    ) -> tuple[Queued, ...]:
        claim = Claim(self._connection, self._brand_id, now=now, lease=lease)
        return await claim.take(kinds=kinds, rates=rates, most=most, ahead=ahead, lead=lead)

    async def next_due(
        self, *, rates: Mapping[str, Sequence[RateKey]] = MappingProxyType({}), ahead: timedelta = timedelta(0)
    ) -> datetime | None:
        due = await read_due(self._connection, self._brand_id)
        rooms = await read_rooms(self._connection, self._brand_id, rates, ahead) if due else {}
        opens = {platform: room.opens_at for platform, room in rooms.items()}
        return min((max(at, opens.get(platform) or at) for (platform, _), at in due.items()), default=None)

    async def sent(self, message: Queued, *, channel: ChannelRef, message_id: str, at: datetime) -> None:
        await self.sent_all((Taken(message=message, channel=channel, message_id=message_id, at=at),))

    async def sent_all(self, taken: Sequence[Taken]) -> None:
        rows = [
            {
                "id": one.message.id,
                "attempt": one.message.attempt,
                "sent_channel": one.channel.channel,
                "message_id": one.message_id,
                "sent_at": one.at,
            }
            for one in sorted(taken, key=lambda one: one.message.id)
        ]
        # an answer that came after its lease had run out still tells what nobody else can
        open_still = or_(*(outbox.c.state == state for state in ("sending", "unknown", "retry")))
        recorded = await update_rows(
            self._connection,
            outbox,
            rows,
            keys=("id", "attempt"),
            same={"state": "sent", "reason": "", "lease_until": None},
            condition=and_(outbox.c.brand_id == self._brand_id, in_passing(open_still)),
            returning=outbox.c.id,
        )
        sent = set(recorded)
        messages = [one.message for one in taken if one.message.id in sent]
        for message in messages:
            if message.text_id is not None:
                await self._release_parts_behind(message)
        if messages:
            lanes = {lane_of(message.channel, message.kind) for message in messages}
            # behind the lanes that have waited longer, and not in the future by the clock of another process
            await self._let_go_on(lanes, at=min(message.begun_at or message.created_at for message in messages))

    async def _let_go_on(self, lanes: Collection[str], *, at: datetime) -> None:
        """Let the lanes in which anything waits be looked at from the moment `at`; the others are at rest."""
        await lock_lanes(self._connection, self._brand_id, lanes)
        # by another statement, which sees what was added while that one waited for the lock
        postgres = is_postgres(self._connection)
        given = {"brand": self._brand_id, "given": texts(lanes, postgres=postgres), "at": at}
        await self._connection.execute(_go_on(postgres=postgres), given)

    async def _release_parts_behind(self, message: Queued) -> None:
        """Let the rest of a text go on whose earlier part was unknown until its answer came."""
        await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.text_id == message.text_id,
                outbox.c.id > message.id,
                outbox.c.state == "held",
            )
            .values(state="pending", reason="")
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

    async def hold_back(self, rates: Sequence[RateKey], *, until: datetime, channel: ChannelRef | None) -> None:
        name = None if channel is None else channel.channel
        await hold_back(self._connection, self._brand_id, rates, until=until, channel=name)

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
            .where(outbox.c.brand_id == self._brand_id, is_sending(outbox), outbox.c.lease_until <= now)
            # whoever settles them one after the other changes their lanes in this order
            .order_by(in_code_order(self._connection, outbox.c.lane))
            .with_for_update(skip_locked=True)
        )
        return tuple(queued_of(row) for row in rows.mappings())

    async def any_abandoned(self, now: datetime) -> bool:
        found = await self._connection.scalar(
            select(outbox.c.id)
            .where(outbox.c.brand_id == self._brand_id, is_sending(outbox), outbox.c.lease_until <= now)
            .limit(1)
        )
        return found is not None

    async def orphan_all(self, now: datetime) -> None:
        await self._connection.execute(
            update(outbox).where(outbox.c.brand_id == self._brand_id, is_sending(outbox)).values(lease_until=now)
        )

    async def sent_of_share(self, share_id: str) -> tuple[Queued, ...]:
        rows = await self._connection.execute(
            select(outbox)
            .where(
                outbox.c.brand_id == self._brand_id,
                outbox.c.share_id == share_id,
                outbox.c.kind.in_(("post", "edit")),
                outbox.c.state == "sent",
            )
            .order_by(outbox.c.id)
        )
        found = rows.mappings().all()
        reads_now = {row["target"]: queued_of(row).body for row in found if row["kind"] == "edit"}
        messages = (_standing(row) for row in found if row["kind"] == "post")
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
            .where(outbox.c.brand_id == self._brand_id, or_(is_waiting(outbox), is_stuck(outbox)))
            .order_by(outbox.c.id)
        )
        return tuple(queued_of(row) for row in rows.mappings())

    async def count_unsettled(self) -> Mapping[SendState, int]:
        rows = await self._connection.execute(
            select(outbox.c.state, func.count())
            .where(outbox.c.brand_id == self._brand_id, or_(is_waiting(outbox), is_stuck(outbox)))
            .group_by(outbox.c.state)
        )
        return {cast("SendState", state): count for state, count in rows}

    async def resend(self, outbox_id: str, make_id: Callable[[], str], at: datetime) -> tuple[str, ...]:
        message = await self._get_locked(outbox_id)
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
        message = await self._get_locked(outbox_id)
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

    async def _get_locked(self, outbox_id: str) -> Queued | None:
        """Return a message that no worker can begin and nobody else decide about until the end of the work."""
        rows = await self._connection.execute(
            select(outbox).where(outbox.c.brand_id == self._brand_id, outbox.c.id == outbox_id).with_for_update()
        )
        row = rows.mappings().first()
        return None if row is None else queued_of(row)

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
        await self._connection.execute(
            update(lane)
            .where(lane.c.brand_id == self._brand_id, lane.c.lane == lane_of(message.channel, message.kind))
            .values(due_at=look_again or message.created_at)
        )
        return True


async def lock_lanes(connection: AsyncConnection, brand_id: str, lanes: Collection[str]) -> None:
    """Wait until nobody else has these lanes in hand, and hold them to the end of the work."""
    if is_postgres(connection):
        given = {"brand": brand_id, "given": texts(lanes, postgres=True)}
        await connection.execute(_lock_lanes(), given)


@cache
def _lock_lanes() -> Select[tuple[str]]:
    return (
        select(lane.c.lane)
        .where(lane.c.brand_id == bindparam("brand"), is_given(lane.c.lane, "given", postgres=True))
        # as Python sorts texts; PostgreSQL sorts by the language of the database otherwise
        .order_by(lane.c.lane.collate("C"))
        .with_for_update()
    )


@cache
def _go_on(*, postgres: bool) -> Update:
    waiting = first_of_lane(is_waiting).is_not(None)
    return (
        update(lane)
        .where(lane.c.brand_id == bindparam("brand"), is_given(lane.c.lane, "given", postgres=postgres))
        .values(due_at=case((waiting, bindparam("at", type_=lane.c.due_at.type)), else_=None))
    )


async def raise_lanes(connection: AsyncConnection, brand_id: str, due: Mapping[str, tuple[str, str, datetime]]) -> None:
    """Have lanes looked at by a moment, each given with its platform and kind; one looked at earlier stays so."""
    lanes = [
        {"brand_id": brand_id, "lane": name, "platform": platform, "kind": kind, "due_at": at}
        for name, (platform, kind, at) in sorted(due.items())
    ]
    brought = excluded(connection, lane, "due_at")
    earlier = case((lane.c.due_at <= brought, lane.c.due_at), else_=brought)
    await insert_rows(connection, lane, lanes, if_there={"due_at": earlier})


def _standing(row: RowMapping) -> Queued:
    """Read a sent message with the channel it really stands in, which can be another than it was sent to."""
    message = queued_of(row)
    return replace(message, channel=replace(message.channel, channel=row["sent_channel"]))


def lane_of(channel: ChannelRef, kind: str) -> str:
    """Return the name of the lane a message of this kind to this channel goes through."""
    return "|".join((channel.platform, channel.channel, channel.thread or "", kind))
