"""What a share says in its community: the same words whether they are posted, corrected or only looked at. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.brand import Brand
from bot.campaigns.render import NotRendered, Rendered, render
from bot.conversation.wording import Wording
from bot.ports.platform import PlatformLimits
from bot.ports.records import Post, Share


def word_share(
    share: Share, posts: Mapping[str, Post], *, brand: Brand, limits: PlatformLimits
) -> Rendered | NotRendered:
    """Render a share whose community and campaign are in the configuration, from the posts it is about."""
    community = brand.communities[share.community]
    return render(
        posts[share.post_id],
        brand=brand,
        campaign=brand.campaigns[share.campaign],
        community=community,
        limits=limits,
        built_in=Wording(community.language).share_template(),
    )
