"""Sends of one account keep their distance within a process."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.clock import ReplayClock
from bot.flows.pace_sends import Pace
from bot.ports.platform import Rate

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def _begin(rates: tuple[Rate, ...], *places: datetime | None, at: datetime) -> list[float]:
    """Let sends with these places begin, the clock standing at `at`; return when, in seconds after NOW."""
    clock = ReplayClock(at)
    pace = Pace(rates, clock)
    begun: list[float] = []

    async def send(place: datetime | None) -> None:
        await pace.wait(place)
        begun.append((clock.now() - NOW).total_seconds())

    tasks = [asyncio.create_task(send(place)) for place in places]
    while len(begun) < len(tasks):
        await asyncio.sleep(0)
        if clock._waiting:  # moved only once somebody waits
            await clock.advance(clock.now() + SECOND / 4, workers=0)
    return begun


async def test_what_became_due_while_the_process_was_held_up_goes_out_in_its_rhythm() -> None:
    """Three places have passed: the first begins at once, the others a second apart and not together with it."""
    steady = (Rate(scope="account", count=1, per=SECOND),)
    late = NOW + 5 * SECOND
    assert await _begin(steady, NOW, NOW + SECOND, NOW + 2 * SECOND, at=late) == [5, 6, 7]


async def test_nobody_begins_before_its_place() -> None:
    """The limiter's word holds, whatever the distance to the one before."""
    steady = (Rate(scope="account", count=1, per=SECOND),)
    assert await _begin(steady, None, NOW + 3 * SECOND, at=NOW) == [0, 3]


async def test_a_rate_that_allows_a_burst_is_not_spread() -> None:
    """Nor is one that counts per channel."""
    bursting = (
        Rate(scope="account", count=50, per=SECOND, burst=50),
        Rate(scope="channel", count=1, per=SECOND),
    )
    assert await _begin(bursting, None, NOW, NOW, at=NOW) == [0, 0, 0]
