"""Events that come in many calls at once, handed over in as few commits as possible: one call waits for its own."""

from __future__ import annotations

import asyncio

from bot.messages import Event
from bot.ports.platform import Receive

#: How many events go into one commit.
_MOST = 500


class Gathering:
    """Passes on what callers bring, one batch after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: list[tuple[tuple[Event, ...], asyncio.Future[None]]] = []
        self._passing: asyncio.Task[None] | None = None

    async def bring(self, events: tuple[Event, ...], receive: Receive) -> None:
        """Return once `events` are committed; raises what `receive` raised for the batch they were in."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((events, done))
        if self._passing is None or self._passing.done():
            self._passing = asyncio.create_task(self._pass_on(receive))
        await done

    async def _pass_on(self, receive: Receive) -> None:
        while self._waiting:
            batch = self._take()
            try:
                await receive(tuple(event for events, _ in batch for event in events))
            except Exception as fault:  # noqa: BLE001 - whatever it was, those who wait must hear of it
                for _, done in batch:
                    if not done.done():
                        done.set_exception(fault)
            else:
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)

    def _take(self) -> list[tuple[tuple[Event, ...], asyncio.Future[None]]]:
        count = taken = 0
        for events, _ in self._waiting:
            if taken and count + len(events) > _MOST:
                break
            count, taken = count + len(events), taken + 1
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return batch
