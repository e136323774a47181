"""The limiter's arithmetic: at no time more than the documented rate and its burst."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.limiter import Room, after_send, allowed_at, rate_keys
from bot.ports.platform import Rate
from bot.ports.records import RateKey

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
rates = st.builds(
    Rate,
    scope=st.just("account"),
    count=st.integers(1, 60),
    per=st.sampled_from([timedelta(seconds=1), timedelta(seconds=3), timedelta(minutes=1)]),
    burst=st.integers(1, 40),
)
gaps = st.lists(st.integers(0, 3_000_000).map(lambda micros: timedelta(microseconds=micros)), min_size=1, max_size=120)


def key_of(rate: Rate) -> RateKey:
    """Return the one key of a rate."""
    (key,) = rate_keys("chat", (rate,))
    return key


def send_greedily(key: RateKey, moments: Sequence[datetime]) -> list[datetime]:
    """Return the moments at which a send is allowed when one is tried at each."""
    next_at, sent = None, []
    for now in moments:
        if allowed_at(next_at, key, now) <= now:
            next_at = after_send(next_at, key, now)
            sent.append(now)
    return sent


def moments_of(steps: Sequence[timedelta]) -> list[datetime]:
    """Return the moments reached by these steps from NOW."""
    moments = [NOW]
    for step in steps:
        moments.append(moments[-1] + step)
    return moments


@given(rate=rates, steps=gaps)
def test_no_window_holds_more_than_rate_and_burst(rate: Rate, steps: list[timedelta]) -> None:
    """From any send to any later one, the time between them allows for all but the burst."""
    key = key_of(rate)
    sent = send_greedily(key, moments_of(steps))
    for first, start in enumerate(sent):
        for last in range(first, len(sent)):
            beyond_burst = (last - first + 1) - rate.burst
            assert sent[last] - start >= key.interval * beyond_burst


@given(rate=rates, steps=gaps)
def test_a_refusal_names_the_moment_it_ends(rate: Rate, steps: list[timedelta]) -> None:
    """Asked again exactly then, the send is allowed; a moment earlier it is not."""
    key, next_at = key_of(rate), None
    for now in moments_of(steps):
        allowed = allowed_at(next_at, key, now)
        assert allowed_at(next_at, key, allowed) == allowed
        if allowed > now:
            earlier = allowed - timedelta(microseconds=1)
            assert allowed_at(next_at, key, earlier) > earlier
        else:
            next_at = after_send(next_at, key, now)


@given(rate=rates)
def test_after_a_rest_the_whole_burst_is_there(rate: Rate) -> None:
    """Unused for long enough, a key allows its burst at once and not one more."""
    key = key_of(rate)
    rested = NOW + key.tolerance + key.interval
    assert (
        send_greedily(key, [NOW] * (rate.burst + 5) + [rested + key.tolerance] * (rate.burst + 5))
        == [NOW] * rate.burst + [rested + key.tolerance] * rate.burst
    )


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Rate(scope="account", count=30, per=timedelta(seconds=1), burst=30), "chat:account:30/1s"),
        (Rate(scope="channel", count=20, per=timedelta(minutes=1)), "chat:channel:20/60s:{channel}"),
    ],
)
def test_a_key_says_what_it_counts(rate: Rate, expected: str) -> None:
    """By platform, scope and rate; a channel's key leaves room for its channel."""
    assert key_of(rate).key == expected


@given(rate=rates, sends=st.integers(0, 80), ahead=st.sampled_from([timedelta(0), timedelta(milliseconds=500)]))
def test_a_room_has_as_many_places_as_the_limit_allows(rate: Rate, sends: int, ahead: timedelta) -> None:
    """Taken one after the other from its opening on, all of its places come within the time ahead, and not one more."""
    key, next_at = key_of(rate), NOW
    for _ in range(sends):
        next_at = after_send(next_at, key, allowed_at(next_at, key, NOW))
    room = Room(used=((next_at, key),), ahead=ahead)
    assert room.opens_at is not None
    opened = max(NOW, room.opens_at)
    assert room.places(opened - timedelta(microseconds=1), 999) == 0 or opened == NOW
    taken = []
    for _ in range(room.places(opened, 999) + 1):
        taken.append(allowed_at(next_at, key, opened))
        next_at = after_send(next_at, key, taken[-1])
    assert max(taken[:-1]) <= opened + ahead < taken[-1]


def test_a_room_that_was_never_used_is_open() -> None:
    """For as many as are asked for."""
    room = Room(used=(), ahead=timedelta(0))
    assert (room.opens_at, room.places(NOW, 7)) == (None, 7)
