"""When a feed is read next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.backoff import JITTER, LONGEST_BACKOFF, LONGEST_REQUESTED, next_check

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)

intervals = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=30))
waits = st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))
moments = st.integers(min_value=0, max_value=2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def wait(
    *, failures: int = 0, fresh_for: timedelta | None = None, retry_after: timedelta | None = None, seed: str = "blog"
) -> timedelta:
    """Return how long a feed checked every quarter of an hour waits."""
    at = next_check(
        NOW, check_every=QUARTER, fresh_for=fresh_for, failures=failures, retry_after=retry_after, seed=seed
    )
    return at - NOW


@pytest.mark.parametrize(
    ("found", "least"),
    [
        (wait(), QUARTER),
        (wait(fresh_for=HOUR), HOUR),
        (wait(fresh_for=timedelta(0)), QUARTER),
        (wait(fresh_for=timedelta(days=300)), LONGEST_REQUESTED),
        (wait(failures=1), QUARTER),
        (wait(failures=2), 2 * QUARTER),
        (wait(failures=4), 8 * QUARTER),
        (wait(failures=10_000), LONGEST_BACKOFF),
        (wait(failures=1, retry_after=2 * HOUR), 2 * HOUR),
        (wait(failures=1, retry_after=timedelta(days=4000)), LONGEST_REQUESTED),
        (wait(failures=1, fresh_for=HOUR), QUARTER),
    ],
)
def test_how_long_a_feed_is_left_alone(found: timedelta, least: timedelta) -> None:
    """The rhythm is the marketer's; freshness, failures and the server's wish lengthen it, each up to its cap."""
    assert least <= found <= least * (1 + JITTER)


def test_feeds_of_one_rhythm_come_apart() -> None:
    """The jitter depends on the feed, and is the same each time it is asked for."""
    assert len({wait(seed=f"feed {n}") for n in range(50)}) == 50
    assert wait() == wait()


@given(moments, intervals, waits, st.integers(min_value=0, max_value=10**6), waits, st.text())
def test_a_feed_is_never_given_up(  # noqa: PLR0917  # hypothesis fills them in order
    now: datetime,
    check_every: timedelta,
    fresh_for: timedelta | None,
    failures: int,
    retry_after: timedelta | None,
    seed: str,
) -> None:
    """Whatever happens, the next check lies ahead, and not beyond every cap."""
    at = next_check(
        now, check_every=check_every, fresh_for=fresh_for, failures=failures, retry_after=retry_after, seed=seed
    )
    longest = max(check_every, LONGEST_BACKOFF, LONGEST_REQUESTED)
    assert now + check_every <= at <= now + longest * (1 + JITTER)


@given(intervals, st.integers(min_value=0, max_value=60))
def test_more_failures_never_come_sooner(check_every: timedelta, failures: int) -> None:
    """Back-off grows with each failure but for the jitter."""
    first, second = (
        next_check(NOW, check_every=check_every, fresh_for=None, failures=n, retry_after=None, seed="blog") - NOW
        for n in (failures, failures + 1)
    )
    assert second * (1 + JITTER) >= first


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive moment means nothing."""
    with pytest.raises(ValueError, match="time zone"):
        next_check(NOW.replace(tzinfo=None), check_every=HOUR, fresh_for=None, failures=0, retry_after=None, seed="")
