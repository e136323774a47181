"""How a campaign's newest post would read in a community, message by message, without sending or writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.brand import Brand
from bot.campaigns.render import NotRendered, choose_variant, direct_link
from bot.campaigns.select import passes, published_or_seen, select_digest
from bot.delivery.fit import fit, length_of
from bot.errors import SettingsFault
from bot.flows.plan_campaigns import posts_of
from bot.flows.word_share import links_of, name_share, word_share
from bot.ids import new_id
from bot.messages import LinkCard, text_of
from bot.ports.platform import PlatformLimits
from bot.ports.records import Share
from bot.ports.store import Transactions


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A post as the community would read it."""

    #: What is shown: the post's title, or that it is a digest.
    post: str
    #: Each message's text and how long the platform finds it.
    messages: tuple[tuple[str, int], ...]
    #: How long one message may be.
    limit: int
    card: LinkCard | None
    #: Where links lead that count clicks, one for each post; () where links are the posts' own.
    leads_to: tuple[str, ...] = ()


async def preview_post(
    brand: Brand, campaign: str, community: str, *, store: Transactions, limits: PlatformLimits, now: datetime
) -> Preview:
    """Render the newest post the campaign takes (for a digest: what one would tell of now).

    Raises SettingsFault for an unknown key, when no post is known, and when the post can't be said.
    """
    if campaign not in brand.campaigns:
        raise SettingsFault(f"no campaign {campaign}; there are {', '.join(brand.campaigns)}")
    if community not in brand.communities:
        raise SettingsFault(f"no community {community}; there are {', '.join(brand.communities)}")
    wanted = brand.campaigns[campaign]
    async with store.read(brand.id) as work:
        known = await posts_of(work, wanted)
    posts = sorted((post for post in known if passes(post, wanted.filter)), key=published_or_seen)
    items = select_digest(known, wanted, at=now, told=frozenset()) if wanted.digest else ()
    if not posts or (wanted.digest and not items):
        raise SettingsFault(f"nothing known yet that {campaign} would share; read the feeds first: `konektor poll`")
    post_id = "" if wanted.digest else posts[-1].id
    share = Share(
        # as long as it will be: it is a part of the links
        id=new_id(now),
        community=community,
        post_id=post_id,
        revision=1,
        campaign=campaign,
        slot="preview",
        state="draft",
        reason="",
        until=None,
        created_at=now,
        items=tuple(post.id for post in items),
        variant=choose_variant(wanted, post_id or "preview", community),
    )
    by_id = {post.id: post for post in known}
    worded = word_share(share, by_id, brand=brand, limits=limits)
    if isinstance(worded, NotRendered):
        raise SettingsFault(worded.reason)
    texts = [text_of(part) for part in fit(worded.spans, limits)]
    return Preview(
        post=name_share(share, by_id),
        messages=tuple((text, length_of(text, limits)) for text in texts),
        limit=limits.text_length,
        card=worded.card,
        leads_to=tuple(
            direct_link(by_id[post], brand=brand, campaign=wanted, community=brand.communities[community])
            for post in links_of(share, by_id, brand)
        ),
    )
