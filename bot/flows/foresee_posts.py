"""The plan as it stands: what the store knows, played forward without writing anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.brand import BestTime, Brand
from bot.campaigns.best_time import BestMoment, choose_moment, days_between, span_before
from bot.campaigns.calendar import Facts, Forecast, forecast
from bot.flows.plan_campaigns import posts_of
from bot.flows.release_shares import standing_of
from bot.ports.store import Transactions, UnitOfWork


async def foresee_posts(brand: Brand, *, store: Transactions, now: datetime, days: int) -> tuple[Forecast, ...]:
    """Return the posts of the next `days` days, each with where, when and why."""
    async with store.read(brand.id) as work:
        standing = {key: await standing_of(one, work=work, now=now) for key, one in brand.communities.items()}
        started = {}
        digested = {}
        for campaign in brand.campaigns.values():
            for key in campaign.communities:
                at = await work.shares.began_at(campaign.key, key)
                if at is not None:
                    started[campaign.key, key] = at
                if campaign.digest is not None:
                    digested[campaign.key, key] = await work.shares.digested_posts(campaign.key, key)
        facts = Facts(
            posts={campaign.key: await posts_of(work, campaign) for campaign in brand.campaigns.values()},
            started_at=started,
            shared={key: await work.shares.shared_posts(key) for key in brand.communities},
            waiting=await work.shares.waiting(),
            standing=standing,
            digested=digested,
            pauses=await work.pauses.all(now),
            best=await _best_moments(brand, work=work, now=now, until=now + timedelta(days=days)),
        )
    return forecast(brand, facts, now=now, days=days)


async def _best_moments(
    brand: Brand, *, work: UnitOfWork, now: datetime, until: datetime
) -> dict[tuple[str, str], list[BestMoment]]:
    """Return the moments to come of every campaign with `best_time`, as the activity of up to today has them."""
    found = {}
    for campaign in brand.campaigns.values():
        if not isinstance(campaign.when, BestTime):
            continue
        for key in campaign.communities:
            community, zone = brand.communities[key], brand.communities[key].timezone
            writers = await work.events.writers_by_hour(key, *span_before(now.astimezone(zone).date(), zone))
            last = await work.shares.last_slot_at(campaign.key, key)
            days = days_between(now, until, decided=False, when=campaign.when, zone=zone)
            moments = [choose_moment(campaign.when, community, day, writers) for day in days]
            decided = None if last is None else last.astimezone(zone).date().isoformat()
            found[campaign.key, key] = [
                moment for moment in moments if now < moment.slot.at <= until and moment.slot.key != decided
            ]
    return found
