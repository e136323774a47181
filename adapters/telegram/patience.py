"""How long to wait after a call that failed before the next one, and when no waiting helps."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import Conflict

from adapters.telegram.failures import translate_read_error
from bot.errors import LoginRefused, RateLimited

_FIRST_PAUSE, _LONGEST_PAUSE, _CONFLICT_PAUSE = 1.0, 60.0, 30.0

_log = structlog.get_logger()


class Patience:
    """Counts failures in a row, and waits longer after each."""

    def __init__(self, pause: Callable[[float], Awaitable[None]]) -> None:
        """`pause` waits, in seconds."""
        self.pause = pause
        self._attempt = 0

    def succeeded(self) -> None:
        """Begin anew."""
        self._attempt = 0

    async def after(self, error: Exception) -> None:
        """Wait before the next try of a call that failed with `error`; raises LoginRefused, which no waiting cures."""
        self._attempt += 1
        fault = translate_read_error(error)
        if isinstance(fault, LoginRefused):
            raise fault from error
        seconds = _backoff(self._attempt)
        if isinstance(fault, RateLimited):
            seconds = max(seconds, fault.retry_after.total_seconds())
        elif isinstance(error, Conflict):
            seconds = _CONFLICT_PAUSE
        _log.warning("telegram can't be read now", reason=str(fault), attempt=self._attempt, again_in=round(seconds, 1))
        await self.pause(seconds)

    async def after_refused_commit(self) -> None:
        """Wait before events that could not be committed are fetched again."""
        self._attempt += 1
        await self.pause(_backoff(self._attempt))


def _backoff(attempt: int) -> float:
    """Seconds before try number `attempt` + 1: doubling up to a minute, with half of it left to chance."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt - 1, 10))
    return longest * random.uniform(0.5, 1.0)
