"""Listening over several connections of one platform: each is held by one process, and they log in one after another.

A process asks for the next connection once the last one has logged in, so that several processes which start together
come to share them. Whatever a process held goes to the others when it ends, or when it shows no sign of life.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeAlias

from bot.clock import Clock
from bot.delivery.limiter import rate_key
from bot.flows.hold_lease import HoldLease, Turn
from bot.ports.platform import Gate, Platform, Rate, Sharding
from bot.ports.store import Transactions

#: Listens over a connection of so many until cancelled, logging in when the gate lets it.
ListenOver: TypeAlias = Callable[[int, int, Gate], Awaitable[None]]


class ShardedPlatform(Platform, Sharding, Protocol):
    """A platform that is both."""


class HoldShards:
    """Holds what it can get of a platform's connections, as the process `owner`."""

    def __init__(
        self,
        platform: ShardedPlatform,
        owner: str,
        *,
        brand_id: str,
        store: Transactions,
        clock: Clock,
        length: timedelta,
        alone: bool,
        gate: Gate | None = None,
    ) -> None:
        """`length` is that of the leases; there are none where this process is `alone` on its database.

        `gate` says when a connection may log in; None lets the store count it for all processes.
        """
        self._platform = platform
        self._owner = owner
        self._brand_id = brand_id
        self._store = store
        self._clock = clock
        self._length = length
        self._alone = alone
        self._gate = gate or self._count
        self._logging_in = asyncio.Lock()

    async def run(self, listen: ListenOver) -> None:
        """Listen over every connection that can be had, until cancelled; raises what one of them is refused with."""
        count = await self._platform.count_shards()
        tasks = [asyncio.ensure_future(self._hold(number, count, listen)) for number in range(count)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hold(self, number: int, count: int, listen: ListenOver) -> None:
        turn = Turn(self._logging_in)

        async def listen_in_turn() -> None:
            try:
                await listen(number, count, partial(self._ask, turn))
            finally:
                turn.give()

        if self._alone:
            await turn.take()
            await listen_in_turn()
            return
        hold = HoldLease(
            f"listen:{self._platform.name}:{number}",
            self._owner,
            brand_id=self._brand_id,
            store=self._store,
            clock=self._clock,
            length=self._length,
            turn=turn,
        )
        await hold.run(listen_in_turn)

    async def _ask(self, turn: Turn, rates: Mapping[str, Rate]) -> timedelta:
        wait = await self._gate(rates)
        if not wait:
            turn.give()
        return wait

    async def _count(self, rates: Mapping[str, Rate]) -> timedelta:
        now = self._clock.now()
        keys = [rate_key(f"{self._platform.name}:{name}", rate) for name, rate in rates.items()]
        async with self._store.work(self._brand_id) as work:
            at = await work.allowances.take(keys, now)
            await work.commit()
        return max(at - now, timedelta(0))
