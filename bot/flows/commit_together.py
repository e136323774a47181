"""Group commit: what is handed over while one commit is under way goes into the next one, all of it together.

A commit waits for the disk, however little is in it; a hundred platforms' requests that arrive one by one cost no more
than one if they share it. Nobody waits for company: who comes alone is committed at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from bot.messages import Event
from bot.ports.platform import Receive

#: The most events of one commit, unless one caller alone hands over more.
MOST = 500


@dataclass(kw_only=True, slots=True, eq=False)
class _Handed:
    """What one caller waits for."""

    events: tuple[Event, ...]
    #: Whether it was tried, and if it failed how.
    settled: bool = False
    fault: Exception | None = None


class CommitTogether:
    """Meets `bot.ports.platform.Receive` for many callers at once; events are committed in the order they came in.

    Whoever's turn it is commits for all that wait. A fault is everybody's whose events were with it; one caller that is
    cancelled takes only its own events along.
    """

    def __init__(self, receive: Receive, *, most: int = MOST) -> None:
        """`receive` commits a batch."""
        self._receive = receive
        self._most = most
        self._waiting: deque[_Handed] = deque()
        self._turn = asyncio.Lock()

    async def __call__(self, events: tuple[Event, ...]) -> None:
        """Return once `events` are committed; raises what `receive` raises."""
        mine = _Handed(events=events)
        self._waiting.append(mine)
        try:
            # turns are taken in the order of the calls: unless it was settled with others', mine is the first
            async with self._turn:
                if not mine.settled:
                    await self._commit()
        finally:
            # cancelled before its turn was over
            if not mine.settled and mine in self._waiting:
                self._waiting.remove(mine)
        if mine.fault is not None:
            raise mine.fault

    async def _commit(self) -> None:
        batch = self._take()
        try:
            await self._receive(tuple(event for handed in batch for event in handed.events))
        except Exception as fault:  # noqa: BLE001  # raised again by each caller
            self._settle(batch, fault)
        except BaseException:
            # only this caller was told to stop
            self._waiting.extendleft(reversed(batch))
            raise
        else:
            self._settle(batch, None)

    def _take(self) -> list[_Handed]:
        batch = [self._waiting.popleft()]
        count = len(batch[0].events)
        while self._waiting and count + len(self._waiting[0].events) <= self._most:
            batch.append(self._waiting.popleft())
            count += len(batch[-1].events)
        return batch

    def _settle(self, batch: list[_Handed], fault: Exception | None) -> None:
        for handed in batch:
            handed.settled, handed.fault = True, fault
