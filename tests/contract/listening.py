"""A platform running, and what it gave to `receive`."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from bot.errors import StoreFault
from bot.messages import Event
from bot.ports.platform import Platform

#: How long a case waits for what must come before it fails.
PATIENCE_S = 20


class Listening:
    """Runs a platform inside `async with` and keeps what it delivers.

    The first `refusals` batches are refused, with `fault` or else as a store that is away does it.
    """

    def __init__(self, platform: Platform, *, refusals: int = 0, fault: Exception | None = None) -> None:
        self.refused: list[tuple[Event, ...]] = []
        self.was_refused = asyncio.Event()
        self.events: list[Event] = []
        self._platform = platform
        self._refusals = refusals
        self._fault = fault or StoreFault("the database is away")
        self._came = asyncio.Event()
        self.task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        """Start the platform."""
        self.task = asyncio.create_task(self._platform.run(self._receive))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.task.cancel()
        await asyncio.wait({self.task}, timeout=PATIENCE_S)

    def refuse(self, batches: int) -> None:
        """Refuse so many batches more."""
        self._refusals = len(self.refused) + batches

    async def until(self, count: int) -> list[Event]:
        """Return all events once `count` came; fail when the platform stops before, or too long nothing comes."""
        while len(self.events) < count:
            self._came.clear()
            waiting = asyncio.create_task(self._came.wait())
            done, _ = await asyncio.wait({waiting, self.task}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if self.task in done:
                self.task.result()
            if waiting not in done:
                raise AssertionError(f"{len(self.events)} of {count} events came: {self.events}")
        return self.events

    async def _receive(self, batch: tuple[Event, ...]) -> None:
        if len(self.refused) < self._refusals:
            self.refused.append(batch)
            self.was_refused.set()
            raise self._fault
        self.events.extend(batch)
        self._came.set()
