"""The platforms' side of a long night: members who keep writing, and a log of what the bot got through."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from tests.journeys.waiting import until
from tests.servers.discord_markdown import shown
from tests.servers.discord_server import TOKEN as DISCORD_TOKEN
from tests.servers.discord_server import DiscordServer
from tests.servers.telegram_server import TOKEN as TELEGRAM_TOKEN
from tests.servers.telegram_server import Fault, TelegramServer

#: How long every answer to a send is held back after it was taken, in seconds: long enough to be killed in.
HELD_BACK = 0.15
#: More sends than any night has.
_MANY = 2000


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """One message of the bot, as the server took it."""

    channel: str
    id: str
    text: str
    reply_to: str | None


class FarSide(Protocol):
    """A platform with some communities; an async context manager."""

    #: The platform's name.
    platform: str
    environment: Mapping[str, str]
    #: `platforms:` of the configuration.
    accounts: str
    #: The addresses of its communities, as `address` lines by key.
    addresses: Mapping[str, str]
    #: Whether it tells the bot once more whatever was not confirmed; else only what came behind something it heard.
    tells_again: bool

    async def __aenter__(self) -> Self:
        """Start the server."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""

    async def is_heard(self) -> None:
        """Return once a program that has just been started listens."""

    async def says(self, community: int, author: int, text: str, *, to_bot: bool) -> tuple[str, str]:
        """Let a member write; return the channel's and the message's id."""

    def arrived(self) -> list[Arrived]:
        """Return what the server has taken, oldest first."""

    def reads(self, channel: str, message_id: str) -> str:
        """Return what a message of the bot says by now."""


class TelegramSide:
    """Several groups: one takes no more than 20 messages a minute."""

    platform = "telegram"
    tells_again = True
    environment: Mapping[str, str] = {"TELEGRAM_TOKEN": TELEGRAM_TOKEN}

    def __init__(self, groups: int) -> None:
        self._server = TelegramServer(rate_limits=True)
        self._chats = [self._server.world.add_group(chat_id=-1001234500000 - number) for number in range(groups)]
        for _ in range(_MANY):
            self._server.fail_next("sendMessage", Fault(kind="delay_after", seconds=HELD_BACK))

    @property
    def accounts(self) -> str:
        """The account."""
        return f'  telegram: {{token: "${{TELEGRAM_TOKEN}}", api_base: "{self._server.base}"}}\n'

    @property
    def addresses(self) -> Mapping[str, str]:
        """The groups."""
        return {f"group-{number}": f'    chat: "{chat}"\n' for number, chat in enumerate(self._chats)}

    async def __aenter__(self) -> Self:
        """Start the server."""
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        await self._server.stop()

    @property
    def refused(self) -> list[tuple[str, int]]:
        """What the server would not do, as (method, error code)."""
        return self._server.refused

    @property
    def confirmed(self) -> int:
        """The update before which all are confirmed."""
        return self._server.confirmed

    async def is_heard(self) -> None:
        """Wait for the first poll of a new life."""
        self._server.calls.clear()
        async with asyncio.timeout(60):
            await self._server.until_called("getUpdates")

    async def says(self, community: int, author: int, text: str, *, to_bot: bool) -> tuple[str, str]:
        """A member writes."""
        chat = self._chats[community % len(self._chats)]
        words = f"@{self._server.world.me['username']} {text}" if to_bot else text
        return str(chat), str(self._server.world.says(chat, author, words))

    def arrived(self) -> list[Arrived]:
        """What was taken."""
        return [
            Arrived(
                channel=str(sent.chat_id),
                id=str(sent.message_id),
                text=sent.text,
                reply_to=None if sent.reply_to is None else str(sent.reply_to),
            )
            for sent in self._server.sent
        ]

    def reads(self, channel: str, message_id: str) -> str:
        """What it says by now."""
        return str(self._server.world.chats[int(channel)].messages[int(message_id)]["text"])


class DiscordSide:
    """Several servers with a channel each."""

    platform = "discord"
    tells_again = False
    environment: Mapping[str, str] = {"DISCORD_TOKEN": DISCORD_TOKEN}

    def __init__(self, guilds: int) -> None:
        self._server = DiscordServer(channel_burst=1000)
        self._guilds = [self._server.add_guild(f"Roasters {number}") for number in range(guilds)]
        for _ in range(_MANY):
            self._server.fail_next("accept_then_stall", seconds=HELD_BACK)

    @property
    def accounts(self) -> str:
        """The account."""
        where = f'api_base: "{self._server.api_base}", gateway: "{self._server.gateway}"'
        return f'  discord: {{token: "${{DISCORD_TOKEN}}", {where}}}\n'

    @property
    def addresses(self) -> Mapping[str, str]:
        """The servers."""
        return {
            f"guild-{number}": f'    server: "{guild.id}"\n    channels: {{posts: "{next(iter(guild.channels))}"}}\n'
            for number, guild in enumerate(self._guilds)
        }

    async def __aenter__(self) -> Self:
        """Start the server."""
        await self._server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        await self._server.__aexit__(kind, error, trace)

    async def is_heard(self) -> None:
        """Wait for a new session."""
        sessions = self._server.line.identified
        await until(lambda: self._server.line.identified > sessions, "a new session")

    async def says(self, community: int, author: int, text: str, *, to_bot: bool) -> tuple[str, str]:
        """A member writes."""
        guild = self._guilds[community % len(self._guilds)]
        channel = next(iter(guild.channels))
        if str(author) not in guild.members:
            self._server.person(guild, f"Member {author}", user_id=str(author))
        words = f"<@{self._server.bot_id}> {text}" if to_bot else text
        return channel, await self._server.say(guild, channel, str(author), words)

    def arrived(self) -> list[Arrived]:
        """What was taken."""
        return [
            Arrived(
                channel=each.message["channel_id"],
                id=each.message["id"],
                # as it came: the message itself changes when it is edited
                text=shown(each.body["content"]),
                reply_to=each.message.get("message_reference", {}).get("message_id"),
            )
            for each in self._server.sent
        ]

    def reads(self, channel: str, message_id: str) -> str:
        """What it says by now."""
        return shown(self._server.state.messages[channel][message_id]["content"])
