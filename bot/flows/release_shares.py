"""From drafts to the outbox: each share is let out when its community welcomes it, or held with the reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.brand import Brand, Campaign, Community
from bot.campaigns.etiquette import Hold, may_post, period_of
from bot.campaigns.render import NotRendered, Rendered, render
from bot.clock import Clock
from bot.conversation.wording import Wording
from bot.delivery.fit import fit
from bot.ids import new_id
from bot.ports.platform import PlatformLimits
from bot.ports.records import Body, Pause, Post, Queued, Share
from bot.ports.store import Transactions, UnitOfWork

log = structlog.get_logger()


async def release_shares(
    brand: Brand, *, store: Transactions, limits: Mapping[str, PlatformLimits], clock: Clock
) -> int:
    """Let out every share whose time has come, oldest first; return how many went to the outbox.

    `limits` are those of each platform by name.
    """
    now = clock.now()
    released = 0
    async with store.work(brand.id) as work:
        shares = await work.shares.to_release(now)
        pauses = await work.pauses.all()
        posts = {post.id: post for post in await work.feeds.posts({share.post_id for share in shares})}
        let_out: Counter[str] = Counter()
        for share in shares:
            released += await _release(
                share,
                posts[share.post_id],
                brand=brand,
                limits=limits,
                pauses=pauses,
                let_out=let_out,
                work=work,
                now=now,
            )
        if shares:
            await work.commit()
    return released


async def _release(
    share: Share,
    post: Post,
    *,
    brand: Brand,
    limits: Mapping[str, PlatformLimits],
    pauses: tuple[Pause, ...],
    let_out: Counter[str],
    work: UnitOfWork,
    now: datetime,
) -> bool:
    community = brand.communities.get(share.community)
    campaign = brand.campaigns.get(share.campaign)
    if community is None or campaign is None or not campaign.enabled:
        what = "community" if community is None else "campaign"
        await _skip(work, share, f"its {what} is not in the configuration any more", now)
        return False
    if community.platform not in limits:
        await _hold(work, share, Hold(until=now + timedelta(minutes=10), reason="its platform is not running"), now)
        return False
    if community.key not in let_out and community.max_posts:
        start, end = period_of(community.max_posts, community.timezone, now)
        let_out[community.key] = await work.shares.queued_between(community.key, start, end)
    hold = _jitter(share, campaign, now) or may_post(
        community, now, let_out=let_out[community.key], campaign=campaign.key, pauses=pauses
    )
    if hold is not None:
        await _hold(work, share, hold, now)
        return False
    rendered = render(
        post,
        brand=brand,
        campaign=campaign,
        community=community,
        limits=limits[community.platform],
        built_in=Wording(community.language).share_template(),
    )
    if isinstance(rendered, NotRendered):
        await _skip(work, share, rendered.reason, now)
        return False
    await work.outbox.add(_messages(share, rendered, community, limits[community.platform], now))
    await work.shares.move(share.id, "queued", reason="welcome now", until=None, at=now)
    let_out[community.key] += 1
    log.info("share queued", campaign=share.campaign, community=share.community, post=post.title)
    return True


def _jitter(share: Share, campaign: Campaign, now: datetime) -> Hold | None:
    """Spread the shares of a slot by a delay that is the same however often it is worked out."""
    if not campaign.jitter:
        return None
    digest = hashlib.sha256(f"{share.community}|{share.campaign}|{share.slot}|{share.post_id}".encode()).digest()
    due = share.created_at + campaign.jitter * (int.from_bytes(digest[:4], "big") / 2**32)
    return Hold(until=due, reason=f"spread by up to {campaign.jitter}") if due > now else None


def _messages(
    share: Share, rendered: Rendered, community: Community, limits: PlatformLimits, now: datetime
) -> tuple[Queued, ...]:
    parts = fit(rendered.spans, limits)
    ids = [new_id(now) for _ in parts]
    return tuple(
        Queued(
            id=part_id,
            community=community.key,
            channel=community.place.posts,
            kind="post",
            # the card belongs below the whole text
            body=Body(spans=part, card=rendered.card if part_id == ids[-1] else None),
            created_at=now,
            text_id=ids[0] if len(ids) > 1 else None,
            share_id=share.id,
        )
        for part_id, part in zip(ids, parts, strict=True)
    )


async def _hold(work: UnitOfWork, share: Share, hold: Hold, now: datetime) -> None:
    await work.shares.move(share.id, "held", reason=hold.reason, until=hold.until, at=now)
    log.info("share held", campaign=share.campaign, community=share.community, reason=hold.reason, until=hold.until)


async def _skip(work: UnitOfWork, share: Share, reason: str, now: datetime) -> None:
    await work.shares.move(share.id, "skipped", reason=reason, until=None, at=now)
    log.warning("share skipped", campaign=share.campaign, community=share.community, reason=reason)
