"""A reader follows the link of a shared post: they are led to it, and that somebody came is counted, not who."""

from __future__ import annotations

import structlog

from bot.brand import Brand
from bot.campaigns.click_link import read_token
from bot.campaigns.render import direct_link
from bot.errors import StoreFault
from bot.ports.records import Post, Share
from bot.ports.store import Transactions

log = structlog.get_logger()


async def follow_click(brand: Brand, token: str, *, store: Transactions, counts: bool) -> str | None:
    """Return where a token leads; None when it leads nowhere.

    `counts` says whether it is a person who clicked. What is not posted yet, as an editor's draft, is never counted.
    Raises StoreFault when the post can't be looked up; one that can't be counted is still followed.
    """
    about = None if brand.link_key is None else read_token(token, brand.link_key)
    if about is None:
        return None
    async with store.read(brand.id) as work:
        share = await work.shares.get(about.share_id)
        told = () if share is None else share.items or (share.post_id,)
        posts = await work.feeds.posts(told[about.number : about.number + 1])
    if share is None or not posts:
        return None
    address = _address_of(posts[0], share, brand)
    if address is None or not address.startswith(("https://", "http://")):
        return None
    if counts:
        try:
            async with store.work(brand.id) as work:
                await work.shares.count_click(share.id)
                await work.commit()
        except StoreFault as fault:
            log.warning("click not counted", share=share.id, reason=str(fault))
    return address


def _address_of(post: Post, share: Share, brand: Brand) -> str | None:
    """Return the post's link as the campaign marks it; as it is where campaign or community are not there any more."""
    campaign, community = brand.campaigns.get(share.campaign), brand.communities.get(share.community)
    if campaign is None or community is None:
        return post.link
    try:
        return direct_link(post, brand=brand, campaign=campaign, community=community)
    except Exception:  # noqa: BLE001  # a utm value is the marketer's template, changed since: the reader still arrives
        return post.link
