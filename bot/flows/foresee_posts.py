"""The plan as it stands: what the store knows, played forward without writing anything."""

from __future__ import annotations

from datetime import datetime

from bot.brand import Brand
from bot.campaigns.calendar import Facts, Forecast, forecast
from bot.flows.plan_campaigns import posts_of
from bot.flows.release_shares import standing_of
from bot.ports.store import Transactions


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
            pauses=await work.pauses.all(),
        )
    return forecast(brand, facts, now=now, days=days)
