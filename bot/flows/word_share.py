"""What a share says in its community: the same words whether they are posted, corrected or only looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.brand import Brand
from bot.campaigns.click_link import Clicked, click_link
from bot.campaigns.render import NotRendered, Rendered, refuse_text, render, render_digest
from bot.conversation.wording import Wording
from bot.messages import Span
from bot.ports.platform import PlatformLimits
from bot.ports.records import Post, Share


def word_share(
    share: Share, posts: Mapping[str, Post], *, brand: Brand, limits: PlatformLimits
) -> Rendered | NotRendered:
    """Render a share whose community and campaign are in the configuration, from the posts it is about."""
    if share.text is not None:
        refused = refuse_text(share.text, brand, what="the announcement is empty")
        return refused or Rendered(spans=(Span(text=share.text),), card=None)
    community, campaign = brand.communities[share.community], brand.campaigns[share.campaign]
    wording = Wording(community.language)
    links = links_of(share, posts, brand)
    if share.items:
        return render_digest(
            [posts[item] for item in share.items],
            brand=brand,
            campaign=campaign,
            community=community,
            built_in=wording.digest_template(),
            variant=share.variant,
            links=links,
        )
    return render(
        posts[share.post_id],
        brand=brand,
        campaign=campaign,
        community=community,
        limits=limits,
        built_in=wording.share_template(),
        variant=share.variant,
        link=links.get(share.post_id),
    )


def links_of(share: Share, posts: Mapping[str, Post], brand: Brand) -> dict[str, str]:
    """Return the links that count clicks, by post id; none where the service can't be reached or is not to count."""
    if brand.web is None or brand.web.public_url is None or brand.link_key is None:
        return {}
    if not brand.campaigns[share.campaign].clicks:
        return {}
    return {
        post_id: click_link(brand.web.public_url, Clicked(share_id=share.id, number=number), brand.link_key)
        for number, post_id in enumerate(share.items or (share.post_id,))
        if posts[post_id].link
    }


def posts_of_shares(shares: Iterable[Share]) -> set[str]:
    """Return the ids of all posts that some shares are about."""
    return {post_id for share in shares for post_id in (share.post_id, *share.items) if post_id}


def name_share(share: Share, posts: Mapping[str, Post]) -> str:
    """Return what a share is about, for a person to read: the post's title where it is one post."""
    if share.text is not None:
        return "announcement"
    if share.items:
        return f"digest of {len(share.items)}"
    return posts[share.post_id].title if share.post_id in posts else share.post_id
