"""Waiting for something to become true, for a while and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

#: How long to wait before a test fails. Only a failing test ever waits so long.
PATIENCE_SECONDS = 90.0
#: How often to look.
_LOOK_SECONDS = 0.02


async def until(look: Callable[[], T | Awaitable[T]], what: str, *, patience: float = PATIENCE_SECONDS) -> T:
    """Return what `look` gives as soon as it is true.

    Raises AssertionError naming `what` was waited for when it is not within `patience` seconds.
    """
    try:
        async with asyncio.timeout(patience):
            while True:
                seen = look()
                found = await seen if isinstance(seen, Awaitable) else seen
                if found:
                    return found
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited {patience:.0f} s in vain for {what}") from None
