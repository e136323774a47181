"""Old posts that come up for the first time."""

from __future__ import annotations

from datetime import timedelta

from bot.feeds.age import find_old
from bot.ports.reading import FeedItem
from bot.ports.records import Post
from tests.unit.campaigns.sample import NOW, a_post

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def item(days_ago: int | None) -> FeedItem:
    """Return an item of so many days ago, or without a date."""
    return FeedItem(
        guid=None,
        link="https://kopi.example/x",
        title="x",
        summary="",
        text="",
        author=None,
        tags=(),
        image_url=None,
        published_at=None if days_ago is None else NOW - days_ago * DAY,
        updated_at=None,
    )


def known(post_id: str, days_ago: int, *, first: bool = True) -> Post:
    """Return a post we know; ids run as posts were written."""
    return a_post(post_id, published_at=NOW - days_ago * DAY, in_first_reading=first)


def test_what_is_dated_before_the_first_reading_is_old() -> None:
    """Wherever it stands; what lies between is new, as a post that a cache kept back."""
    items = [item(9), item(3), item(1), item(5)]
    assert find_old(items, [None, None, known("2", 1), known("1", 5)]) == {0: NOW - 9 * DAY}


def test_what_follows_behind_the_last_of_the_first_reading_is_old() -> None:
    """Though every date was bumped, or there is none: the newest come first, and one was deleted above.

    Its own date can't be true then, and is none that a backlog would take it for the latest by.
    """
    posts = [known("3", 1, first=False), known("2", 2), known("1", 3)]
    for date in (0, None):
        assert find_old([item(0)] * 4 + [item(date)], [None, *posts, None]) == {4: NOW - 3 * DAY - SECOND}


def test_a_feed_in_another_order_keeps_its_new_posts() -> None:
    """Oldest first, the new ones come last; two known posts show no order."""
    rising = [known("1", 3), known("2", 2), known("3", 1)]
    assert find_old([item(0)] * 4, [*rising, None]) == {}
    assert find_old([item(0)] * 3, [known("2", 2), known("1", 3), None]) == {}


def test_long_after_the_first_reading_nothing_is_old() -> None:
    """What comes up behind a post that was once new was missed, and is shared late rather than never."""
    posts = [known("3", 1, first=False), known("2", 2, first=False), known("1", 3, first=False)]
    assert find_old([item(9)] * 4, [*posts, None]) == {}
