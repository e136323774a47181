"""From drafts to the outbox: each share is let out when its community welcomes it, or held with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.brand import Brand, Campaign, Community
from bot.campaigns.approval import needs_editors
from bot.campaigns.etiquette import Hold, Standing, describe_switched_off, may_post, period_of
from bot.campaigns.render import NotRendered, Rendered
from bot.clock import Clock
from bot.delivery.fit import fit
from bot.flows.decide_drafts import expire
from bot.flows.move_channel import at_current_addresses
from bot.flows.read_reception import read_account
from bot.flows.show_drafts import show_draft
from bot.flows.word_share import name_share, posts_of_shares, word_share
from bot.ids import new_id
from bot.ports.platform import PlatformLimits
from bot.ports.records import Body, Draft, Pause, Post, Queued, Share
from bot.ports.store import Transactions, UnitOfWork

#: How soon a share is looked at again that waits for what a person must do.
_LOOK_AGAIN = timedelta(minutes=10)

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
        posts = {post.id: post for post in await work.feeds.posts(posts_of_shares(shares))}
        drafts = await work.drafts.newest([share.id for share in shares])
        manners = _Manners(work, now, pauses=await work.pauses.all(now))
        brand = at_current_addresses(brand, await work.moves.all() if shares else ())
        for share in shares:
            released += await _release(
                share,
                drafts.get(share.id),
                posts,
                brand=brand,
                limits=limits,
                manners=manners,
                work=work,
                now=now,
            )
        if shares:
            await work.commit()
    return released


class _Manners:
    """What each community has seen, kept up to date while shares are let out."""

    def __init__(self, work: UnitOfWork, now: datetime, *, pauses: tuple[Pause, ...]) -> None:
        self._work = work
        self._now = now
        self._pauses = pauses
        self._standing: dict[str, Standing] = {}

    async def may_post(self, share: Share, community: Community) -> Hold | None:
        if community.key not in self._standing:
            self._standing[community.key] = await standing_of(community, work=self._work, now=self._now)
        return may_post(
            community,
            self._now,
            standing=self._standing[community.key],
            campaign=share.campaign,
            pauses=self._pauses,
            lull_since=share.lull_since,
        )

    def count(self, community: Community) -> None:
        """Remember that one was let out."""
        before = self._standing[community.key]
        self._standing[community.key] = replace(before, let_out=before.let_out + 1, last_post_at=self._now)


async def standing_of(community: Community, *, work: UnitOfWork, now: datetime) -> Standing:
    """Read what a community has seen lately, as far as its manners ask for it."""
    let_out = 0
    if community.max_posts:
        start, end = period_of(community.max_posts, community.timezone, now)
        let_out = await work.shares.let_out_between(community.key, start, end)
    return Standing(
        let_out=let_out,
        last_post_at=await work.shares.last_out_at(community.key, now) if community.spacing else None,
        last_written_at=await work.events.last_written_at(community.key) if community.lull else None,
        account=await read_account(community, work=work, now=now),
    )


async def _release(
    share: Share,
    draft: Draft | None,
    posts: Mapping[str, Post],
    *,
    brand: Brand,
    limits: Mapping[str, PlatformLimits],
    manners: _Manners,
    work: UnitOfWork,
    now: datetime,
) -> bool:
    community = brand.communities.get(share.community)
    campaign = brand.campaigns.get(share.campaign)
    if community is None or (campaign is None and share.text is None):
        what = "community" if community is None else "campaign"
        await _skip(work, share, f"its {what} is not in the configuration any more", now)
        return False
    if community.platform not in limits:
        later = Hold(until=now + _LOOK_AGAIN, reason="its platform is not running", rule="platform")
        await _hold(work, share, later, now)
        return False
    approved = draft if draft is not None and draft.state == "approved" else None
    if approved is None and await _editors_look(
        share, draft, posts, community, brand=brand, limits=limits, work=work, now=now
    ):
        return False
    hold = (_own_hold(share, campaign, now) if campaign else None) or await manners.may_post(share, community)
    if hold is not None:
        await _hold(work, share, hold, now)
        return False
    if approved is not None:
        rendered: Rendered | NotRendered = Rendered(spans=approved.body.spans, card=approved.body.card)
    else:
        rendered = word_share(share, posts, brand=brand, limits=limits[community.platform])
    if isinstance(rendered, NotRendered):
        await _skip(work, share, rendered.reason, now)
        return False
    await work.outbox.add(_messages(share, rendered, community, limits[community.platform], now))
    revision = posts[share.post_id].revision if share.post_id else None
    if approved is not None and share.post_id:
        # an edit that came since is not what the editors saw
        revision = approved.revision
    await work.shares.move(share.id, "queued", reason="welcome now", until=None, at=now, revision=revision)
    manners.count(community)
    log.info("share queued", campaign=share.campaign, community=share.community, post=name_share(share, posts))
    return True


async def _editors_look(
    share: Share,
    draft: Draft | None,
    posts: Mapping[str, Post],
    community: Community,
    *,
    brand: Brand,
    limits: Mapping[str, PlatformLimits],
    work: UnitOfWork,
    now: datetime,
) -> bool:
    """Show a share to the editors where they must see it first; whether it waits for them, or was let go."""
    if draft is not None and draft.state == "waiting":
        if draft.expires_at <= now:
            await _skip(work, share, await expire(draft, share, brand=brand, work=work, now=now), now)
        return True
    states = await work.drafts.states(share.campaign, share.community)
    if not needs_editors(community, was_approved="approved" in states):
        return False
    if community.approval == "first_time" and "waiting" in states:
        reason = f"the editors look at the first post of {share.campaign or 'announce'} in {community.key}"
        await _hold(work, share, Hold(until=now + _LOOK_AGAIN, reason=reason, rule="approval"), now)
        return True
    rendered = word_share(share, posts, brand=brand, limits=limits[community.platform])
    if isinstance(rendered, NotRendered):
        await _skip(work, share, rendered.reason, now)
        return True
    body = Body(spans=rendered.spans, card=rendered.card)
    revision = posts[share.post_id].revision if share.post_id else share.revision
    await show_draft(share, body, version=1, revision=revision, brand=brand, limits=limits, work=work, now=now)
    log.info("share waits for the editors", campaign=share.campaign, community=share.community)
    return True


def _own_hold(share: Share, campaign: Campaign, now: datetime) -> Hold | None:
    """Return what of the campaign's own holds a share: that it is switched off, or its jitter.

    Jitter spreads the shares of a slot by a delay that is the same however often it is worked out.
    """
    if not campaign.enabled:
        return Hold(until=now + _LOOK_AGAIN, reason=describe_switched_off(campaign.key), rule="pause")
    if not campaign.jitter:
        return None
    digest = hashlib.sha256(f"{share.community}|{share.campaign}|{share.slot}|{share.post_id}".encode()).digest()
    due = share.created_at + campaign.jitter * (int.from_bytes(digest[:4], "big") / 2**32)
    return Hold(until=due, reason=f"spread by up to {campaign.jitter}", rule="jitter") if due > now else None


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
    lull_since = (share.lull_since or now) if hold.rule == "lull" else None
    await work.shares.move(share.id, "held", reason=hold.reason, until=hold.until, at=now, lull_since=lull_since)
    log.info("share held", campaign=share.campaign, community=share.community, reason=hold.reason, until=hold.until)


async def _skip(work: UnitOfWork, share: Share, reason: str, now: datetime) -> None:
    await work.shares.move(share.id, "skipped", reason=reason, until=None, at=now)
    log.warning("share skipped", campaign=share.campaign, community=share.community, reason=reason)
