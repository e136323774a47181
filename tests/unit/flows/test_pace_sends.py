"""Sends of one account begin at the places they were given, in whatever process."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.clock import ReplayClock
from bot.delivery.limiter import rate_keys
from bot.flows.pace_sends import LATE, Pace
from bot.ports.platform import Rate

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
STEADY = (Rate(scope="account", count=1, per=SECOND),)


async def _begin(rates: tuple[Rate, ...], *places: datetime, at: datetime) -> list[float | None]:
    """Let sends with these places begin, the clock standing at `at`; return when, in seconds after NOW, or None."""
    clock = ReplayClock(at)
    pace = Pace(rate_keys("chat", rates), clock)
    begun: list[float | None] = []

    async def send(place: datetime) -> None:
        may_begin = await pace.wait(place)
        begun.append((clock.now() - NOW).total_seconds() if may_begin else None)

    for place in places:
        pace.expect(place)
    tasks = [asyncio.create_task(send(place)) for place in places]
    while len(begun) < len(tasks):
        await asyncio.sleep(0)
        if clock._waiting:  # moved only once somebody waits
            await clock.advance(clock.now() + SECOND / 4, workers=0)
    return begun


async def test_a_send_begins_at_its_place() -> None:
    """Neither before nor, when it comes a little late, at another."""
    assert await _begin(STEADY, NOW, NOW + SECOND, at=NOW) == [0, 1]
    assert await _begin(STEADY, NOW, at=NOW + LATE) == [LATE.total_seconds()]


async def test_a_place_that_has_passed_is_lost() -> None:
    """Each send moves on to the next place, and what is left in the end has none."""
    places = [NOW + number * SECOND for number in range(4)]
    assert await _begin(STEADY, *places, at=NOW + 1.5 * SECOND) == [2, 3, None, None]


async def test_a_rate_that_allows_a_burst_is_not_spread() -> None:
    """Nor is one that counts per channel; each still waits for the moment it was given."""
    bursting = (
        Rate(scope="account", count=50, per=SECOND, burst=50),
        Rate(scope="channel", count=1, per=SECOND),
    )
    assert await _begin(bursting, NOW, NOW, NOW - SECOND, at=NOW) == [0, 0, 0]
    assert await _begin(bursting, NOW + SECOND, NOW, at=NOW) == [0, 1]
