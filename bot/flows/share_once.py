"""One pass of the scheduler, and an account of what it did: for a person who asks, not for the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.brand import Brand
from bot.clock import Clock
from bot.flows.plan_campaigns import plan_campaigns
from bot.flows.release_shares import release_shares
from bot.flows.word_share import name_share, posts_of_shares
from bot.messages import text_of
from bot.ports.platform import PlatformLimits
from bot.ports.store import Transactions

#: Long enough to be before a slot in every database.
MOMENT = timedelta(seconds=1)

_VERDICTS = {"queued": "share", "held": "hold", "skipped": "skip", "draft": "draft", "awaiting_approval": "hold"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """What became of one share in the pass."""

    #: When it goes out, or is looked at again.
    at: datetime
    community: str
    campaign: str
    #: The post's title; what it is where it is not one post.
    post: str
    #: `share`, `hold` or `skip`.
    verdict: str
    #: Why, for a person to read.
    reason: str
    #: What is said, each part of a long text on lines of its own; "" when nothing is.
    text: str


async def _begin_campaigns(brand: Brand, *, store: Transactions, at: datetime) -> None:
    """Let campaigns that have not begun begin just before the pass, so that it serves the slot it is made at."""
    async with store.work(brand.id) as work:
        for campaign in brand.campaigns.values():
            for key in campaign.communities if campaign.enabled else ():
                await work.shares.started_at(campaign.key, key, at)
        await work.commit()


async def share_once(
    brand: Brand, *, store: Transactions, limits: Mapping[str, PlatformLimits], clock: Clock
) -> tuple[Passed, ...]:
    """Plan and release what is due now; return what became of every share that was touched, oldest first."""
    began = clock.now()
    async with store.read(brand.id) as work:
        before = {share.id: share for share in await work.shares.recent(began)}
    await _begin_campaigns(brand, store=store, at=began - MOMENT)
    await plan_campaigns(brand, store=store, clock=clock)
    await release_shares(brand, store=store, limits=limits, clock=clock)
    async with store.read(brand.id) as work:
        recent = await work.shares.recent(began)
        shares = [share for share in recent if share.state in _VERDICTS and share != before.get(share.id)]
        posts = {post.id: post for post in await work.feeds.posts(posts_of_shares(shares))}
        texts: dict[str, list[str]] = {}
        for message in await work.outbox.unsettled():
            if message.share_id is not None:
                said = text_of(message.body.spans)
                texts.setdefault(message.share_id, []).append(said)
    return tuple(
        Passed(
            at=share.until or began,
            community=share.community,
            campaign=share.campaign,
            post=name_share(share, posts),
            verdict=_VERDICTS[share.state],
            reason=share.reason,
            text="\n".join(texts.get(share.id, ())),
        )
        for share in shares
    )
