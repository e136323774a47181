"""What was written while nobody could hear, read from the channels' history.

A torn connection resumes and Discord repeats what was missed; a session that Discord has forgotten does not, nor does
anything that was written while no process lived. This is for both: how far was heard is known from this process, or
told by the log of an earlier one. Until the gap is read, what is written meanwhile waits: a newer message in the log
would say that everything before it was heard, should this process die in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import discord

from bot.ports.platform import Heard

_log = logging.getLogger(__name__)

#: Messages of several channels arrive in no strict order; so much is read twice, and known again by its id.
_OVERLAP: Final = timedelta(seconds=10)
#: So much of one channel is read, and no more.
_LONGEST: Final = 1000

#: Where people write; a forum's posts are threads.
_Written: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class Gap:
    """Remembers how far was heard, by the ids of messages: they rise with time, over all channels."""

    def __init__(self) -> None:
        self._began = 0
        self._heard_until = 0
        #: Where the part that nobody has read yet begins; None while nothing is missing.
        self._missing_since: int | None = None
        #: How far an earlier process heard each channel, threads among their channel's.
        self._earlier: dict[int, int] = {}
        #: What was heard while something before it may be missing.
        self._behind: list[discord.Message] = []
        self._sessions = 0
        self._reading = asyncio.Lock()

    def resume(self, heard: Mapping[str, Heard], *, not_before: datetime) -> None:
        """Begin where the log ends."""
        known = {int(channel): int(each.message_id) for channel, each in heard.items() if each.message_id.isdecimal()}
        oldest = discord.utils.time_snowflake(not_before)
        self._earlier = {channel: max(oldest, message) for channel, message in known.items()}

    def keeps(self, message: discord.Message) -> bool:
        """Whether a message just heard has to wait, and comes with `read`; if not, it counts as heard."""
        if self._missing_since is not None:
            self._behind.append(message)
            return True
        self._note(message)
        return False

    def open(self) -> None:
        """A new session begins: between what was heard last and now, something may be missing."""
        self._sessions += 1
        if not self._began:
            self._began = self._heard_until = discord.utils.time_snowflake(discord.utils.utcnow())
            if not self._earlier:
                return
        if self._missing_since is None:
            self._missing_since = self._heard_until

    async def read(self, guilds: Collection[discord.Guild]) -> tuple[discord.Message, ...]:
        """Return what is missing in `guilds` and what was heard since, oldest first; at most 1,000 from each channel.

        In one order over all channels, so that the newest message that was passed on still says how far was heard,
        should this process die in the middle. A channel that can't be read is passed over.
        """
        async with self._reading:
            since, session = self._missing_since, self._sessions
            if since is None:
                return ()
            missed = [
                message
                async for channel in _written_in(guilds, since=self._oldest(since))
                for message in await self._read_channel(channel, self._after(channel, since))
            ]
            if session != self._sessions:
                # torn meanwhile: the session that has begun since reads all of it once more
                return ()
            behind, self._behind = self._behind, []
            self._missing_since, self._earlier = None, {}
        once = {message.id: message for message in (*missed, *behind)}
        in_order = tuple(once[message_id] for message_id in sorted(once))
        for message in in_order:
            self._note(message)
        return in_order

    def _note(self, message: discord.Message) -> None:
        self._heard_until = max(message.id, self._heard_until)

    async def _read_channel(self, channel: _Written, after: int) -> list[discord.Message]:
        if (channel.last_message_id or 0) <= after:
            return []
        try:
            found = channel.history(after=discord.Object(after), oldest_first=True, limit=_LONGEST)
            return [message async for message in found]
        except Exception as error:  # noqa: BLE001 (whatever it was, what waits behind it must not wait for ever)
            _log.warning("What was written in channel %s meanwhile is not known: %s", channel.id, error)
            return []

    def _after(self, channel: _Written, since: int) -> int:
        """Return the message after which a channel is to be read.

        The log of an earlier process knows threads by their channel, and a channel in which nothing was written is
        known by what was heard elsewhere: everything before that had arrived.
        """
        if self._earlier:
            place = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
            return _before(self._earlier.get(place, max(self._earlier.values())))
        return max(self._began, _before(since))

    def _oldest(self, since: int) -> datetime:
        """Return when the gap begins, over all channels."""
        began = _before(min(self._earlier.values())) if self._earlier else max(self._began, _before(since))
        return discord.utils.snowflake_time(began)


def _before(message_id: int) -> int:
    return discord.utils.time_snowflake(discord.utils.snowflake_time(message_id) - _OVERLAP)


async def _written_in(guilds: Iterable[discord.Guild], *, since: datetime) -> AsyncIterator[_Written]:
    """Yield every place people write in, and the public threads that were archived after `since`."""
    for guild in guilds:
        written: tuple[_Written, ...] = (
            *guild.text_channels,
            *guild.voice_channels,
            *guild.stage_channels,
            *guild.threads,
        )
        for channel in written:
            yield channel
        parents: tuple[discord.TextChannel | discord.ForumChannel, ...] = (*guild.text_channels, *guild.forums)
        for parent in parents:
            try:
                async for thread in parent.archived_threads(limit=_LONGEST):
                    if thread.archive_timestamp < since:
                        break  # they come with the one archived last first
                    yield thread
            except Exception as error:  # noqa: BLE001 (as for a channel's history)
                _log.warning("What was archived in channel %s meanwhile is not known: %s", parent.id, error)
