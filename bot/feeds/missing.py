"""Which known posts a feed has stopped listing though it still lists older ones. Pure.

That is a hint, not a proof: whoever acts on it asks the post's own address first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.ports.records import Post, Sighting


def find_missing(sightings: Collection[Sighting], posts: Mapping[str, Post]) -> frozenset[str]:
    """Return the posts that are in none of their feeds' last documents, but would be if nothing had been taken out.

    `sightings` are the last verdicts of any feeds; `posts` are those to be judged and those listed last, by id. What
    is older than everything listed has only moved on, as posts do.
    """
    newest: dict[str, datetime] = {}
    for seen in sightings:
        newest[seen.source] = max(newest.get(seen.source, seen.seen_at), seen.seen_at)
    listed = {seen.post_id for seen in sightings if seen.seen_at == newest[seen.source]}
    oldest = {
        source: min(
            (
                _date(posts[seen.post_id])
                for seen in sightings
                if seen.source == source and seen.seen_at == at and seen.post_id in posts
            ),
            default=None,
        )
        for source, at in newest.items()
    }
    return frozenset(
        seen.post_id
        for seen in sightings
        if seen.post_id not in listed
        and seen.post_id in posts
        and (since := oldest[seen.source]) is not None
        and _date(posts[seen.post_id]) > since
    )


def _date(post: Post) -> datetime:
    return post.published_at or post.first_seen_at
