"""Doing something in one process at a time: take a lease, keep it while the work goes on, pass it on at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import StoreFault
from bot.ports.store import Transactions

#: How long a lease outlives its last renewal: after a kill another process takes over within this.
LEASE = timedelta(seconds=30)
#: How often within that it is renewed, and one that another process has is asked for.
RENEWALS = 4

log = structlog.get_logger()


class Turn:
    """One of several that do something one at a time within this process."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock
        self._is_mine = False

    async def take(self) -> None:
        """Wait until it is this one's turn."""
        await self._lock.acquire()
        self._is_mine = True

    def give(self) -> None:
        """Let the next one go on; nothing happens when that was done before."""
        if self._is_mine:
            self._is_mine = False
            self._lock.release()


class HoldLease:
    """Runs work under a lease of one brand, as the process `owner`.

    With a `turn` the lease is asked for in turn, and whoever works under it gives the turn on.
    """

    def __init__(
        self,
        name: str,
        owner: str,
        *,
        brand_id: str,
        store: Transactions,
        clock: Clock,
        length: timedelta = LEASE,
        turn: Turn | None = None,
    ) -> None:
        self._name = name
        self._owner = owner
        self._brand_id = brand_id
        self._store = store
        self._clock = clock
        self._length = length
        self._turn = turn

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Wait for the lease, do `work` while it is ours, and wait again when it was lost; end when `work` ends."""
        while True:
            while not await self._take_in_turn():
                await self._pause()
            log.info("lease taken", lease=self._name)
            if await self._work_while_ours(work):
                return

    async def _work_while_ours(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Return whether `work` ended by itself; it is cancelled when the lease is lost."""
        task = asyncio.ensure_future(work())
        try:
            while not task.done():
                await asyncio.wait((task,), timeout=(self._length / RENEWALS).total_seconds())
                if not task.done() and not await self._take():
                    log.warning("lease lost", lease=self._name)
                    return False
            await task
            return True
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await self._give_back()

    async def _take_in_turn(self) -> bool:
        if self._turn is None:
            return await self._take()
        await self._turn.take()
        taken = False
        try:
            taken = await self._take()
        finally:
            if not taken:
                self._turn.give()
        return taken

    async def _take(self) -> bool:
        now = self._clock.now()
        try:
            async with self._store.work(self._brand_id) as work:
                taken = await work.leases.take(self._name, self._owner, now=now, until=now + self._length)
                await work.commit()
        except StoreFault as fault:
            log.warning("lease not renewed", lease=self._name, reason=str(fault))
            return False
        return taken

    async def _give_back(self) -> None:
        try:
            async with self._store.work(self._brand_id) as work:
                await work.leases.give_back(self._name, self._owner)
                await work.commit()
        except StoreFault as fault:
            log.warning("lease not given back; it runs out by itself", lease=self._name, reason=str(fault))

    async def _pause(self) -> None:
        await self._clock.wait(asyncio.Event(), self._clock.now() + self._length / RENEWALS)
