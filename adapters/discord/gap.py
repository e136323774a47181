"""What was written while nobody could hear, read from the channels' history.

A torn connection resumes and Discord repeats what was missed; a session that Discord has forgotten does not, nor does
anything that was written while no process lived. This is for both: how far was heard is known from this process, or
told by the log of an earlier one.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Mapping
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

    def resume(self, heard: Mapping[str, Heard], *, not_before: datetime) -> None:
        """Begin where the log ends."""
        known = {int(channel): int(each.message_id) for channel, each in heard.items() if each.message_id.isdecimal()}
        oldest = discord.utils.time_snowflake(not_before)
        self._earlier = {channel: max(oldest, message) for channel, message in known.items()}

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
        """Yield what is missing in `guilds`, oldest first over all channels, at most 1,000 from each channel.

        In one order over all channels, so that the newest message that was passed on still says how far was heard,
        should this process die in the middle. A channel that can't be read is passed over.
        """
        since, self._missing_since = self._missing_since, None
        earlier, self._earlier = self._earlier, {}
        if since is None:
            return
        missed: list[discord.Message] = []
        async for channel in _written_in(guilds, since=self._oldest(since, earlier)):
            after = self._after(channel, since, earlier)
            if (channel.last_message_id or 0) <= after:
                continue
            try:
                missed += [
                    message
                    async for message in channel.history(after=discord.Object(after), oldest_first=True, limit=_LONGEST)
                ]
            except (discord.HTTPException, discord.RateLimited) as error:
                _log.warning("What was written in channel %s meanwhile is not known: %s", channel.id, error)
        for message in sorted(missed, key=lambda each: each.id):
            yield message

    def _after(self, channel: _Written, since: int, earlier: Mapping[int, int]) -> int:
        """Return the message after which a channel is to be read.

        The log of an earlier process knows threads by their channel, and a channel in which nothing was written is
        known by what was heard elsewhere: everything before that had arrived.
        """
        if earlier:
            place = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
            return _before(earlier.get(place, max(earlier.values())))
        return max(self._began, _before(since))

    def _oldest(self, since: int, earlier: Mapping[int, int]) -> datetime | None:
        """Return when the gap begins, over all channels; None at a first start, which has none."""
        if not earlier and since <= self._began:
            return None
        began = _before(min(earlier.values())) if earlier else max(self._began, _before(since))
        return discord.utils.snowflake_time(began)


def _before(message_id: int) -> int:
    return discord.utils.time_snowflake(discord.utils.snowflake_time(message_id) - _OVERLAP)


async def _written_in(guilds: Iterable[discord.Guild], *, since: datetime | None) -> AsyncIterator[_Written]:
    """Yield every place people write in, and the public threads that were archived after `since`, if that is a time."""
    for guild in guilds:
        written: tuple[_Written, ...] = (
            *guild.text_channels,
            *guild.voice_channels,
            *guild.stage_channels,
            *guild.threads,
        )
        for channel in written:
            yield channel
        if since is None:
            continue
        parents: tuple[discord.TextChannel | discord.ForumChannel, ...] = (*guild.text_channels, *guild.forums)
        for parent in parents:
            try:
                async for thread in parent.archived_threads(limit=_LONGEST):
                    if thread.archive_timestamp < since:
                        break  # they come with the one archived last first
                    yield thread
            except (discord.HTTPException, discord.RateLimited) as error:
                _log.warning("What was archived in channel %s meanwhile is not known: %s", parent.id, error)
