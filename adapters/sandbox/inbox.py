"""Events on their way to the core: kept until they are committed, delivered again when they were not."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import timedelta

from bot.messages import Event
from bot.ports.platform import Receive

#: The most events given to `receive` at once.
BATCH = 500

#: How long a batch that could not be committed waits before it comes again, at first and at most.
FIRST_PAUSE = timedelta(milliseconds=50)
LONGEST_PAUSE = timedelta(seconds=5)

_log = logging.getLogger(__name__)


class Inbox:
    """What has happened and is not committed yet, oldest first."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def put(self, event: Event) -> None:
        """Add what has just happened."""
        self._events.append(event)
        self._empty.clear()
        self._arrived.set()

    async def committed(self) -> None:
        """Return once everything put so far is committed."""
        await self._empty.wait()

    async def deliver(self, receive: Receive) -> None:
        """Pass events to `receive` in batches until cancelled. What was not committed then waits for the next call."""
        pause = FIRST_PAUSE
        while True:
            await self._arrived.wait()
            batch = tuple(self._events)[:BATCH]
            try:
                await receive(batch)
            except Exception:  # noqa: BLE001  # by the port, whatever `receive` raises, the same events come again
                _log.warning("%d sandbox events could not be kept and will come again", len(batch), exc_info=True)
                await asyncio.sleep(pause.total_seconds())
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            for _ in batch:
                self._events.popleft()
            if not self._events:
                self._arrived.clear()
                self._empty.set()
