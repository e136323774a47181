"""What was written while the connection could not hear, read from the channels' history.

A torn connection resumes and Discord repeats what was missed; a session that Discord has forgotten does not, and this
is for that. It knows only what this process has heard: nothing from before its start is read, so that a bot that was
away for a week does not answer last week's questions.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from typing import Final

import discord

_log = logging.getLogger(__name__)

#: Messages of several channels arrive in no strict order; so much is read twice, and known again by its id.
_OVERLAP: Final = timedelta(seconds=10)
_LONGEST: Final = 500


class Gap:
    """Remembers how far was heard, by the ids of messages: they rise with time."""

    def __init__(self) -> None:
        self._began = 0
        self._heard_until = 0
        #: Where the part that nobody has read yet begins; None while nothing is missing.
        self._missing_since: int | None = None

    def note(self, message_id: int) -> None:
        """A message was heard."""
        self._heard_until = max(message_id, self._heard_until)

    def open(self) -> None:
        """A new session begins: between what was heard last and now, something may be missing."""
        if not self._began:
            self._began = self._heard_until = discord.utils.time_snowflake(discord.utils.utcnow())
        if self._missing_since is None:
            self._missing_since = self._heard_until

    async def read(self, guilds: Iterable[discord.Guild]) -> AsyncIterator[discord.Message]:
        """Yield what is missing in `guilds`, channel by channel and oldest first, at most 500 from each channel.

        A channel that can't be read is passed over.
        """
        since, self._missing_since = self._missing_since, None
        if since is None:
            return
        overlap = discord.utils.time_snowflake(discord.utils.snowflake_time(since) - _OVERLAP)
        after = discord.Object(max(self._began, overlap))
        channels: list[discord.TextChannel | discord.Thread] = []
        for guild in guilds:
            channels += [*guild.text_channels, *guild.threads]
        for channel in channels:
            if (channel.last_message_id or 0) <= since:
                continue
            try:
                async for message in channel.history(after=after, oldest_first=True, limit=_LONGEST):
                    yield message
            except (discord.HTTPException, discord.RateLimited) as error:
                _log.warning("What was written in channel %s meanwhile is not known: %s", channel.id, error)
