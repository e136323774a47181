"""What a feed has stopped listing: taken out of its middle, not moved on at its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.missing import find_missing
from bot.ports.records import Post, Sighting
from tests.unit.campaigns.sample import a_post

NOW = datetime(2026, 7, 6, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
#: Five posts, an hour between each and the next.
POSTS: dict[str, Post] = {f"p{number}": a_post(f"p{number}", published_at=NOW + number * HOUR) for number in range(5)}


def seen(post_id: str, at: datetime = NOW, source: str = "blog") -> Sighting:
    """Return that a feed has listed a post."""
    return Sighting(source=source, post_id=post_id, verdict="same", evidence=(), reason="", seen_at=at)


def test_a_post_between_others_that_is_listed_no_more_is_missing() -> None:
    """The oldest has moved on, as the oldest do."""
    last = [seen(post_id, NOW + HOUR) for post_id in ("p1", "p3", "p4")]
    assert find_missing([seen("p0"), seen("p2"), *last], POSTS) == {"p2"}


def test_a_post_of_two_feeds_is_missing_when_none_lists_it() -> None:
    """A feed about one subject leaves out the others."""
    blog = [seen("p1", NOW + HOUR), seen("p2"), seen("p3", NOW + HOUR)]
    assert find_missing([*blog, seen("p2", source="news")], POSTS) == frozenset()
    assert find_missing([*blog, seen("p2", source="news"), seen("p0", NOW + HOUR, "news")], POSTS) == {"p2"}


@given(window=st.integers(1, 5), published=st.integers(1, 5))
def test_what_scrolls_out_is_never_missing(window: int, published: int) -> None:
    """However short the feed, and however many posts come."""
    sightings: dict[str, Sighting] = {}
    for number in range(published):
        for post_id in list(POSTS)[max(0, number + 1 - window) : number + 1]:
            sightings[post_id] = seen(post_id, NOW + number * HOUR)
    assert find_missing(sightings.values(), POSTS) == frozenset()
