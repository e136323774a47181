"""What `bot.ports.compute.Compute` promises, over both classes that promise it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial

import pytest

from bot.compute import InlineCompute, ProcessCompute
from bot.errors import ComputeFault, ConfigRefused, FeedFault, KonektorError, RateLimited
from bot.ports.compute import Compute

AMPLE = timedelta(seconds=60)
SHORT = timedelta(milliseconds=50)


@pytest.fixture(params=[ProcessCompute, InlineCompute])
async def compute(request: pytest.FixtureRequest) -> AsyncIterator[Compute]:
    """Each class that promises it, closed afterwards."""
    kind: Callable[[], Compute] = request.param
    built = kind()
    yield built
    await built.close()


@pytest.fixture
async def process() -> AsyncIterator[ProcessCompute]:
    """The worker process alone, for what a thread cannot do."""
    built = ProcessCompute()
    yield built
    await built.close()


def add(first: int, second: int = 0) -> int:
    """Add."""
    return first + second


def raise_given(error: Exception) -> None:
    """Raise what it is given."""
    raise error


def hang() -> None:
    """Never come back."""
    threading.Event().wait()


def wait_briefly() -> None:
    """Come back after longer than SHORT, so that the thread running it ends with the test."""
    threading.Event().wait(0.5)


def die() -> None:
    """End the process without a word."""
    os._exit(7)


def make_unpicklable() -> Callable[[], None]:
    """Return what no process can send."""
    return lambda: None


def name_process() -> int:
    """Tell which process runs it."""
    return os.getpid()


async def test_returns_the_result(compute: Compute) -> None:
    """The result comes back, positional and bound keyword arguments given."""
    assert await compute.call(add, 1, 2, deadline=AMPLE) == 3
    assert await compute.call(partial(add, 1, second=4), deadline=AMPLE) == 5


@pytest.mark.parametrize(
    "error",
    [
        FeedFault("x", retry_after=timedelta(seconds=3), gone=True),
        RateLimited("y", retry_after=timedelta(seconds=5), scope="account"),
        ConfigRefused(["a:1:1 wrong", "b:2:2 wrong"]),
    ],
)
async def test_our_errors_arrive_as_themselves(compute: Compute, error: KonektorError) -> None:
    """An error of our tree keeps its class, its text and its attributes."""
    with pytest.raises(KonektorError) as caught:
        await compute.call(raise_given, error, deadline=AMPLE)
    assert (type(caught.value), str(caught.value)) == (type(error), str(error))
    assert {name: caught.value.__dict__[name] for name in error.__dict__} == error.__dict__


async def test_other_errors_become_compute_faults(compute: Compute) -> None:
    """A bug in the work is a ComputeFault which names the work and the error."""
    with pytest.raises(ComputeFault, match=r"raise_given failed: KeyError: 'lost'"):
        await compute.call(raise_given, KeyError("lost"), deadline=AMPLE)


async def test_many_callers_are_all_served(compute: Compute) -> None:
    """More callers than the queue holds wait, and each gets its own result."""
    results = await asyncio.gather(*(compute.call(add, n, n, deadline=AMPLE) for n in range(30)))
    assert results == [2 * n for n in range(30)]


async def test_a_passed_deadline_is_a_fault(compute: Compute) -> None:
    """Work that outlives its deadline is given up, and the next call works."""
    with pytest.raises(ComputeFault, match=r"wait_briefly took longer than 0.05 s"):
        await compute.call(wait_briefly, deadline=SHORT)
    assert await compute.call(add, 1, 1, deadline=AMPLE) == 2


async def test_a_closed_one_refuses(compute: Compute) -> None:
    """After closing, a call is refused; closing twice is harmless."""
    await compute.close()
    await compute.close()
    with pytest.raises(ComputeFault, match="closed"):
        await compute.call(add, 1, 1, deadline=AMPLE)


async def test_a_hanging_function_is_killed(process: ProcessCompute) -> None:
    """A function that never returns costs its process, and the next call gets a new one."""
    first = await process.call(name_process, deadline=AMPLE)
    with pytest.raises(ComputeFault, match="hang took longer"):
        await process.call(hang, deadline=SHORT)
    assert await process.call(name_process, deadline=AMPLE) != first


async def test_a_crash_is_survived(process: ProcessCompute) -> None:
    """A worker that dies takes down its own call only."""
    with pytest.raises(ComputeFault, match=r"died during die \(exit code 7\)"):
        await process.call(die, deadline=AMPLE)
    assert await process.call(add, 2, 2, deadline=AMPLE) == 4


async def test_a_worker_killed_between_two_calls_is_not_missed(process: ProcessCompute) -> None:
    """Whenever it is killed while it has nothing to do, the next call is served by a new one."""
    for moment in range(8):
        os.kill(await process.call(name_process, deadline=AMPLE), signal.SIGKILL)
        await asyncio.sleep(0.02 * moment)
        assert await process.call(add, moment, 1, deadline=AMPLE) == moment + 1


async def test_work_runs_in_another_process(process: ProcessCompute) -> None:
    """The worker is a process of its own, and the same one from call to call."""
    first = await process.call(name_process, deadline=AMPLE)
    assert first != os.getpid()
    assert await process.call(name_process, deadline=AMPLE) == first


async def test_what_cannot_be_sent_is_a_fault(process: ProcessCompute) -> None:
    """Work or a result that cannot be pickled is named, and the worker goes on."""
    with pytest.raises(ComputeFault, match="cannot be sent"):
        await process.call(lambda: 1, deadline=AMPLE)
    with pytest.raises(ComputeFault, match="could not be passed on"):
        await process.call(make_unpicklable, deadline=AMPLE)
    assert await process.call(add, 3, 3, deadline=AMPLE) == 6


async def test_closing_ends_what_runs(process: ProcessCompute) -> None:
    """A call under way when the worker is closed ends with a fault and does not hang."""
    await process.call(add, 1, 1, deadline=AMPLE)
    running = asyncio.create_task(process.call(hang, deadline=AMPLE))
    await asyncio.sleep(0.1)
    await process.close()
    with pytest.raises(ComputeFault, match="closed"):
        await running


async def test_cancelling_gives_the_work_up(process: ProcessCompute) -> None:
    """A cancelled caller is cancelled, and the next call does not wait for its work."""
    await process.call(add, 1, 1, deadline=AMPLE)
    running = asyncio.create_task(process.call(hang, deadline=AMPLE))
    await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await process.call(add, 1, 2, deadline=AMPLE) == 3
