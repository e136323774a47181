"""Many callers, few commits: order, faults and who is told what."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.errors import StoreFault
from bot.flows.commit_together import CommitTogether
from bot.messages import Event
from tests.unit.conversation.sample import message


class Gate:
    """Commits batches when it is let, and refuses the first `refusals`."""

    def __init__(self, *, refusals: int = 0) -> None:
        self.batches: list[list[str]] = []
        self.open = asyncio.Event()
        self._refusals = refusals

    async def __call__(self, events: tuple[Event, ...]) -> None:
        """Commit one batch."""
        await self.open.wait()
        if self._refusals:
            self._refusals -= 1
            raise StoreFault("the database is away")
        self.batches.append([event.event_id for event in events])


def said(*numbers: int) -> tuple[Event, ...]:
    """Return messages with these ids."""
    return tuple(replace(message("halo"), event_id=f"e{number}") for number in numbers)


async def handed_over(together: CommitTogether, *batches: tuple[Event, ...]) -> list[asyncio.Task[None]]:
    """Let callers come one after the other, none of them waiting for another."""
    tasks = []
    for batch in batches:
        tasks.append(asyncio.create_task(together(batch)))
        await asyncio.sleep(0)
    return tasks


async def test_who_comes_alone_waits_for_nobody() -> None:
    """One caller is one commit."""
    gate = Gate()
    gate.open.set()
    await CommitTogether(gate)(said(1))
    assert gate.batches == [["e1"]]


async def test_what_came_meanwhile_goes_together() -> None:
    """In the order it came, and no more than the most at once."""
    gate = Gate()
    tasks = await handed_over(CommitTogether(gate, most=4), said(1), said(2, 3), said(4), said(5, 6), said(7))
    gate.open.set()
    await asyncio.gather(*tasks)
    assert gate.batches == [["e1"], ["e2", "e3", "e4"], ["e5", "e6", "e7"]]


async def test_more_than_the_most_is_taken_from_one_caller() -> None:
    """What one platform hands over at once is never torn apart."""
    gate = Gate()
    gate.open.set()
    await CommitTogether(gate, most=2)(said(1, 2, 3))
    assert gate.batches == [["e1", "e2", "e3"]]


async def test_a_fault_is_told_to_everybody_it_concerns() -> None:
    """Nobody may confirm what was not committed; who comes later is not concerned."""
    gate = Gate(refusals=2)
    together = CommitTogether(gate)
    tasks = await handed_over(together, said(1), said(2), said(3))
    gate.open.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in told] == [StoreFault] * 3
    await together(said(4))
    assert gate.batches == [["e4"]]


async def test_the_one_who_is_cancelled_takes_nobody_along() -> None:
    """Those who wait behind it are committed, and its own events are not."""
    gate = Gate()
    first, second, third = await handed_over(CommitTogether(gate), said(1), said(2), said(3))
    first.cancel()
    third.cancel()
    await asyncio.wait({first, third})
    gate.open.set()
    await second
    assert (first.cancelled(), third.cancelled(), gate.batches) == (True, True, [["e2"]])


async def test_nobody_returns_before_the_commit() -> None:
    """Only what is committed is confirmed to the platform."""
    gate = Gate()
    tasks = await handed_over(CommitTogether(gate), said(1), said(2))
    await asyncio.sleep(0.01)
    assert not any(task.done() for task in tasks)
    gate.open.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("callers", [1, 7, 300])
async def test_every_event_is_committed_once(callers: int) -> None:
    """However many come at once."""
    gate = Gate()
    tasks = await handed_over(CommitTogether(gate), *(said(number) for number in range(callers)))
    gate.open.set()
    await asyncio.gather(*tasks)
    assert [one for batch in gate.batches for one in batch] == [f"e{number}" for number in range(callers)]
