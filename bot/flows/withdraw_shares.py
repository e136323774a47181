"""A post was deleted from the blog: what was posted of it is taken back, or says so, as its campaign has it.

A feed that stops listing a post proves nothing, so the post's own address is asked: only 404 and 410 count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import structlog

from bot.brand import Brand
from bot.clock import Clock
from bot.conversation.wording import TextKey, Wording
from bot.delivery.fit import fit
from bot.errors import FeedFault
from bot.feeds.missing import find_missing
from bot.flows.unshare import take_back
from bot.ids import new_id
from bot.messages import Span
from bot.ports.platform import PlatformLimits
from bot.ports.reading import Fetcher, Validators
from bot.ports.records import Body, Post, Queued, Share
from bot.ports.store import Transactions, UnitOfWork

#: What was shared longer ago is left as it stands.
REACH = timedelta(days=60)
#: How soon an address that still answers is asked again, and how many are asked at a time.
ASK_AGAIN = timedelta(hours=6)
AT_ONCE = 5

log = structlog.get_logger()


class WithdrawShares:
    """Looks after the posts of one brand that are gone from its blog."""

    def __init__(
        self,
        brand: Brand,
        *,
        store: Transactions,
        fetcher: Fetcher,
        limits: Mapping[str, PlatformLimits],
        editing: Collection[str],
        deleting: Collection[str],
        clock: Clock,
    ) -> None:
        """`limits` are those of each platform by name; `editing` and `deleting` name those that can."""
        self._brand = brand
        self._store = store
        self._fetcher = fetcher
        self._limits = limits
        self._editing = editing
        self._deleting = deleting
        self._clock = clock
        self._asked_at: dict[str, datetime] = {}

    async def __call__(self) -> int:
        """Look for deleted posts among those that campaigns with `on_delete` have shared; return how many are gone."""
        shares, posts = await self._find_suspects()
        gone = {post.id for post in posts.values() if await self._is_gone(post)} if shares else set()
        if not gone:
            return 0
        now = self._clock.now()
        async with self._store.work(self._brand.id) as work:
            for share in shares:
                if share.post_id in gone:
                    said = await self._withdraw(share, posts[share.post_id], work=work, now=now)
                    log.warning("post deleted", community=share.community, post=posts[share.post_id].title, what=said)
            await work.commit()
        return len(gone)

    async def _find_suspects(self) -> tuple[list[Share], dict[str, Post]]:
        """Return the shares that stand of posts no feed lists any more, and at most a few of those posts by id."""
        campaigns = {key: one for key, one in self._brand.campaigns.items() if one.on_delete != "ignore"}
        if not campaigns:
            return [], {}
        now = self._clock.now()
        async with self._store.read(self._brand.id) as work:
            shares = [
                share
                for share in await work.shares.recent(now - REACH)
                if share.campaign in campaigns and share.post_id and share.state == "queued"
            ]
            if not shares:
                return [], {}
            sources = {source for one in campaigns.values() for source in one.sources}
            seen = [sighting for source in sorted(sources) for sighting in await work.feeds.sightings(source)]
            latest = max((sighting.seen_at for sighting in seen), default=now) - REACH
            ids = {share.post_id for share in shares} | {one.post_id for one in seen if one.seen_at >= latest}
            posts = {post.id: post for post in await work.feeds.posts(ids)}
        missing = find_missing(seen, posts) & {share.post_id for share in shares}
        due = [
            post
            for post_id in sorted(missing)
            if (post := posts[post_id]).link and self._asked_at.get(post_id, now - ASK_AGAIN) <= now - ASK_AGAIN
        ]
        return shares, {post.id: post for post in due[:AT_ONCE]}

    async def _is_gone(self, post: Post) -> bool:
        self._asked_at[post.id] = self._clock.now()
        try:
            await self._fetcher.fetch(post.link or "", Validators())
        except FeedFault as fault:
            return fault.gone or fault.not_found
        return False

    async def _withdraw(self, share: Share, post: Post, *, work: UnitOfWork, now: datetime) -> str:
        """Do what the share's campaign asks for; return in words what became of it."""
        if self._brand.campaigns[share.campaign].on_delete == "remove":
            taken = await take_back(share, post, brand=self._brand, deleting=self._deleting, work=work, now=now)
            return taken.what
        community = self._brand.communities.get(share.community)
        if community is None or community.platform not in self._editing:
            said = "the post is gone from the blog, and what was posted can't be changed there"
        else:
            await work.outbox.supersede(share.id, reason="the post is gone from the blog")
            text = Wording(community.language).text(TextKey.POST_WITHDRAWN, title=post.title)
            part = fit((Span(text=text),), self._limits[community.platform])[0]
            standing = await work.outbox.sent_of_share(share.id)
            await work.outbox.add([_edit(message, share, part, now) for message in standing[:1]])
            said = "the post is gone from the blog, and what was posted says so"
        await work.shares.move(share.id, "skipped", reason=said, until=None, at=now)
        return said


def _edit(message: Queued, share: Share, spans: tuple[Span, ...], now: datetime) -> Queued:
    return Queued(
        id=new_id(now),
        community=share.community,
        channel=message.channel,
        kind="edit",
        body=Body(spans=spans),
        created_at=now,
        share_id=share.id,
        target=message.message_id,
    )
