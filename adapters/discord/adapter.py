"""The Discord adapter's life: log in, stay connected, send, answer commands, look at rights.

Here belongs when things happen and in which order. What events and posts look like is `incoming` and `outgoing`, the
SDK's settings are `connection`, errors are `failures`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import aiohttp
import discord
from discord.backoff import ExponentialBackoff
from discord.http import Route

from adapters.discord import admins, outgoing, probing
from adapters.discord.commands import Ticket, fill_menu, read_command, read_press
from adapters.discord.connection import Connection
from adapters.discord.failures import INVITE_CLICKS, MessageGone, translate_login, translate_send
from adapters.discord.forum import NOT_FOR_MESSAGES, post_in_forum
from adapters.discord.gap import Gap
from adapters.discord.inbox import Inbox
from adapters.discord.incoming import parent_in
from adapters.discord.logins import wait_for_login
from adapters.discord.lookback import find_posted
from adapters.discord.refusals import Refusals
from adapters.discord.settings import LIMITS, NAME, TRAITS, Account
from adapters.discord.tickets import Tickets
from bot.errors import PlatformDown, StoreFault
from bot.messages import ChannelRef, OutgoingPost, PersonRef, Place, PostedRef
from bot.ports.platform import CommandSpec, Finding, Gate, Heard, PlatformLimits, PlatformTraits, Receive

_log = logging.getLogger(__name__)

#: How long one send may take in all, discord.py's own repetitions included. It ends within the time in which a nonce
#: is recognised, so that the core can still repeat the send.
POST_DEADLINE_SECONDS = 40.0
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_LOGIN_DEADLINE_SECONDS = 15.0
#: Discord's gateway asks for a heartbeat about every 41 s and answers each.
LONGEST_SILENCE = timedelta(seconds=60)
_CLOSE_DEADLINE_SECONDS = 5.0
#: Above 86 seconds, so that not even a broken night uses up the 1,000 logins that Discord allows in a day.
_LONGEST_PAUSE_SECONDS = 120.0
#: What logging in and staying connected may meet; anything else is a mistake of ours and must be seen.
_AWAY = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)

_Result = TypeVar("_Result")


@dataclass(frozen=True, kw_only=True)
class _Ear:
    """What hears over one shard."""

    inbox: Inbox
    gap: Gap


class DiscordPlatform:
    """One bot account on Discord: a Platform that is Closing, Editing, Deleting, Acknowledging, Resuming and Probing.

    It can also look back for what was perhaps sent, and listen over several connections (Sharding).

    It logs in over REST when first needed; what is sent goes over a connection of its own, and only `run` and
    `run_shard` open the gateway.
    """

    def __init__(
        self,
        settings: Account,
        *,
        commands: tuple[CommandSpec, ...],
        places: tuple[Place, ...],
        longest_silence: timedelta = LONGEST_SILENCE,
    ) -> None:
        """`longest_silence` is how long the gateway may say nothing, not even to heartbeats, before it is given up."""
        self._settings = settings
        self._longest_silence = longest_silence
        self._commands = commands
        self._places = tuple(place for place in places if place.posts.platform == NAME)
        #: What was heard over each shard, kept over its runs.
        self._ears: dict[int, _Ear] = {}
        #: Where the shard that is run next begins.
        self._resumption: tuple[Mapping[str, Heard], datetime] | None = None
        self._tickets = Tickets()
        self._refusals = Refusals(monotonic)
        #: Channels found to take threads only.
        self._forums: set[str] = set()
        self._login_turn = asyncio.Lock()
        #: What is sent over; and all that is open, this one among them.
        self._connection: Connection | None = None
        self._open: set[Connection] = set()

    @property
    def name(self) -> str:
        """The adapter's folder name."""
        return NAME

    @property
    def limits(self) -> PlatformLimits:
        """What fits."""
        return LIMITS

    @property
    def traits(self) -> PlatformTraits:
        """What it can do."""
        return TRAITS

    def resume(self, heard: Mapping[str, Heard], *, not_before: datetime) -> None:
        """Begin with what came after `heard`; see `bot.ports.platform.Resuming.resume`."""
        self._resumption = (heard, not_before)

    async def run(self, receive: Receive) -> None:
        """Log in, register the commands, and pass events on until cancelled or closed."""
        try:
            await self._listen(0, 1, receive, gate=None)
        finally:
            await self.close()

    async def count_shards(self) -> int:
        """Return what the configuration says, or else what Discord recommends (Get Gateway Bot)."""

        async def ask() -> int:
            if self._settings.shards is not None:
                return self._settings.shards
            try:
                shards, _, _ = await (await self._log_in()).http.get_bot_gateway()
            except _AWAY as error:
                raise translate_login(error) from error
            return int(shards)

        return await _keep_trying(ask)

    async def run_shard(self, number: int, count: int, receive: Receive, gate: Gate) -> None:
        """Listen over one connection; see `bot.ports.platform.Sharding.run_shard`."""
        await self._listen(number, count, receive, gate=gate)

    async def _listen(self, number: int, count: int, receive: Receive, *, gate: Gate | None) -> None:
        ear = self._ears.setdefault(number, _Ear(inbox=Inbox(), gap=Gap()))
        resumption, self._resumption = self._resumption, None
        if resumption is not None:
            ear.gap.resume(resumption[0], not_before=resumption[1])
        feeding = asyncio.create_task(ear.inbox.feed(receive))
        try:
            await _keep_trying(partial(self._stay_connected, ear, (number, count), gate))
        finally:
            feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await feeding

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send one post; the same post sent again within 60 seconds is posted once, by its id as nonce.

        An answer to a menu command goes through its ticket. The first one is repeatable too, since it edits "… is
        thinking"; a further part has no nonce at Discord, so repeating it after a lost answer may show it twice.
        """
        async with self._asking(post.channel, may_be_closed=post.ticket is not None) as connection:
            return await self._send(connection, post)

    async def find_posted(self, post: OutgoingPost, *, begun_at: datetime) -> PostedRef | None:
        """Look for a post in its channel's history; see `bot.ports.platform.LookingBack.find_posted`."""
        async with self._asking(post.channel) as connection:
            return await find_posted(connection.http, post, bot_id=connection.bot_id, begun_at=begun_at)

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Let a message say something else (Edit Message); see `bot.ports.platform.Editing.edit`."""
        route = Route("PATCH", _MESSAGE, channel_id=_channel_id(posted), message_id=posted.message_id)
        await self._change(posted.channel, route, json=outgoing.edit_body(post))

    async def delete(self, posted: PostedRef) -> None:
        """Take a message away (Delete Message); see `bot.ports.platform.Deleting.delete`."""
        route = Route("DELETE", _MESSAGE, channel_id=_channel_id(posted), message_id=posted.message_id)
        try:
            await self._change(posted.channel, route)
        except MessageGone:
            return

    async def acknowledge(self, ticket: str, *, private: bool, text: str = "") -> None:
        """Show "… is thinking", to the person alone if `private`; or tell the one who pressed a button `text`.

        Discord allows 3 seconds for the first, so it happens by itself when a command or a press arrives, before the
        core sees it. Called again it makes up for one that failed, and else does nothing.
        """
        handle = Ticket.read(ticket)
        if handle is None or (self._tickets.is_acknowledged(ticket) and not text):
            return
        try:
            connection = await self._log_in()
            if text:
                await self._tickets.notify(connection.http, handle, text)
            else:
                await self._tickets.acknowledge(connection.http, handle, private=private)
        except Exception as error:  # noqa: BLE001 (a late acknowledgement is logged, the answer still tried)
            _log.warning("A command could not be acknowledged: %s", translate_send(error, where="a command"))

    async def is_admin(self, channel: ChannelRef, person: PersonRef) -> bool:
        """Whether somebody owns a server or may manage it; see `bot.ports.platform.KnowingAdmins`."""
        async with self._asking(channel, may_be_closed=True) as connection:
            return await admins.is_admin(connection.http, channel.space, person.id)

    async def probe(self, channels: tuple[str, ...]) -> tuple[Finding, ...]:
        """Look at the account's intents, and at the bot's rights in each server of `channels`."""
        was_open = self._connection is not None
        try:
            connection = await self._log_in()
            return await probing.probe(connection, channels, self._places)
        except _AWAY as error:
            raise translate_login(error) from error
        finally:
            if not was_open:
                await self.close()

    async def close(self) -> None:
        """Close every gateway connection and HTTP session. A later `post` or `run` logs in anew."""
        self._connection = None
        for connection in tuple(self._open):
            await self._close(connection)

    async def _stay_connected(self, ear: _Ear, shard: tuple[int, int], gate: Gate | None) -> None:
        connection = await self._open_connection(ear, shard, gate)
        try:
            if shard[0] == 0:
                await self._register_commands(connection)
            if gate is not None:
                await wait_for_login(connection.http, shard[0], gate)
            await connection.connect(reconnect=True)
        except _AWAY as error:
            raise translate_login(error) from error
        except AttributeError as error:
            if connection.ws is not None:
                raise
            # discord.py 2.7 asks the gateway it never reached where to resume.
            raise PlatformDown("Discord's gateway could not be reached.") from error
        finally:
            await self._close(connection)

    async def _log_in(self) -> Connection:
        async with self._login_turn:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._open_connection(_Ear(inbox=Inbox(), gap=Gap()), (0, 1), None)
            return self._connection

    async def _open_connection(self, ear: _Ear, shard: tuple[int, int], gate: Gate | None) -> Connection:
        """Log in over REST; the gateway is not opened yet."""
        connection = Connection(
            ear.inbox,
            ear.gap,
            api_base=self._settings.api_base,
            gateway=self._settings.gateway,
            entrances={int(place.posts.space): place.posts for place in reversed(self._places)},
            shard=shard,
            gate=gate,
            take_press=partial(self._take_press, ear.inbox),
            longest_silence=self._longest_silence,
        )
        self._open.add(connection)
        try:
            async with asyncio.timeout(_LOGIN_DEADLINE_SECONDS):
                await connection.login(self._settings.token.get_secret_value())
                take = partial(self._take_command, ear.inbox)
                await fill_menu(connection.menu, self._commands, self._servers(), take)
        except _AWAY as error:
            await self._close(connection)
            raise translate_login(error) from error
        except BaseException:
            await self._close(connection)
            raise
        return connection

    async def _close(self, connection: Connection) -> None:
        """Close within seconds; a farewell that nobody answers is not waited for."""
        self._open.discard(connection)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_CLOSE_DEADLINE_SECONDS):
                await connection.close()

    def _servers(self) -> tuple[int, ...]:
        return tuple(sorted({int(place.posts.space) for place in self._places}))

    async def _register_commands(self, connection: Connection) -> None:
        """Tell Discord the menu of each server. A server that refuses it keeps everything else."""
        for server in self._servers() if self._commands else ():
            try:
                await connection.menu.sync(guild=discord.Object(server))
            except discord.Forbidden:
                _log.warning("Server %s takes no commands from the bot; invite it again: %s.", server, INVITE_CLICKS)
            except (discord.HTTPException, discord.RateLimited, discord.app_commands.AppCommandError) as error:
                _log.warning("Server %s did not take the commands: %s", server, error)

    async def _take_command(
        self, inbox: Inbox, spec: CommandSpec, interaction: discord.Interaction, words: str
    ) -> None:
        event = read_command(spec, interaction, words, parent_of=parent_in(interaction.client))
        if event.ticket is not None:
            await self.acknowledge(event.ticket, private=spec.private)
        inbox.put(event)

    async def _take_press(self, inbox: Inbox, interaction: discord.Interaction) -> None:
        event = read_press(interaction, parent_of=parent_in(interaction.client))
        if event is None:
            return
        handle = None if event.ticket is None else Ticket.read(event.ticket)
        if handle is not None:
            try:
                await self._tickets.take_press(interaction.client.http, handle)
            except _AWAY as error:
                _log.warning("A press could not be acknowledged: %s", translate_send(error, where="a button"))
        inbox.put(event)

    async def _change(self, channel: ChannelRef, route: Route, **body: Any) -> None:  # noqa: ANN401  # a JSON body
        async with self._asking(channel) as connection:
            await connection.http.request(route, **body)

    @contextlib.asynccontextmanager
    async def _asking(self, channel: ChannelRef, *, may_be_closed: bool = False) -> AsyncIterator[Connection]:
        """Ask Discord for something in `channel`, within the deadline; what goes wrong is raised in our words.

        A channel that was closed to the bot a moment ago is not asked for, unless it `may_be_closed`.
        """
        where = channel.thread or channel.channel
        try:
            self._refusals.check("" if may_be_closed else where)
            connection = await self._log_in()
            async with asyncio.timeout(POST_DEADLINE_SECONDS):
                yield connection
        except Exception as error:
            fault = translate_send(error, where=_describe(channel))
            self._refusals.note(where, fault, error)
            if fault is error:
                raise
            raise fault from error

    async def _send(self, connection: Connection, post: OutgoingPost) -> PostedRef:
        handle = None if post.ticket is None else Ticket.read(post.ticket)
        if handle is not None:
            message_id = await self._tickets.answer(connection.http, handle, post)
            if message_id is not None:
                return PostedRef(channel=post.channel, message_id=message_id)
        if post.channel.thread is None and post.channel.channel in self._forums:
            thread = await post_in_forum(connection.http, post, bot_id=connection.bot_id)
            return PostedRef(channel=replace(post.channel, thread=thread), message_id=thread)
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=outgoing.channel_of(post))
        try:
            message = await connection.http.request(route, json=outgoing.message_body(post))
        except discord.HTTPException as error:
            if error.code != NOT_FOR_MESSAGES or post.channel.thread is not None or not await self._is_forum(post):
                raise
            return await self._send(connection, post)
        return PostedRef(channel=post.channel, message_id=_message_id(message))

    async def _is_forum(self, post: OutgoingPost) -> bool:
        """Whether the channel takes threads only; then it is remembered as one that does."""
        connection = await self._log_in()
        route = Route("GET", "/channels/{channel_id}", channel_id=int(post.channel.channel))
        channel: dict[str, Any] = await connection.http.request(route)
        if channel["type"] not in {discord.ChannelType.forum.value, discord.ChannelType.media.value}:
            return False
        self._forums.add(post.channel.channel)
        return True


def build(settings: Account, *, commands: tuple[CommandSpec, ...], places: tuple[Place, ...]) -> DiscordPlatform:
    """Build the adapter of one account; nothing is opened yet."""
    return DiscordPlatform(settings, commands=commands, places=places)


def _message_id(message: dict[str, Any]) -> str:
    return str(message["id"])


def _channel_id(posted: PostedRef) -> str:
    return posted.channel.thread or posted.channel.channel


def _describe(channel: ChannelRef) -> str:
    thread = "" if channel.thread is None else f", thread {channel.thread}"
    return f"channel {channel.channel}{thread} of server {channel.space}"


async def _keep_trying(work: Callable[[], Awaitable[_Result]]) -> _Result:
    """Do `work` until it succeeds, waiting longer each time while Discord, or the database that counts, is away."""
    pause = ExponentialBackoff[bool](base=1)
    while True:
        try:
            return await work()
        except (PlatformDown, StoreFault) as fault:
            delay = min(float(pause.delay()), _LONGEST_PAUSE_SECONDS)
            _log.warning("%s Again in %.0f s.", fault, delay)
            await asyncio.sleep(delay)
