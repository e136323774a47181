"""A clock at the machine's own pace that can be moved on: a quarter of an hour passes in a test without the waiting."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta

from bot.clock import SystemClock


class LeapingClock:
    """Meets `bot.clock.Clock`."""

    def __init__(self) -> None:
        self._machine = SystemClock()
        self._ahead = timedelta()
        self._waiting: set[asyncio.Event] = set()

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        return self._machine.now() + self._ahead

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        """Return when `wake` is set, `until` is reached or the clock is moved on, and clear `wake`."""
        left = None if until is None else max(0.0, (until - self.now()).total_seconds())
        self._waiting.add(wake)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), timeout=left)
        self._waiting.discard(wake)
        wake.clear()

    def leap(self, by: timedelta) -> None:
        """Let so much time pass at once; everybody who waits looks up."""
        self._ahead += by
        for wake in self._waiting:
            wake.set()
