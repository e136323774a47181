"""Letting the sends of one account begin at the places that the shared limiter gave them.

The places are far enough apart for the platform, whichever process they were given to. One that has passed is lost: to
make up for it would put two sends where the platform allows one, and other processes have the places around it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.limiter import is_steady
from bot.ports.records import RateKey

#: How much later than its place a send may begin. What is later arrives too close to one that is on time.
LATE = timedelta(milliseconds=12)


class Pace:
    """One account's sends in this process, where its limits ask for an even rhythm; others begin when they may."""

    def __init__(self, rates: Sequence[RateKey], clock: Clock) -> None:
        self._clock = clock
        self._is_steady = any(map(is_steady, rates))
        self._places: deque[datetime] = deque()
        self._turn = asyncio.Lock()

    def expect(self, place: datetime) -> None:
        """Note the place of a send that will wait for it, before any of those that were given places together does."""
        if self._is_steady:
            self._places.append(place)

    async def wait(self, place: datetime) -> bool:
        """Return when the next send may begin; False when no place is left for it, and it needs a new one.

        Sends begin in the order in which they came here. One takes the place of the next when its own was missed.
        """
        if not self._is_steady:
            await self._until(place)
            return True
        async with self._turn:
            while self._places:
                await self._until(self._places[0])
                if self._clock.now() - self._places.popleft() <= LATE:
                    return True
        return False

    async def _until(self, moment: datetime) -> None:
        if moment > self._clock.now():
            await self._clock.wait(asyncio.Event(), moment)
