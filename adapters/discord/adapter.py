"""The Discord adapter's life: log in, stay connected, send, answer commands, look at rights.

Here belongs when things happen and in which order. What events and posts look like is `incoming` and `outgoing`, the
SDK's settings are `connection`, errors are `failures`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import aiohttp
import discord
from discord.backoff import ExponentialBackoff
from discord.http import Route

from adapters.discord import outgoing, probing
from adapters.discord.commands import Ticket, fill_menu, read_command, read_press
from adapters.discord.connection import Connection
from adapters.discord.failures import INVITE_CLICKS, MessageGone, translate_login, translate_send
from adapters.discord.forum import NOT_FOR_MESSAGES, post_in_forum
from adapters.discord.gap import Gap
from adapters.discord.inbox import Inbox
from adapters.discord.incoming import parent_in
from adapters.discord.lookback import find_posted
from adapters.discord.refusals import Refusals
from adapters.discord.settings import LIMITS, NAME, TRAITS, Account
from adapters.discord.tickets import Tickets
from bot.errors import PlatformDown
from bot.messages import ChannelRef, OutgoingPost, Place, PostedRef
from bot.ports.platform import CommandSpec, Finding, Heard, PlatformLimits, PlatformTraits, Receive

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


class DiscordPlatform:
    """One bot account on Discord: a Platform that is Closing, Editing, Deleting, Acknowledging, Resuming and Probing.

    It can also look back for what was perhaps sent.

    It logs in over REST when first needed, be it by `run` or by `post`; only `run` opens the gateway.
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
        self._inbox = Inbox()
        self._gap = Gap()
        self._tickets = Tickets()
        self._refusals = Refusals(monotonic)
        #: Channels found to take threads only.
        self._forums: set[str] = set()
        self._login_turn = asyncio.Lock()
        self._connection: Connection | None = None

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
        self._gap.resume(heard, not_before=not_before)

    async def run(self, receive: Receive) -> None:
        """Log in, register the commands, and pass events on until cancelled or closed."""
        feeding = asyncio.create_task(self._inbox.feed(receive))
        pause = ExponentialBackoff[bool](base=1)
        try:
            while True:
                try:
                    await self._stay_connected()
                except PlatformDown as fault:
                    delay = min(float(pause.delay()), _LONGEST_PAUSE_SECONDS)
                    _log.warning("%s Again in %.0f s.", fault, delay)
                    await asyncio.sleep(delay)
                else:
                    return
        finally:
            feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await feeding
            await self.close()

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
        """Close gateway and HTTP session. A later `post` or `run` logs in anew."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _close(connection)

    async def _stay_connected(self) -> None:
        connection = await self._log_in()
        try:
            await self._register_commands(connection)
            await connection.connect(reconnect=True)
        except _AWAY as error:
            await self.close()
            raise translate_login(error) from error
        except AttributeError as error:
            if connection.ws is not None:
                raise
            # discord.py 2.7 asks the gateway it never reached where to resume.
            await self.close()
            raise PlatformDown("Discord's gateway could not be reached.") from error

    async def _log_in(self) -> Connection:
        async with self._login_turn:
            if self._connection is not None and not self._connection.is_closed():
                return self._connection
            connection = Connection(
                self._inbox,
                self._gap,
                api_base=self._settings.api_base,
                gateway=self._settings.gateway,
                entrances={int(place.posts.space): place.posts for place in reversed(self._places)},
                take_press=self._take_press,
                longest_silence=self._longest_silence,
            )
            try:
                async with asyncio.timeout(_LOGIN_DEADLINE_SECONDS):
                    await connection.login(self._settings.token.get_secret_value())
                    await fill_menu(connection.menu, self._commands, self._servers(), self._take_command)
            except _AWAY as error:
                await _close(connection)
                raise translate_login(error) from error
            except BaseException:
                await _close(connection)
                raise
            self._connection = connection
            return connection

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

    async def _take_command(self, spec: CommandSpec, interaction: discord.Interaction, words: str) -> None:
        event = read_command(spec, interaction, words, parent_of=parent_in(interaction.client))
        if event.ticket is not None:
            await self.acknowledge(event.ticket, private=spec.private)
        self._inbox.put(event)

    async def _take_press(self, interaction: discord.Interaction) -> None:
        event = read_press(interaction, parent_of=parent_in(interaction.client))
        if event is None:
            return
        handle = None if event.ticket is None else Ticket.read(event.ticket)
        if handle is not None and self._connection is not None:
            try:
                await self._tickets.take_press(self._connection.http, handle)
            except _AWAY as error:
                _log.warning("A press could not be acknowledged: %s", translate_send(error, where="a button"))
        self._inbox.put(event)

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


async def _close(connection: Connection) -> None:
    """Close within seconds; a farewell that nobody answers is not waited for."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_CLOSE_DEADLINE_SECONDS):
            await connection.close()
