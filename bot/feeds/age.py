"""Whether an item nobody has seen is an old one all the same. Pure.

A feed lists its newest posts, and the first reading sees those alone. When one of them is deleted, or the whole archive
is listed again, posts from before the first reading come up that no evidence can recognise: they must be taken for old.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.ports.reading import FeedItem
from bot.ports.records import Post

#: So many known posts at least show in which order a document lists its items.
_ENOUGH = 3


def find_old(items: Sequence[FeedItem], known: Sequence[Post | None]) -> Mapping[int, datetime]:
    """Return the places of unknown items that are older than what stood in the feed at its first reading.

    `known` is the post of each item of the document, None where unknown. Old is what is dated before every post of
    the first reading that is listed, and what follows behind all known posts, the last of them being of the first
    reading, where the newest come first. Dates alone would not do: they are bumped. The moment given with each place
    is its date if that can be true, else one just before the first reading's posts: a campaign's backlog goes by it.
    """
    first = [post for post in known if post is not None and post.in_first_reading]
    if not first:
        return {}
    unknown = [place for place, post in enumerate(known) if post is None]
    dates = [post.published_at for post in first if post.published_at is not None]
    before_all = {
        place for place in unknown if dates and (at := items[place].published_at) is not None and at < min(dates)
    }
    places = [place for place, post in enumerate(known) if post is not None]
    ids = [post.id for post in known if post is not None]
    last = known[places[-1]]
    newest_first = len(ids) >= _ENOUGH and ids == sorted(ids, reverse=True)
    if newest_first and last is not None and last.in_first_reading:
        before_all |= {place for place in unknown if place > places[-1]}
    moment = min(post.published_at or post.first_seen_at for post in first) - timedelta(seconds=1)
    return {place: min(items[place].published_at or moment, moment) for place in sorted(before_all)}
