"""Which posts a campaign brings to a community."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Backlog, ItemFilter
from bot.campaigns.select import passes, select
from bot.ports.records import Post
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign, a_post

DAY = timedelta(days=1)
OLD = [a_post(f"old{n}", published_at=NOW - n * DAY, first_seen_at=NOW - DAY) for n in (3, 2, 1)]


def chosen(posts: list[Post], shared: dict[str, frozenset[str]] | None = None, **campaign: object) -> list[str]:
    """Return the ids selected for the warung by a campaign that began at NOW."""
    found = select(posts, a_campaign(**campaign), COMMUNITY, started_at=NOW, shared=shared or {})
    return [post.id for post in found]


def test_what_came_after_the_campaign_began_is_shared_oldest_first() -> None:
    """By when it was published, or first seen where the feed gives no date."""
    posts = [
        a_post("b", published_at=None, first_seen_at=NOW + DAY),
        a_post("c", published_at=NOW + 2 * DAY, first_seen_at=NOW + 3 * DAY),
        a_post("a", published_at=NOW - 9 * DAY),
    ]
    assert chosen(posts) == ["a", "b", "c"]


def test_nothing_old_is_shared_without_a_backlog() -> None:
    """Neither what was seen before the campaign began nor what stood in the first reading of the feed."""
    assert chosen([*OLD, a_post("first", in_first_reading=True, first_seen_at=NOW + DAY)]) == []


@pytest.mark.parametrize(
    ("backlog", "expected"),
    [
        (Backlog(latest=2), ["old2", "old1"]),
        (Backlog(latest=0), []),
        (Backlog(latest=9), ["old3", "old2", "old1"]),
        (Backlog(since=date(2026, 7, 4)), ["old2", "old1"]),
        (Backlog(since=date(2026, 7, 4), latest=1), ["old1"]),
        (Backlog(), ["old3", "old2", "old1"]),
    ],
)
def test_a_backlog_lets_out_as_much_as_it_says(backlog: Backlog, expected: list[str]) -> None:
    """By count, by day of the community's own calendar, or both."""
    assert chosen(OLD, backlog=backlog) == expected


def test_the_days_of_a_backlog_are_the_communitys_own() -> None:
    """18:00 UTC on the 3rd is the 4th in Jakarta."""
    late = a_post("late", published_at=datetime(2026, 7, 3, 18, tzinfo=UTC), in_first_reading=True)
    assert chosen([late], backlog=Backlog(since=date(2026, 7, 4))) == ["late"]


def test_a_shared_post_is_not_shared_again() -> None:
    """Whichever campaign shared it; with leave to share again, only its own share counts."""
    by_other, by_itself = {"p": frozenset({"digest"})}, {"p": frozenset({"news", "digest"})}
    assert chosen([a_post("p")], by_other) == []
    assert chosen([a_post("p")], by_other, share_again=True) == ["p"]
    assert chosen([a_post("p")], by_itself, share_again=True) == []


def test_a_backlog_counts_what_was_shared_of_it() -> None:
    """The newest two stay the newest two when one of them is shared: an older one does not move up."""
    assert chosen(OLD, {"old1": frozenset({"news"})}, backlog=Backlog(latest=2)) == ["old2"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (ItemFilter(), True),
        (ItemFilter(include_tags=("BREWING",)), True),
        (ItemFilter(include_tags=("jobs",)), False),
        (ItemFilter(exclude_tags=("Brewing",)), False),
        (ItemFilter(include_title=("v60$",)), True),
        (ItemFilter(include_title=("^v60",)), False),
        (ItemFilter(exclude_title=("HOW to",)), False),
        (ItemFilter(include_tags=("brewing",), exclude_title=("v[0-9]+",)), False),
    ],
)
def test_a_filter_takes_tags_and_titles_without_regard_to_case(wanted: ItemFilter, *, expected: bool) -> None:
    """What is excluded goes, whatever else includes it."""
    assert passes(a_post("p", title="How to use a V60", tags=("Brewing", "gear")), wanted) == expected


@given(text=st.text(st.sampled_from("a+*(")), repeats=st.integers(1, 3))
def test_a_hostile_title_costs_no_time(text: str, repeats: int) -> None:
    """Patterns are RE2's: linear in the title, so nested repetition has no bad case."""
    title = "a" * 5_000 + text * repeats
    assert not passes(a_post("p", title=title), ItemFilter(include_title=("^(a+)+$x",)))
