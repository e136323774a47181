"""What Discord has just refused is not asked again for a while.

10,000 answers of 401, 403 or 429 within ten minutes bar the address, and everybody's bot behind it
(https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans). What is refused
here would be refused again until a person acts, so the answer is given without asking.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import discord

from bot.errors import ChannelLost, LoginRefused, PlatformFault

#: After this, one send finds out whether somebody has acted: at most ten refusals in ten minutes for one channel.
REFUSED_FOR: Final = timedelta(seconds=60)


class Refusals:
    """Remembers channels that are closed to the bot, and a token that is no longer one; `now` is in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        #: By channel, "" for the account: when it was refused, and with what words.
        self._refused: dict[str, tuple[float, PlatformFault]] = {}

    def check(self, channel: str) -> None:
        """Raise what a send to `channel` was refused with a moment ago: ChannelLost, or LoginRefused for all."""
        for key in ("", channel):
            at, fault = self._refused.get(key, (0.0, None))
            if fault is None:
                continue
            if self._now() - at < REFUSED_FOR.total_seconds():
                raise type(fault)(str(fault))
            del self._refused[key]

    def note(self, channel: str, fault: PlatformFault, error: Exception) -> None:
        """Remember what a send to `channel` failed with, if `error` was Discord's own 401 or 403."""
        status = error.status if isinstance(error, discord.HTTPException) else None
        if isinstance(fault, LoginRefused):
            self._refused[""] = (self._now(), fault)
        elif isinstance(fault, ChannelLost) and status == HTTPStatus.FORBIDDEN:
            self._refused[channel] = (self._now(), fault)
