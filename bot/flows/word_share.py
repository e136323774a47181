"""What a share says in its community: the same words whether they are posted, corrected or only looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.brand import Brand
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
    if share.items:
        return render_digest(
            [posts[item] for item in share.items],
            brand=brand,
            campaign=campaign,
            community=community,
            built_in=wording.digest_template(),
            variant=share.variant,
        )
    return render(
        posts[share.post_id],
        brand=brand,
        campaign=campaign,
        community=community,
        limits=limits,
        built_in=wording.share_template(),
        variant=share.variant,
    )


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
