"""Several processes come to share a platform's connections, log in by turns, and take over from one another."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.errors import LoginRefused
from bot.flows.hold_shards import HoldShards
from bot.messages import OutgoingPost, PostedRef
from bot.ports.platform import Gate, PlatformLimits, PlatformTraits, Rate, Receive
from bot.store.database import SqlStore
from tests.journeys.waiting import until

SHARDS = 6
EVERY = timedelta(milliseconds=40)
RATES: Mapping[str, Rate] = {"login": Rate(scope="account", count=1, per=EVERY)}
#: After how long without a sign of life a process is believed dead.
LEASE = timedelta(seconds=1)


class Far:
    """A platform of six connections, which notes who holds each."""

    def __init__(self) -> None:
        #: By connection: the processes that hold it.
        self.held: dict[int, list[str]] = {number: [] for number in range(SHARDS)}
        self.at_once = 0


class Side:
    """One process's way to it."""

    name = "chat"
    limits = PlatformLimits(text_length=100)
    traits = PlatformTraits(after_uncertainty="neither")

    def __init__(self, far: Far, process: str, *, refused: bool = False) -> None:
        self._far = far
        self._process = process
        self._refused = refused

    async def run(self, receive: Receive) -> None:
        """Never asked of what is sharded."""
        raise NotImplementedError(receive)

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Never asked of a listener."""
        raise NotImplementedError(post)

    async def count_shards(self) -> int:
        """Return six."""
        return SHARDS

    async def run_shard(self, number: int, count: int, receive: Receive, gate: Gate) -> None:
        """Log in when it may, and hold the connection until cancelled."""
        del count, receive
        if self._refused:
            raise LoginRefused("Reset Token")
        while wait := await gate(RATES):  # noqa: ASYNC110  # the gate says how long; nothing tells sooner
            await asyncio.sleep(wait.total_seconds())
        self._far.held[number].append(self._process)
        self._far.at_once = max(self._far.at_once, len(self._far.held[number]))
        try:
            await asyncio.Event().wait()
        finally:
            self._far.held[number].remove(self._process)


def _listen(
    far: Far, process: str, store: SqlStore, *, alone: bool = False, refused: bool = False
) -> asyncio.Task[None]:
    side = Side(far, process, refused=refused)
    hold = HoldShards(side, process, brand_id="b1", store=store, clock=SystemClock(), length=LEASE, alone=alone)

    async def receive(_: object) -> None:
        """Nothing comes."""

    return asyncio.create_task(hold.run(lambda number, count, gate: side.run_shard(number, count, receive, gate)))


def _all_are_held(far: Far) -> bool:
    return all(len(holders) == 1 for holders in far.held.values())


async def _stop(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_processes_that_start_together_share_and_take_over(store: SqlStore) -> None:
    """Each connection is held once; both processes have some; the one that is left has all."""
    far = Far()
    one, other = _listen(far, "one", store), _listen(far, "other", store)
    await until(lambda: _all_are_held(far), "all connections")
    shares = Counter(holder for holders in far.held.values() for holder in holders)
    assert set(shares) == {"one", "other"}
    await _stop(one)
    await until(lambda: _all_are_held(far), "the other process to take over")
    assert {holder for holders in far.held.values() for holder in holders} == {"other"}
    assert far.at_once == 1
    await _stop(other)
    assert far.held == {number: [] for number in range(SHARDS)}


async def test_a_process_that_is_alone_needs_no_lease(store: SqlStore) -> None:
    """What a killed one has left behind holds up nobody."""
    far = Far()
    async with store.work("b1") as work:
        now = SystemClock().now()
        assert await work.leases.take("listen:chat:0", "killed", now=now, until=now + timedelta(hours=1))
        await work.commit()
    task = _listen(far, "one", store, alone=True)
    await until(lambda: _all_are_held(far), "all connections")
    await _stop(task)


@pytest.mark.parametrize("alone", [True, False])
async def test_a_refusal_ends_all_of_it(store: SqlStore, *, alone: bool) -> None:
    """A token that is none is none for every connection, and no lease stays behind."""
    with pytest.raises(LoginRefused):
        await _listen(Far(), "one", store, alone=alone, refused=True)
    far = Far()
    task = _listen(far, "other", store)
    await until(lambda: _all_are_held(far), "all connections")
    await _stop(task)
