"""Writing down what the platform took, many sends in one commit.

What ends while a commit is under way goes into the next: one send alone waits for nothing, and a hundred at once cost
one commit. Here also an answer outlives a database that is away: only this process knows it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import RowRefused, StoreFault
from bot.ports.records import Taken
from bot.ports.store import Transactions

#: How long to wait before an answer is written down again that could not be.
AGAIN_AFTER = timedelta(seconds=1)

log = structlog.get_logger()


class RecordSends:
    """Records for one brand that messages were sent."""

    def __init__(self, brand_id: str, *, store: Transactions, clock: Clock) -> None:
        self._brand_id = brand_id
        self._store = store
        self._clock = clock
        self._waiting: list[tuple[Taken, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, taken: Taken) -> None:
        """Return once it is committed. While the database is away it is tried again; raises RowRefused."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((taken, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._write([taken for taken, _ in batch])
            except Exception as fault:  # noqa: BLE001  # whatever it was, those who wait must hear of it
                for _, done in batch:
                    if not done.done():
                        done.set_exception(fault)
            else:
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)

    async def _write(self, batch: list[Taken]) -> None:
        while True:
            try:
                async with self._store.work(self._brand_id) as work:
                    await work.outbox.sent_all(batch)
                    await work.commit()
            except RowRefused:
                raise
            except StoreFault as fault:
                log.warning("sent, but not written down yet", messages=len(batch), reason=str(fault))
                await self._clock.wait(asyncio.Event(), self._clock.now() + AGAIN_AFTER)
            else:
                return
