"""Where heavy work runs: a worker process for the service, a thread for commands that run once.

Both meet `bot.ports.compute.Compute`. Nothing here knows what the work is.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Mapping
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from functools import partial
from typing import TypeVar, TypeVarTuple, cast

from pebble import ProcessExpired, ProcessPool

from bot.errors import ComputeFault, KonektorError

T = TypeVar("T")
Args = TypeVarTuple("Args")

#: How many calls are handed to the worker at most, the running one included; further callers wait their turn.
QUEUE_LENGTH = 8
#: How often a call is begun where the pool breaks before the call's turn, and how often it is looked whether it has,
#: in seconds.
_TRIES, _LOOK = 3, 1.0
#: The worker's own environment: it is one process of one call at a time. OpenMP's and BLAS's threads would only get
#: into each other's way on a shared machine (a short text then takes 60 to 230 ms to embed instead of 20), and waiting
#: ones would spin. Libraries read these once, when they are loaded.
WORKER_ENVIRONMENT: Mapping[str, str] = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}


class ProcessCompute:
    """One spawned worker process, started at the first call, and again after a crash or a passed deadline.

    Spawned, not forked: a fork of a process with threads and an open database inherits both half alive.
    """

    def __init__(self, *, queue_length: int = QUEUE_LENGTH) -> None:
        self._places = asyncio.Semaphore(queue_length)
        self._pool: ProcessPool | None = None
        self._closed = False

    async def call(self, function: Callable[[*Args], T], *args: *Args, deadline: timedelta) -> T:
        """Run `function(*args)` in the worker as the port says; a function that hangs is killed with its process."""
        try:
            work = pickle.dumps((function, args))
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise ComputeFault(f"{_name(function)} cannot be sent to the worker process: {error}") from error
        async with self._places:
            try:
                answer = await self._run(work, deadline)
            except TimeoutError:
                raise ComputeFault(_too_long(function, deadline)) from None
            except (ProcessExpired, BrokenProcessPool) as error:
                if self._closed:
                    raise ComputeFault(_closed_during(function)) from None
                raise ComputeFault(
                    f"the worker process died during {_name(function)} (exit code {getattr(error, 'exitcode', '?')});"
                    " it is started again with the next call; if this repeats, look for a lack of memory"
                ) from error
            except asyncio.CancelledError:
                if self._closed:
                    raise ComputeFault(_closed_during(function)) from None
                raise
        outcome = pickle.loads(answer)  # noqa: S301  # written by _work in our own worker process
        if isinstance(outcome, _Raised):
            raise outcome.error
        return cast("T", outcome)

    async def _run(self, work: bytes, deadline: timedelta) -> bytes:
        """Run it in the pool; in a new one where the pool breaks before it has begun."""
        for _ in range(_TRIES):
            pool = self._open_pool()
            with contextlib.suppress(BrokenProcessPool):
                answer = asyncio.wrap_future(pool.schedule(_work, args=(work,), timeout=deadline.total_seconds()))
                try:
                    # a pool that breaks, as when its idle worker is killed, leaves what it had not yet taken up
                    # neither done nor failed
                    while not answer.done() and pool.active:
                        await asyncio.wait([answer], timeout=_LOOK)
                    if answer.done():
                        return await answer
                finally:
                    answer.cancel()
        raise BrokenProcessPool("the pool broke each time before the work had begun")

    async def close(self) -> None:
        """Stop the worker at once; calls under way end with ComputeFault."""
        self._closed = True
        if (pool := self._pool) is not None:
            self._pool = None
            await asyncio.to_thread(_stop, pool)

    def _open_pool(self) -> ProcessPool:
        if self._closed:
            raise ComputeFault("the worker is closed; the service is stopping")
        if self._pool is None or not self._pool.active:
            self._pool = ProcessPool(
                max_workers=1, context=multiprocessing.get_context("spawn"), initializer=_furnish_worker
            )
        return self._pool


class InlineCompute:
    """The same promises in a thread of this process, for commands that run once and need no second process.

    A thread cannot be killed: after a passed deadline the caller goes on, but the work goes on too and holds the
    processor until it ends, and so does leaving the loop. A crash of the interpreter is not survived either.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._closed = False

    async def call(self, function: Callable[[*Args], T], *args: *Args, deadline: timedelta) -> T:
        """Run `function(*args)` in a thread as the port says."""
        async with self._turn:
            if self._closed:
                raise ComputeFault("the worker is closed; the command is ending")
            try:
                return await asyncio.wait_for(asyncio.to_thread(_run, function, args), deadline.total_seconds())
            except TimeoutError:
                raise ComputeFault(_too_long(function, deadline)) from None

    async def close(self) -> None:
        """Refuse further calls."""
        self._closed = True


class _Raised:
    """An error on its way back from the worker, told apart from an error that is a result."""

    def __init__(self, error: KonektorError) -> None:
        self.error = error


def _furnish_worker() -> None:
    """Run first in a new worker, before any work has imported a library that reads these."""
    # it has nothing to put in order: an orderly end, asked for twice, lets libraries complain while they are unloaded
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.update(WORKER_ENVIRONMENT)  # noqa: TID251  # written, not read, and in the worker alone


def _run(function: Callable[..., T], args: tuple[object, ...]) -> T:
    try:
        return function(*args)
    except KonektorError:
        raise
    except Exception as error:
        raise ComputeFault(f"{_name(function)} failed: {type(error).__name__}: {error}") from error


def _work(work: bytes) -> bytes:
    """Run in the worker: bytes in, bytes out, so that nothing can fail to be pickled where nobody would notice."""
    try:
        function, args = pickle.loads(work)  # noqa: S301  # written by ProcessCompute.call in our own process
        return pickle.dumps(_run(function, args))
    except KonektorError as error:
        return pickle.dumps(_Raised(error))
    except Exception as error:  # noqa: BLE001  # reading the work runs its module's import, which may raise anything
        return pickle.dumps(_Raised(ComputeFault(f"the work or its result could not be passed on: {error}")))


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves this one method without a type
    pool.join()


def _name(function: Callable[..., object]) -> str:
    named = function.func if isinstance(function, partial) else function
    return str(getattr(named, "__qualname__", type(named).__qualname__))


def _closed_during(function: Callable[..., object]) -> str:
    return f"the worker was closed during {_name(function)}"


def _too_long(function: Callable[..., object], deadline: timedelta) -> str:
    return f"{_name(function)} took longer than {deadline.total_seconds():g} s and was given up"
