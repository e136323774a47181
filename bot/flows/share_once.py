"""One pass of the scheduler, and an account of what it did: for a person who asks, not for the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.brand import Brand
from bot.clock import Clock
from bot.flows.plan_campaigns import plan_campaigns
from bot.flows.release_shares import release_shares
from bot.ports.platform import PlatformLimits
from bot.ports.store import Transactions

_VERDICTS = {"queued": "share", "held": "hold", "skipped": "skip", "draft": "draft"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """What became of one share in the pass."""

    #: When it goes out, or is looked at again.
    at: datetime
    community: str
    campaign: str
    #: The post's title.
    post: str
    #: `share`, `hold` or `skip`.
    verdict: str
    #: Why, for a person to read.
    reason: str
    #: What is said, each part of a long text on lines of its own; "" when nothing is.
    text: str


async def share_once(
    brand: Brand, *, store: Transactions, limits: Mapping[str, PlatformLimits], clock: Clock
) -> tuple[Passed, ...]:
    """Plan and release what is due now; return what became of every share that was touched, oldest first."""
    began = clock.now()
    await plan_campaigns(brand, store=store, clock=clock)
    await release_shares(brand, store=store, limits=limits, clock=clock)
    async with store.read(brand.id) as work:
        shares = [share for share in await work.shares.recent(began) if share.state in _VERDICTS]
        posts = {post.id: post for post in await work.feeds.posts({share.post_id for share in shares})}
        texts: dict[str, list[str]] = {}
        for message in await work.outbox.unsettled():
            if message.share_id is not None:
                said = "".join(span.text for span in message.body.spans)
                texts.setdefault(message.share_id, []).append(said)
    return tuple(
        Passed(
            at=share.until or began,
            community=share.community,
            campaign=share.campaign,
            post=posts[share.post_id].title,
            verdict=_VERDICTS[share.state],
            reason=share.reason,
            text="\n".join(texts.get(share.id, ())),
        )
        for share in shares
    )
