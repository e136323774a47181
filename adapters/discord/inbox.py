"""Events on their way from the connection to the core: in order, in small batches, none given up.

Here belongs the waiting between the two; it knows neither Discord nor what an event means.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from itertools import islice

from discord.backoff import ExponentialBackoff

from bot.messages import Event
from bot.ports.platform import Receive

_log = logging.getLogger(__name__)

#: The core commits up to 500 events at once, gathered for 20 ms.
_BATCH = 500
_GATHER_SECONDS = 0.02
#: About an hour of a very busy server while the database is away; more would be memory without end.
_CAPACITY = 50_000


class Inbox:
    """Holds events until the core has committed them."""

    def __init__(self, *, capacity: int = _CAPACITY) -> None:
        self._waiting: deque[Event] = deque()
        self._capacity = capacity
        self._arrived = asyncio.Event()
        self._turned_away = 0

    def put(self, event: Event) -> None:
        """Take an event without waiting. When full, the newest is turned away and the log says how many were."""
        if len(self._waiting) >= self._capacity:
            self._turned_away += 1
            if self._turned_away == 1:
                _log.error("%d events wait for the database; new ones are lost until it takes them", self._capacity)
            return
        if self._turned_away:
            _log.error("%d events were lost while the database was away", self._turned_away)
            self._turned_away = 0
        self._waiting.append(event)
        self._arrived.set()

    async def feed(self, receive: Receive) -> None:
        """Pass events to `receive`, oldest first, until cancelled; what it does not take is offered again."""
        while True:
            await self._arrived.wait()
            if len(self._waiting) < _BATCH:
                await asyncio.sleep(_GATHER_SECONDS)
            batch = tuple(islice(self._waiting, _BATCH))
            await _deliver(batch, receive)
            for _ in batch:
                self._waiting.popleft()
            if not self._waiting:
                self._arrived.clear()


async def _deliver(batch: tuple[Event, ...], receive: Receive) -> None:
    patience = ExponentialBackoff[bool](base=1)
    while True:
        try:
            await receive(batch)
        except Exception as error:  # noqa: BLE001 (whatever went wrong in the core, the events must not be lost)
            delay = min(float(patience.delay()), 30.0)
            _log.warning("%d events were not taken (%s); again in %.1f s", len(batch), type(error).__name__, delay)
            await asyncio.sleep(delay)
        else:
            return
