"""Keeping the sends of one account apart within a process, after the limiter has given each its place.

A process that was held up for a moment would else let go at once of everything that has become due meanwhile, and the
platform would count more in a second than it allows. How many may go at all is the limiter's to say, for every process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.ports.platform import Rate


class Pace:
    """One account's rhythm: sends begin no closer together than its rates without a burst ask for."""

    def __init__(self, rates: Sequence[Rate], clock: Clock) -> None:
        self._clock = clock
        steady = (rate.per / rate.count for rate in rates if rate.scope == "account" and rate.burst == 1)
        self._apart = max(steady, default=timedelta(0))
        self._last_at: datetime | None = None
        self._turn = asyncio.Lock()

    async def wait(self, not_before: datetime | None) -> None:
        """Return when a send may begin: not before its place, and not close behind the one before it."""
        if not self._apart:
            await self._until(not_before)
            return
        # in the order in which they came, whoever is woken first
        async with self._turn:
            await self._until(not_before)
            if self._last_at is not None:
                await self._until(self._last_at + self._apart)
            self._last_at = self._clock.now()

    async def _until(self, moment: datetime | None) -> None:
        if moment is not None and moment > self._clock.now():
            await self._clock.wait(asyncio.Event(), moment)
