"""The plan as it stands: what the store knows, played forward without writing anything."""

from __future__ import annotations

from datetime import datetime

from bot.brand import Brand
from bot.campaigns.calendar import Facts, Forecast, forecast
from bot.campaigns.etiquette import period_of
from bot.flows.plan_campaigns import posts_of
from bot.ports.store import Transactions


async def foresee_posts(brand: Brand, *, store: Transactions, now: datetime, days: int) -> tuple[Forecast, ...]:
    """Return the posts of the next `days` days, each with where, when and why."""
    async with store.read(brand.id) as work:
        let_out = {}
        for community in brand.communities.values():
            if community.max_posts:
                start, end = period_of(community.max_posts, community.timezone, now)
                let_out[community.key] = await work.shares.queued_between(community.key, start, end)
        started = {}
        for campaign in brand.campaigns.values():
            for key in campaign.communities:
                at = await work.shares.began_at(campaign.key, key)
                if at is not None:
                    started[campaign.key, key] = at
        facts = Facts(
            posts={campaign.key: await posts_of(work, campaign) for campaign in brand.campaigns.values()},
            started_at=started,
            shared={key: await work.shares.shared_posts(key) for key in brand.communities},
            waiting=await work.shares.waiting(),
            let_out=let_out,
            pauses=await work.pauses.all(),
        )
    return forecast(brand, facts, now=now, days=days)
