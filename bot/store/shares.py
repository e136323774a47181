"""Campaign slots and shares in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import WAITING_SHARES, LedgerEntry, Post, Share, ShareState
from bot.store.bulk import is_among
from bot.store.outbox_states import is_waiting
from bot.store.rows import insert_into, post_of, share_of
from bot.store.tables import campaign_start, event, outbox, post, run_ledger, share
from bot.store.turns import take_turn

#: Longer than any outage: how long ago a share was let out that may still be on its way.
_LONGEST_WAY = timedelta(days=60)


class SqlShares:
    """Meets `bot.ports.store.Shares`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def started_at(self, campaign: str, community: str, now: datetime) -> datetime:
        await self._connection.execute(
            insert_into(self._connection, campaign_start)
            .values(brand_id=self._brand_id, campaign=campaign, community=community, started_at=now)
            .on_conflict_do_nothing()
        )
        return await self.began_at(campaign, community) or now

    async def began_at(self, campaign: str, community: str) -> datetime | None:
        started: datetime | None = await self._connection.scalar(
            select(campaign_start.c.started_at).where(
                campaign_start.c.brand_id == self._brand_id,
                campaign_start.c.campaign == campaign,
                campaign_start.c.community == community,
            )
        )
        return started

    async def last_slot_at(self, campaign: str, community: str | None) -> datetime | None:
        found: datetime | None = await self._connection.scalar(
            select(func.max(run_ledger.c.nominal_at, type_=run_ledger.c.nominal_at.type)).where(
                run_ledger.c.brand_id == self._brand_id,
                run_ledger.c.campaign == campaign,
                run_ledger.c.community.is_(None) if community is None else run_ledger.c.community == community,
            )
        )
        return found

    async def decide_slot(self, entry: LedgerEntry) -> bool:
        won = await self._connection.scalar(
            insert_into(self._connection, run_ledger)
            .values(
                brand_id=self._brand_id,
                campaign=entry.campaign,
                slot=entry.slot,
                community=entry.community,
                outcome=entry.outcome,
                detail=entry.detail,
                nominal_at=entry.nominal_at,
                decided_at=entry.decided_at,
            )
            .on_conflict_do_nothing()
            .returning(run_ledger.c.slot)
        )
        return won is not None

    async def describe_slot(self, campaign: str, slot: str, detail: str) -> None:
        await self._connection.execute(
            update(run_ledger)
            .where(
                run_ledger.c.brand_id == self._brand_id, run_ledger.c.campaign == campaign, run_ledger.c.slot == slot
            )
            .values(detail=detail)
        )

    async def ledger(self, start: datetime) -> tuple[LedgerEntry, ...]:
        rows = await self._connection.execute(
            select(run_ledger)
            .where(run_ledger.c.brand_id == self._brand_id, run_ledger.c.decided_at >= start)
            .order_by(run_ledger.c.decided_at, run_ledger.c.nominal_at)
        )
        return tuple(
            LedgerEntry(**{name: value for name, value in row.items() if name != "brand_id"}) for row in rows.mappings()
        )

    async def shared_posts(self, community: str, among: Collection[str] | None = None) -> Mapping[str, frozenset[str]]:
        rows = await self._connection.execute(
            select(share.c.post_id, share.c.campaign).where(
                share.c.brand_id == self._brand_id,
                share.c.community == community,
                share.c.post_id != "" if among is None else is_among(self._connection, share.c.post_id, among),
            )
        )
        campaigns: dict[str, set[str]] = {}
        for post_id, campaign in rows:
            campaigns.setdefault(post_id, set()).add(campaign)
        return {post_id: frozenset(keys) for post_id, keys in campaigns.items()}

    async def digested_posts(self, campaign: str, community: str) -> frozenset[str]:
        told = await self._connection.scalars(
            select(share.c["items"]).where(
                share.c.brand_id == self._brand_id,
                share.c.campaign == campaign,
                share.c.community == community,
                share.c.post_id == "",
            )
        )
        return frozenset(post_id for items in told for post_id in items)

    async def add(self, new: Share, *, again: bool = False) -> bool:
        if new.post_id and await self._is_shared(new, again=again):
            return False
        # what another process adds in the meantime is caught by the table itself
        added = await self._connection.scalar(
            insert_into(self._connection, share)
            .values(
                brand_id=self._brand_id,
                id=new.id,
                community=new.community,
                post_id=new.post_id,
                revision=new.revision,
                again=_again(new, again=again),
                campaign=new.campaign,
                slot=new.slot,
                items=list(new.items),
                variant=new.variant,
                text=new.text,
                state=new.state,
                reason=new.reason,
                until=new.until,
                created_at=new.created_at,
                moved_at=new.created_at,
            )
            .on_conflict_do_nothing()
            .returning(share.c.id)
        )
        return added is not None

    async def _is_shared(self, new: Share, *, again: bool) -> bool:
        found = await self._connection.scalar(
            select(share.c.id)
            .where(
                share.c.brand_id == self._brand_id,
                share.c.community == new.community,
                share.c.post_id == new.post_id,
                share.c.revision == new.revision,
                share.c.campaign == new.campaign if again else true(),
            )
            .limit(1)
        )
        return found is not None

    async def to_release(self, now: datetime) -> tuple[Share, ...]:
        # two that let out different shares of one community would each count without the other's
        await take_turn(self._connection, "release", self._brand_id)
        rows = await self._connection.execute(
            select(share)
            .where(
                share.c.brand_id == self._brand_id,
                or_(
                    share.c.state == "draft", share.c.state.in_(("held", "awaiting_approval")) & (share.c.until <= now)
                ),
            )
            .order_by(share.c.created_at, share.c.id)
            .with_for_update()
        )
        return tuple(share_of(row) for row in rows.mappings())

    async def waiting(self) -> tuple[Share, ...]:
        rows = await self._connection.execute(
            select(share)
            .where(share.c.brand_id == self._brand_id, share.c.state.in_(WAITING_SHARES))
            .order_by(share.c.created_at, share.c.id)
        )
        return tuple(share_of(row) for row in rows.mappings())

    async def next_release(self) -> datetime | None:
        due: datetime | None = await self._connection.scalar(
            select(func.min(func.coalesce(share.c.until, share.c.created_at), type_=share.c.until.type)).where(
                share.c.brand_id == self._brand_id, share.c.state.in_(WAITING_SHARES)
            )
        )
        return due

    async def move(
        self,
        share_id: str,
        state: ShareState,
        *,
        reason: str,
        until: datetime | None,
        at: datetime,
        revision: int | None = None,
        lull_since: datetime | None = None,
    ) -> None:
        values: dict[str, object] = {
            "state": state,
            "reason": reason,
            "until": until,
            "moved_at": at,
            "lull_since": lull_since,
        }
        if state == "queued":
            values["queued_at"] = at
        if revision is not None:
            values["revision"] = revision
        await self._connection.execute(
            update(share).where(share.c.brand_id == self._brand_id, share.c.id == share_id).values(values)
        )

    async def any_outdated(self) -> bool:
        return await self._connection.scalar(self._select_outdated(share.c.id).limit(1)) is not None

    async def outdated(self) -> tuple[tuple[Share, Post], ...]:
        rows = await self._connection.execute(
            self._select_outdated(share).order_by(share.c.created_at, share.c.id).with_for_update(of=share)
        )
        found = [share_of(row) for row in rows.mappings()]
        posts = await self._connection.execute(
            select(post).where(post.c.brand_id == self._brand_id, post.c.id.in_({old.post_id for old in found}))
        )
        by_id = {row["id"]: post_of(row) for row in posts.mappings()}
        return tuple((old, by_id[old.post_id]) for old in found)

    def _select_outdated(self, *what: Any) -> Select[Any]:  # noqa: ANN401  # a table or a column, as `select` takes it
        parts = select(outbox.c.id).where(outbox.c.brand_id == self._brand_id, outbox.c.share_id == share.c.id)
        posted = parts.where(outbox.c.kind == "post")
        return (
            select(*what)
            .join(post, (post.c.brand_id == share.c.brand_id) & (post.c.id == share.c.post_id))
            .where(
                share.c.brand_id == self._brand_id,
                share.c.state == "queued",
                share.c.revision < post.c.revision,
                posted.where(outbox.c.state == "sent").exists(),
                ~posted.where(outbox.c.state.in_(("pending", "retry"))).exists(),
                ~parts.where(outbox.c.state == "sending").exists(),
            )
        )

    async def corrected(self, share_id: str, *, revision: int, reason: str, at: datetime) -> None:
        await self._connection.execute(
            update(share)
            .where(share.c.brand_id == self._brand_id, share.c.id == share_id)
            .values(revision=revision, reason=reason, moved_at=at)
        )

    async def get(self, share_id: str) -> Share | None:
        rows = await self._connection.execute(
            select(share).where(share.c.brand_id == self._brand_id, share.c.id == share_id)
        )
        row = rows.mappings().one_or_none()
        return None if row is None else share_of(row)

    async def count_click(self, share_id: str) -> None:
        await self._connection.execute(
            update(share)
            .where(share.c.brand_id == self._brand_id, share.c.id == share_id, share.c.state == "queued")
            .values(clicks=share.c.clicks + 1)
        )

    async def campaign_of(self, share_id: str) -> str | None:
        found: str | None = await self._connection.scalar(
            select(share.c.campaign).where(share.c.brand_id == self._brand_id, share.c.id == share_id)
        )
        return found

    async def let_out_between(self, community: str, start: datetime, end: datetime) -> int:
        parts = select(outbox.c.id).where(
            outbox.c.brand_id == self._brand_id, outbox.c.share_id == share.c.id, outbox.c.kind == "post"
        )
        perhaps = (outbox.c.state == "unknown") & outbox.c.begun_at.between(start, end)
        comes_now = or_(is_waiting(outbox), outbox.c.sent_at.between(start, end), perhaps)
        count: int | None = await self._connection.scalar(
            select(func.count())
            .select_from(share)
            .where(
                share.c.brand_id == self._brand_id,
                share.c.community == community,
                share.c.queued_at >= start - _LONGEST_WAY,
                share.c.queued_at < end,
                or_(share.c.queued_at >= start, parts.where(comes_now).exists()),
            )
        )
        return count or 0

    async def last_out_at(self, community: str, now: datetime) -> datetime | None:
        when_out = case(
            (is_waiting(outbox), literal(now, share.c.queued_at.type)),
            else_=func.coalesce(outbox.c.sent_at, share.c.queued_at, type_=share.c.queued_at.type),
        )
        arrived: datetime | None = await self._connection.scalar(
            select(func.max(when_out, type_=share.c.queued_at.type))
            .select_from(share)
            .join(outbox, (outbox.c.brand_id == share.c.brand_id) & (outbox.c.share_id == share.c.id))
            .where(
                share.c.brand_id == self._brand_id,
                share.c.community == community,
                share.c.queued_at >= now - _LONGEST_WAY,
                outbox.c.kind == "post",
            )
        )
        let_out: datetime | None = await self._connection.scalar(
            select(func.max(share.c.queued_at, type_=share.c.queued_at.type)).where(
                share.c.brand_id == self._brand_id, share.c.community == community
            )
        )
        return max((at for at in (arrived, let_out) if at is not None), default=None)

    async def count_removed(self, community: str, start: datetime) -> int:
        taken_away = (
            select(event.c.message_id)
            .where(
                event.c.brand_id == self._brand_id,
                event.c.platform == outbox.c.platform,
                event.c.channel == outbox.c.sent_channel,
                event.c.message_id == outbox.c.message_id,
                event.c.kind == "delete",
                event.c.happened_at >= start,
            )
            .exists()
        )
        count: int | None = await self._connection.scalar(
            select(func.count(share.c.id.distinct()))
            .select_from(share)
            .join(outbox, (outbox.c.brand_id == share.c.brand_id) & (outbox.c.share_id == share.c.id))
            .where(
                share.c.brand_id == self._brand_id,
                share.c.community == community,
                # what was posted long before is nobody's answer to the way things are now
                share.c.queued_at >= start - _LONGEST_WAY,
                share.c.state == "queued",
                outbox.c.kind == "post",
                taken_away,
            )
        )
        return count or 0

    async def recent(self, start: datetime) -> tuple[Share, ...]:
        rows = await self._connection.execute(
            select(share)
            .where(share.c.brand_id == self._brand_id, share.c.moved_at >= start)
            .order_by(share.c.created_at, share.c.id)
        )
        return tuple(share_of(row) for row in rows.mappings())


def _again(new: Share, *, again: bool) -> str:
    """Return what tells a share from others of the same post, or of none, in its community."""
    if new.post_id:
        return new.campaign if again else ""
    return f"{new.campaign}@{new.slot}" if new.text is None else new.id
