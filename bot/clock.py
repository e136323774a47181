"""Time as the core sees it: the only module that asks the machine what time it is.

`SystemClock` is the machine's; `ReplayClock` is moved by its owner, for the demo and for tests. Workers wait through
the clock, so that a replayed week needs no real waiting and a test needs no sleep.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from bot.messages import aware_utc

if TYPE_CHECKING:
    # slow to load, and `check` needs the time alone: whoever waits has it already
    import asyncio


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        """Return when `wake` is set or `until` is reached, and clear `wake`; None waits for it alone."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        return datetime.now(UTC)

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        """Wait for `wake` or `until`; a clock that is set meanwhile is noticed within a minute."""
        import asyncio  # noqa: PLC0415  # see above

        while not wake.is_set():
            left = None if until is None else (until - self.now()).total_seconds()
            if left is not None and left <= 0:
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), timeout=60.0 if left is None else min(left, 60.0))
        wake.clear()


class ReplayClock:
    """A clock that stands still until it is moved.

    `workers` is how many tasks wait through it when nothing is to be done. `advance` moves to the earliest moment any
    of them waits for, lets them work until all wait again, and so on up to the target: a week passes in the time its
    work takes, and always in the same order.
    """

    def __init__(self, start: datetime) -> None:
        self._now = aware_utc(start, "start")
        self._waiting: dict[asyncio.Event, datetime | None] = {}
        import asyncio  # noqa: PLC0415  # see above

        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._now

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        """Wait for `wake`, or for the clock to be moved to `until`."""
        if not wake.is_set() and (until is None or until > self._now):
            self._waiting[wake] = until
            self._changed.set()
            try:
                await wake.wait()
            finally:
                del self._waiting[wake]
        wake.clear()

    async def settle(self, workers: int) -> None:
        """Return when `workers` tasks wait through this clock and none of them has been woken."""
        import asyncio  # noqa: PLC0415  # see above

        while len(self._waiting) < workers or any(wake.is_set() for wake in self._waiting):
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), timeout=0.01)

    async def advance(self, to: datetime, *, workers: int) -> None:
        """Move to `to` by way of every moment somebody waits for."""
        target = aware_utc(to, "to")
        await self.settle(workers)
        while (due := min((at for at in self._waiting.values() if at is not None), default=target)) < target:
            await self._move(max(due, self._now), workers)
        await self._move(target, workers)

    async def _move(self, to: datetime, workers: int) -> None:
        self._now = max(self._now, to)
        for wake, until in tuple(self._waiting.items()):
            if until is not None and until <= self._now:
                wake.set()
        await self.settle(workers)
