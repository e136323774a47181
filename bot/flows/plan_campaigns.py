"""From the clock to drafts: which slots of which campaigns are due, and which posts each brings to whom.

Timers only hint. What decides is the ledger: whoever enters a slot first, in whichever process, makes its shares in the
same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import structlog

from bot.brand import AsPublished, BestTime, Brand, Campaign, Community
from bot.campaigns.best_time import BestMoment, days_between
from bot.campaigns.hold_out import hold_out
from bot.campaigns.render import choose_variant
from bot.campaigns.select import select, select_digest
from bot.campaigns.slots import Slot, next_slot, slots
from bot.clock import Clock
from bot.flows.best_times import BestTimes
from bot.ids import new_id
from bot.ports.records import LedgerEntry, Post, Share
from bot.ports.store import Transactions, UnitOfWork

#: A slot served within this is on time; only later does `if_missed` speak.
ON_TIME = timedelta(minutes=2)

#: How many posts, corrections and verdicts there were.
Extent: TypeAlias = tuple[int, int, int]

log = structlog.get_logger()


async def plan_campaigns(
    brand: Brand,
    *,
    store: Transactions,
    clock: Clock,
    planned: dict[str, Extent] | None = None,
    best_times: BestTimes | None = None,
) -> int:
    """Decide every slot that has come and draft its shares; return how many drafts were made.

    `planned` keeps, from one call to the next, how many posts each campaign that shares as they are published has
    looked at: while there are no others, it looks at none. Without it all are looked at. `best_times` keeps the best
    moment of a day likewise.
    """
    enabled = [campaign for campaign in brand.campaigns.values() if campaign.enabled]
    best_times = best_times or BestTimes()
    # looked at together and without a write lock: most of the time there is nothing to do
    async with store.read(brand.id) as look:
        extent = await look.feeds.extent()
        due = [
            campaign
            for campaign in enabled
            if (planned or {}).get(campaign.key) != extent
            and await _is_due(campaign, brand=brand, look=look, best_times=best_times, now=clock.now())
        ]
    drafted = 0
    for campaign in due:
        async with store.work(brand.id) as work:
            drafted += await _plan(campaign, brand=brand, work=work, best_times=best_times, now=clock.now())
            await work.commit()
        if planned is not None and isinstance(campaign.when, AsPublished):
            planned[campaign.key] = extent
    return drafted


async def _is_due(campaign: Campaign, *, brand: Brand, look: UnitOfWork, best_times: BestTimes, now: datetime) -> bool:
    if isinstance(campaign.when, AsPublished):
        return True
    for key in campaign.communities:
        if isinstance(campaign.when, BestTime):
            began = await look.shares.began_at(campaign.key, key) is not None
            if not began or await _best_moments(campaign, brand.communities[key], best_times, work=look, now=now):
                return True
            continue
        own = key if campaign.each_community_time else None
        started = await look.shares.began_at(campaign.key, key)
        if started is None:
            return True
        since = await look.shares.last_slot_at(campaign.key, own) or started
        zone = brand.communities[key].timezone if own else campaign.timezone
        coming = next_slot(campaign.when, zone=zone, after=since)
        if coming is not None and coming.at <= now:
            return True
    return False


async def _plan(campaign: Campaign, *, brand: Brand, work: UnitOfWork, best_times: BestTimes, now: datetime) -> int:
    communities = [brand.communities[key] for key in campaign.communities]
    if isinstance(campaign.when, AsPublished):
        return await _draft(campaign, communities, slot="as_published", work=work, now=now)
    if isinstance(campaign.when, BestTime):
        return sum([await _serve_best(campaign, one, best_times, work=work, now=now) for one in communities])
    if not campaign.each_community_time:
        return await _serve_slots(campaign, communities, zone=campaign.timezone, own=None, work=work, now=now)
    return sum(
        [
            await _serve_slots(campaign, [community], zone=community.timezone, own=community.key, work=work, now=now)
            for community in communities
        ]
    )


async def _serve_slots(
    campaign: Campaign,
    communities: Sequence[Community],
    *,
    zone: ZoneInfo,
    own: str | None,
    work: UnitOfWork,
    now: datetime,
) -> int:
    started = [await work.shares.started_at(campaign.key, community.key, now) for community in communities]
    decided_until = await work.shares.last_slot_at(campaign.key, own) or min(started, default=now)
    drafted = 0
    for slot in slots(campaign.when, zone=zone, after=decided_until, until=now):
        drafted += await _serve(campaign, communities, slot, own=own, work=work, now=now)
    return drafted


async def _best_moments(
    campaign: Campaign, community: Community, best_times: BestTimes, *, work: UnitOfWork, now: datetime
) -> list[BestMoment]:
    """Return the moments that have come and are not decided yet, oldest first."""
    if not isinstance(campaign.when, BestTime):
        raise TypeError(f"{campaign.key} has slots of its own")
    started = await work.shares.began_at(campaign.key, community.key) or now
    last = await work.shares.last_slot_at(campaign.key, community.key)
    zone = community.timezone
    days = days_between(last or started, now, decided=last is not None, when=campaign.when, zone=zone)
    moments = [await best_times.find(campaign.when, community, day, work=work) for day in days]
    return [moment for moment in moments if (last or started) < moment.slot.at <= now]


async def _serve_best(
    campaign: Campaign, community: Community, best_times: BestTimes, *, work: UnitOfWork, now: datetime
) -> int:
    await work.shares.started_at(campaign.key, community.key, now)
    drafted = 0
    for moment in await _best_moments(campaign, community, best_times, work=work, now=now):
        drafted += await _serve(campaign, [community], moment.slot, own=community.key, work=work, now=now)
        log.info("best time", campaign=campaign.key, community=community.key, at=moment.slot.at, why=moment.reason)
    return drafted


async def _serve(
    campaign: Campaign,
    communities: Sequence[Community],
    slot: Slot,
    *,
    own: str | None,
    work: UnitOfWork,
    now: datetime,
) -> int:
    late = now - slot.at
    missed = late > max(campaign.if_missed or timedelta(0), ON_TIME)
    key = slot.key if own is None else f"{slot.key}@{own}"
    entry = LedgerEntry(
        campaign=campaign.key,
        slot=key,
        community=own,
        outcome="missed" if missed else "ran",
        detail=f"missed: found {_minutes(late)} late, if_missed allows {_allows(campaign)}" if missed else "",
        nominal_at=slot.at,
        decided_at=now,
    )
    if not await work.shares.decide_slot(entry):
        return 0
    if missed:
        log.warning("slot missed", campaign=campaign.key, slot=key, reason=entry.detail)
        return 0
    if campaign.digest is None:
        drafted = await _draft(campaign, communities, slot=key, work=work, now=now)
    else:
        drafted = await _draft_digests(campaign, communities, slot, key=key, work=work, now=now)
    nothing = "nothing new to share" if campaign.digest is None else "too few new posts for a digest"
    detail = f"{drafted} to share" if drafted else nothing
    await work.shares.describe_slot(campaign.key, key, detail)
    log.info("slot served", campaign=campaign.key, slot=key, result=detail)
    return drafted


async def _draft(
    campaign: Campaign, communities: Sequence[Community], *, slot: str, work: UnitOfWork, now: datetime
) -> int:
    drafted = 0
    for community in communities:
        started_at = await work.shares.started_at(campaign.key, community.key, now)
        # what is settled stays in the database: years of posts must not make the next one late
        posts = await work.feeds.candidates(
            campaign.sources,
            community.key,
            shared_by=campaign.key if campaign.share_again else None,
            began_at=started_at,
            old=campaign.backlog is not None,
        )
        shared = await work.shares.shared_posts(community.key, {post.id for post in posts})
        for post in select(posts, campaign, community, started_at=started_at, shared=shared):
            share = Share(
                id=new_id(now),
                community=community.key,
                post_id=post.id,
                revision=post.revision,
                campaign=campaign.key,
                slot=slot,
                state="draft",
                reason="",
                until=None,
                created_at=now,
                variant=choose_variant(campaign, post.id, community.key),
            )
            share = hold_out(share, campaign)
            drafted += await work.shares.add(share, again=campaign.share_again) and share.state == "draft"
    return drafted


async def _draft_digests(
    campaign: Campaign, communities: Sequence[Community], slot: Slot, *, key: str, work: UnitOfWork, now: datetime
) -> int:
    posts = await posts_of(work, campaign)
    drafted = 0
    for community in communities:
        told = await work.shares.digested_posts(campaign.key, community.key)
        chosen = select_digest(posts, campaign, at=slot.at, told=told)
        if not chosen:
            continue
        share = Share(
            id=new_id(now),
            community=community.key,
            post_id="",
            revision=1,
            campaign=campaign.key,
            slot=key,
            state="draft",
            reason="",
            until=None,
            created_at=now,
            items=tuple(post.id for post in chosen),
            variant=choose_variant(campaign, key, community.key),
        )
        share = hold_out(share, campaign)
        drafted += await work.shares.add(share) and share.state == "draft"
    return drafted


async def posts_of(work: UnitOfWork, campaign: Campaign) -> tuple[Post, ...]:
    """Return the posts of all sources of a campaign, each once."""
    return await work.feeds.of_sources(campaign.sources)


def _minutes(late: timedelta) -> str:
    return f"{late.total_seconds() / 60:.0f} min"


def _allows(campaign: Campaign) -> str:
    return "nothing (skip)" if campaign.if_missed is None else _minutes(campaign.if_missed)
