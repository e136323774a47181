"""Taking a post back: what stands is deleted where the platform can, what waits is dropped, and it is not shared again.

A digest that tells of the post among others stays as it is, and is named.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.brand import Brand
from bot.clock import Clock
from bot.errors import SettingsFault
from bot.ids import new_id
from bot.ports.records import Body, Post, Queued, Share
from bot.ports.store import Transactions, UnitOfWork

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBack:
    """What becomes of a post in one community."""

    community: str
    post: str
    #: Whether a person must go there and do it.
    by_hand: bool
    #: For a person to read.
    what: str


async def unshare(
    brand: Brand, named: str, *, store: Transactions, deleting: Collection[str], clock: Clock
) -> tuple[TakenBack, ...]:
    """Take back the post whose id, link or title is `named`; `deleting` are the platforms that can delete.

    Raises SettingsFault when no post is called so.
    """
    now = clock.now()
    async with store.work(brand.id) as work:
        posts = {post.id: post for post in await work.feeds.posts() if _is_called(post, named)}
        if not posts:
            raise SettingsFault(f"no post {named}; name it by its link or its title, as `konektor poll` shows them")
        taken = []
        for share in await work.shares.recent(_EVER):
            post = posts.get(share.post_id)
            if post is not None:
                taken.append(await take_back(share, post, brand=brand, deleting=deleting, work=work, now=now))
            elif told := [posts[item].title for item in share.items if item in posts]:
                what = "a digest tells of it among others and stays; delete that message there if it must go"
                taken.append(TakenBack(community=share.community, post=told[0], by_hand=True, what=what))
        await work.commit()
    return tuple(taken)


def _is_called(post: Post, named: str) -> bool:
    return named in (post.id, post.link) or named.strip().casefold() == post.title.strip().casefold()


async def take_back(
    share: Share, post: Post, *, brand: Brand, deleting: Collection[str], work: UnitOfWork, now: datetime
) -> TakenBack:
    """Delete what stands of a share where that can be done, and drop what waits of it."""
    waiting = [message for message in await work.outbox.unsettled() if message.share_id == share.id]
    unsure = any(message.state in ("sending", "unknown") and message.kind == "post" for message in waiting)
    for message in waiting:
        await work.outbox.drop(message.id, "the post was taken back")
    standing = await work.outbox.sent_of_share(share.id)
    community = brand.communities.get(share.community)
    able = community is not None and community.platform in deleting
    if able:
        await work.outbox.add([_deletion(message, share, now) for message in standing])
    await work.shares.move(share.id, "skipped", reason="taken back", until=None, at=now)
    if unsure:
        what = "a part of it may have been under way; look there, and delete what stands"
    elif standing and not able:
        where = "its community is not configured" if community is None else f"{community.platform} can't delete"
        what = f"{where}; delete it there by hand"
    elif standing:
        what = "is being deleted; `konektor outbox` shows what the platform refuses"
    else:
        what = "had not been posted, and will not be"
    by_hand = unsure or bool(standing and not able)
    return TakenBack(community=share.community, post=post.title, by_hand=by_hand, what=what)


def _deletion(message: Queued, share: Share, now: datetime) -> Queued:
    return Queued(
        id=new_id(now),
        community=share.community,
        channel=message.channel,
        kind="delete",
        body=Body(spans=()),
        created_at=now,
        share_id=share.id,
        target=message.message_id,
    )
