"""The connection: discord.py's client, told where Discord is, what to listen to, and to whom to hand it.

Here belongs what is set on the SDK. What an event means is `incoming`; what happens on failure is `adapter`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route
from discord.state import ConnectionState

from adapters.discord import incoming
from adapters.discord.commands import Menu
from adapters.discord.failures import INTENT_CLICKS
from adapters.discord.gap import Gap
from adapters.discord.inbox import Inbox
from adapters.discord.logins import wait_for_login
from bot.messages import ChannelRef
from bot.ports.platform import Gate

_log = logging.getLogger(__name__)

# Else every start warns that speaking aloud is not installed, which nobody asked for.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

#: How long discord.py waits through a limit by itself; a longer wait is the core's, which sends elsewhere meanwhile.
_LONGEST_WAIT_SECONDS = 5.0
#: Without these a request could hang for five minutes.
_TIMEOUTS = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=20.0)


def needed_intents() -> discord.Intents:
    """Return what the bot listens to; members and message_content must be switched on in the Developer Portal."""
    return discord.Intents(
        guilds=True,
        members=True,
        guild_messages=True,
        dm_messages=True,
        guild_reactions=True,
        message_content=True,
    )


class AddressedHTTP(HTTPClient):
    """discord.py's HTTP client, which may be pointed at another server and gives up on a silent one.

    discord.py keeps its addresses as constants for the whole process; here they are exchanged per account, at the two
    methods through which every request and every gateway connection goes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, api_base: str | None, gateway: str | None) -> None:
        super().__init__(loop)
        self.max_ratelimit_timeout = _LONGEST_WAIT_SECONDS  # its constructor would make 30 of this
        self._api_base = None if api_base is None else api_base.rstrip("/")
        self._gateway = gateway

    async def request(self, route: Route, **options: Any) -> Any:  # noqa: ANN401 (discord.py's own signature)
        """Send one request, as discord.py does."""
        if self._api_base is not None:
            route.url = self._api_base + route.url.removeprefix(Route.BASE)
        return await super().request(route, timeout=_TIMEOUTS, **options)

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """Open the gateway; an address that READY gave for resuming is kept."""
        default = str(DiscordWebSocket.DEFAULT_GATEWAY)
        if self._gateway is not None and url.startswith(default):
            url = self._gateway + url.removeprefix(default)
        return await super().ws_connect(url, compress=compress)


class Connection(discord.Client):
    """One logged-in account, over which one shard of its events lands in `inbox`."""

    def __init__(
        self,
        inbox: Inbox,
        gap: Gap,
        *,
        api_base: str | None,
        gateway: str | None,
        entrances: dict[int, ChannelRef],
        take_press: Callable[[discord.Interaction], Awaitable[None]],
        longest_silence: timedelta,
        shard: tuple[int, int] = (0, 1),
        gate: Gate | None = None,
    ) -> None:
        """`take_press` is given every interaction that is no command; `longest_silence` is as for the adapter.

        `shard` is a number and how many there are; without a `gate` discord.py spaces logins by itself.
        """
        self._addresses = {"api_base": api_base, "gateway": gateway}
        super().__init__(
            shard_id=shard[0],
            shard_count=shard[1],
            intents=needed_intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # the core keeps what it needs
            heartbeat_timeout=longest_silence.total_seconds(),
            chunk_guilds_at_startup=False,  # a member is known from what they do
            member_cache_flags=discord.MemberCacheFlags(joined=True, voice=False),
        )
        self._guard_parsers()
        self._inbox = inbox
        self._gap = gap
        self._gate = gate
        self._entrances = entrances
        self._take_press = take_press
        self._parent_of = incoming.parent_in(self)
        self._told_of_intent = False
        self.menu = Menu(self)

    def _get_state(self, **options: Any) -> ConnectionState[Connection]:  # noqa: ANN401 (same)
        """Exchange the HTTP client before anything holds on to it."""
        self.http = AddressedHTTP(self.loop, **self._addresses)
        return super()._get_state(**options)

    def _guard_parsers(self) -> None:
        """Pass over an event that discord.py can't read; by itself it would give up the connection, and us with it.

        Without READY there is no session, so that one may fail as it does.
        """
        parsers = self._connection.parsers
        for event, parse in parsers.items():
            if event not in {"READY", "RESUMED"}:
                parsers[event] = partial(_parse_if_readable, event, parse)

    @property
    def bot_id(self) -> int:
        """The bot's own id; 0 before login, which is nobody's."""
        return 0 if self.user is None else self.user.id

    def entrance(self, guild_id: int) -> ChannelRef:
        """Where a community looks for joins of this server: its posts channel."""
        return self._entrances.get(guild_id) or incoming.read_channel(guild_id, guild_id, self._parent_of)

    async def close(self) -> None:
        """Close; discord.py itself would still announce that it is ready, seconds later, to a loop it has let go."""
        announcing = self._connection._ready_task  # noqa: SLF001 (discord.py gives no other way)
        if announcing is not None:
            announcing.cancel()
        await super().close()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until a new session may be asked for; for the first one that was done before the gateway was opened.

        discord.py starts a thread with each gateway connection and leaves it behind when it gives up here.
        """
        if self._gate is None:
            await super().before_identify_hook(shard_id, initial=initial)
        elif not initial:
            await wait_for_login(self.http, shard_id or 0, self._gate)

    async def on_connect(self) -> None:
        """READY: a new session, of which Discord repeats nothing that was missed before."""
        self._gap.open()

    async def on_ready(self) -> None:
        """The servers of a new session are known, and with them their channels."""
        for guild in self.guilds:
            if guild.id not in self._entrances:
                _log.info("Discord server %s (%s) is in no community of the configuration", guild.id, guild.name)
        await self._fill_gap()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """GUILD_CREATE: with the last of ours, what was missed can be read. discord.py says so only seconds later."""
        ours = [each for each in self.guilds if each.id in self._entrances]
        if guild.id in self._entrances and not any(each.unavailable for each in ours):
            await self._fill_gap()

    async def _fill_gap(self) -> None:
        for message in await self._gap.read([guild for guild in self.guilds if guild.id in self._entrances]):
            self._put_message(message)

    async def on_message(self, message: discord.Message) -> None:
        """MESSAGE_CREATE."""
        if not self._gap.keeps(message):
            self._put_message(message)

    def _put_message(self, message: discord.Message) -> None:
        if not self._told_of_intent and incoming.is_withheld(message):
            self._told_of_intent = True
            _log.error("Discord keeps from the bot what members write. %s.", INTENT_CLICKS)
        event = incoming.read_message(message, bot_id=self.bot_id, parent_of=self._parent_of)
        if event is not None:
            self._inbox.put(event)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """MESSAGE_UPDATE."""
        event = incoming.read_edit(payload, bot_id=self.bot_id, parent_of=self._parent_of)
        if event is not None:
            self._inbox.put(event)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """MESSAGE_DELETE."""
        self._put_deletions(payload)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """MESSAGE_DELETE_BULK."""
        self._put_deletions(payload)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """MESSAGE_REACTION_ADD."""
        self._put_reaction(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """MESSAGE_REACTION_REMOVE."""
        self._put_reaction(payload)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """INTERACTION_CREATE; commands go through the menu."""
        await self._take_press(interaction)

    async def on_member_join(self, member: discord.Member) -> None:
        """GUILD_MEMBER_ADD."""
        event = incoming.read_join(member, seen_at=discord.utils.utcnow(), entrance=self.entrance(member.guild.id))
        if event is not None:
            self._inbox.put(event)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """GUILD_MEMBER_REMOVE."""
        event = incoming.read_leave(payload, seen_at=discord.utils.utcnow(), entrance=self.entrance(payload.guild_id))
        if event is not None:
            self._inbox.put(event)

    def _put_deletions(self, payload: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent) -> None:
        for event in incoming.read_deletions(payload, seen_at=discord.utils.utcnow(), parent_of=self._parent_of):
            self._inbox.put(event)

    def _put_reaction(self, payload: discord.RawReactionActionEvent) -> None:
        event = incoming.read_reaction(
            payload, bot_id=self.bot_id, seen_at=discord.utils.utcnow(), parent_of=self._parent_of
        )
        if event is not None:
            self._inbox.put(event)


def _parse_if_readable(event: str, parse: Callable[[Any], object], data: Any) -> None:  # noqa: ANN401 (an event's JSON)
    try:
        parse(data)
    except Exception as error:  # noqa: BLE001 (whatever discord.py stumbles over, the next event must be reached)
        _log.warning("Discord sent a %s that can't be read (%s); it is passed over", event, type(error).__name__)
