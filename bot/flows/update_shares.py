"""A post was corrected: what was posted of it is corrected in place, once, where the platform can do that.

Edits are messages of the outbox like any other, in lanes of their own. They ring nobody's telephone, so neither caps
nor quiet hours hold them; a pause does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import structlog

from bot.brand import Brand
from bot.campaigns.render import NotRendered
from bot.clock import Clock
from bot.delivery.fit import fit
from bot.flows.word_share import word_share
from bot.ids import new_id
from bot.ports.platform import PlatformLimits
from bot.ports.records import Body, Post, Queued, Share
from bot.ports.store import Transactions, UnitOfWork

log = structlog.get_logger()


async def update_shares(
    brand: Brand,
    *,
    store: Transactions,
    limits: Mapping[str, PlatformLimits],
    editing: Collection[str],
    clock: Clock,
) -> int:
    """Queue the edits that corrected posts ask for; return how many messages are to change.

    `limits` are those of each platform that runs, by name; `editing` names those that can change a message.
    """
    async with store.read(brand.id) as work:
        if not await work.shares.any_outdated():
            return 0
    now = clock.now()
    queued = 0
    async with store.work(brand.id) as work:
        for share, post in await work.shares.outdated():
            platform = brand.communities[share.community].platform if share.community in brand.communities else None
            if platform is not None and platform not in limits:
                continue
            if await work.drafts.newest([share.id]):
                edits: tuple[Queued, ...] = ()
                said = "the post was edited; what the editors approved stays as it is"
            else:
                edits, said = await _correct(
                    share, post, brand=brand, limits=limits, editing=editing, work=work, now=now
                )
            await work.outbox.add(edits)
            await work.shares.corrected(share.id, revision=post.revision, reason=said, at=now)
            queued += len(edits)
            log.info("share corrected", campaign=share.campaign, community=share.community, post=post.title, what=said)
        await work.commit()
    return queued


async def _correct(
    share: Share,
    post: Post,
    *,
    brand: Brand,
    limits: Mapping[str, PlatformLimits],
    editing: Collection[str],
    work: UnitOfWork,
    now: datetime,
) -> tuple[tuple[Queued, ...], str]:
    """Return the edits, and in words what becomes of the correction."""
    community = brand.communities.get(share.community)
    campaign = brand.campaigns.get(share.campaign)
    if community is None or campaign is None:
        what = "community" if community is None else "campaign"
        return (), f"the post was edited, but the {what} is not in the configuration any more"
    if campaign.on_edit == "ignore":
        return (), "the post was edited; on_edit: ignore leaves what was posted as it is"
    if community.platform not in editing:
        return (), f"the post was edited, but {community.platform} can't change what was posted"
    platform_limits = limits[community.platform]
    worded = word_share(share, {post.id: post}, brand=brand, limits=platform_limits)
    if isinstance(worded, NotRendered):
        return (), f"the post was edited, and what was posted stays: {worded.reason}"
    standing = await work.outbox.sent_of_share(share.id)
    parts = fit(worded.spans, platform_limits)
    in_doubt = await work.outbox.supersede(share.id, reason="a later correction takes its place")
    changes = [
        (message, Body(spans=part, card=worded.card if number == len(parts) else None))
        for number, (message, part) in enumerate(zip(standing, parts, strict=False), start=1)
    ]
    edits = tuple(
        Queued(
            id=new_id(now),
            community=share.community,
            channel=message.channel,
            kind="edit",
            body=body,
            created_at=now,
            share_id=share.id,
            target=message.message_id,
        )
        for message, body in changes
        if body != message.body or message.message_id in in_doubt
    )
    if not edits and len(standing) == len(parts):
        return (), "the post was edited, but not what is shown of it"
    return edits, _describe(len(standing), len(parts))


def _describe(standing: int, parts: int) -> str:
    if parts > standing:
        return f"corrected in place, but {parts - standing} more messages would be needed and the rest is not shown"
    if parts < standing:
        return f"corrected in place, but it needs {standing - parts} messages less: the last ones stand as they were"
    return "corrected in place"
