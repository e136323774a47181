"""What flows work on: a brand with a campaign, messages, and a platform that does as it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.brand import Brand, Campaign, Community, FeedSource
from bot.clock import ReplayClock
from bot.errors import PlatformFault
from bot.messages import OutgoingPost, PostedRef, Span
from bot.ports.platform import PlatformLimits, PlatformTraits, Receive
from bot.ports.records import Body, Post, Queued, Sighting
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign
from tests.unit.conversation.sample import BRAND, GROUP

LIMITS = PlatformLimits(text_length=200)
BLOG = FeedSource(key="blog", url="https://kopi.example/feed.xml", check_every=timedelta(minutes=15))


def a_brand(*campaigns: Campaign, communities: Sequence[Community] = (COMMUNITY,), **changes: Any) -> Brand:
    """Return the brand with these campaigns, or the one that shares every morning."""
    return replace(
        BRAND,
        sources={"blog": BLOG},
        communities={community.key: community for community in communities},
        campaigns={campaign.key: campaign for campaign in campaigns or (a_campaign(),)},
        **changes,
    )


async def move(clock: ReplayClock, **by: float) -> None:
    """Let time pass, in units of timedelta."""
    await clock.advance(clock.now() + timedelta(**by), workers=0)


async def save(store: Transactions, *posts: Post) -> None:
    """Let the blog have brought these posts."""
    async with store.work(BRAND.id) as work:
        for post in posts:
            seen = Sighting(source="blog", post_id=post.id, verdict="new", evidence=(), reason="", seen_at=NOW)
            await work.feeds.save_post(post, [], seen)
        await work.commit()


def a_message(message_id: str, **changes: Any) -> Queued:
    """Return a post to the warung, ready to be queued."""
    values: dict[str, Any] = {
        "id": message_id,
        "community": "warung",
        "channel": GROUP,
        "kind": "post",
        "body": Body(spans=(Span(text=f"text of {message_id}"),)),
        "created_at": NOW,
    }
    return Queued(**{**values, **changes})


async def queue(store: Transactions, *messages: Queued) -> None:
    """Put these into the outbox."""
    async with store.work(BRAND.id) as work:
        await work.outbox.add(messages)
        await work.commit()


async def found(store: Transactions, message_id: str) -> Queued:
    """Return a message of the outbox as it stands."""
    async with store.read(BRAND.id) as work:
        message = await work.outbox.get(message_id)
    assert message is not None
    return message


async def waiting(store: Transactions) -> list[Queued]:
    """Return what the outbox holds unsettled, oldest first."""
    async with store.read(BRAND.id) as work:
        return list(await work.outbox.unsettled())


class Room:
    """A platform that takes every post, or raises what it is told to, in turn."""

    name = "sandbox"

    def __init__(
        self,
        *faults: PlatformFault | None,
        limits: PlatformLimits = LIMITS,
        traits: PlatformTraits = PlatformTraits(after_uncertainty="neither"),  # noqa: B008  # frozen
    ) -> None:
        self.limits = limits
        self.traits = traits
        self.posts: list[OutgoingPost] = []
        self._faults = list(faults)

    async def run(self, receive: Receive) -> None:
        """Hear nothing."""

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Take a post, or raise the next fault."""
        fault = self._faults.pop(0) if self._faults else None
        self.posts.append(post)
        if fault is not None:
            raise fault
        return PostedRef(channel=post.channel, message_id=f"m-{post.id}")
