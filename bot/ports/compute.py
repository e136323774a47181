"""What the core needs to do heavy work (parsing, embedding, pictures) without holding up the loop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeVar, TypeVarTuple

T = TypeVar("T")
Args = TypeVarTuple("Args")


class Compute(Protocol):
    """Runs pure functions elsewhere, one at a time, in the order they were asked for."""

    async def call(self, function: Callable[[*Args], T], *args: *Args, deadline: timedelta) -> T:
        """Return `function(*args)`.

        `function` stands at the top level of a module, or is a functools.partial of one that does (for keyword
        arguments); it, its arguments and its result can be pickled. The deadline counts from when the work begins, not
        from when it was asked for; a full queue makes the caller wait.
        An error of the KonektorError tree arrives as itself, attributes and all. Any other error, a worker that died
        and a deadline that passed arrive as bot.errors.ComputeFault; the next call works again. Cancelling the caller
        gives the work up.
        """

    async def close(self) -> None:
        """Give up what is running and free what was held; a later call raises ComputeFault."""
