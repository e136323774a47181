"""A Discord on loopback with the adapter connected to it, and an ear that waits for what it hears."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from adapters.discord.adapter import DiscordPlatform, build
from adapters.discord.settings import Account, Address
from bot.messages import Event, Place
from bot.ports.platform import CommandSpec
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_state import Guild

COMMANDS = (
    CommandSpec(
        name="top",
        descriptions={"en": "Who takes part most", "id": "Siapa yang paling aktif"},
        names={"id": "teratas"},
        private=True,
    ),
    CommandSpec(
        name="ask",
        descriptions={"en": "Ask a question", "id": "Ajukan pertanyaan"},
        names={"id": "tanya"},
        argument={"en": "question", "id": "pertanyaan"},
    ),
)
PATIENCE_SECONDS = 20.0


class Ear:
    """Takes events as the core would; `refuse` makes it fail so many times first."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._known: set[str] = set()
        self.deliveries = 0
        self.refusals = 0
        self._more = asyncio.Condition()

    async def receive(self, events: tuple[Event, ...]) -> None:
        """Take a batch."""
        async with self._more:
            if self.refusals:
                self.refusals -= 1
                raise ConnectionError("the database is away")
            self.deliveries += len(events)
            for event in events:
                if event.event_id not in self._known:
                    self._known.add(event.event_id)
                    self.events.append(event)
            self._more.notify_all()

    async def hear(self, count: int) -> list[Event]:
        """Return the events once there are `count` of them; one that comes again is known by its id, as in the core."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._more:
            await self._more.wait_for(lambda: len(self.events) >= count)
        return self.events

    async def until(self, holds: Callable[[list[Event]], bool]) -> None:
        """Return once what was heard is as wanted."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._more:
            await self._more.wait_for(lambda: holds(self.events))


class Notice(logging.Filter):
    """Lets every log record pass and tells when one says `words`."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.seen = asyncio.Event()
        self._words = words

    def filter(self, record: logging.LogRecord) -> bool:
        """Look at one record."""
        if self._words in record.getMessage():
            self.seen.set()
        return True


class Live:
    """The server, a guild with one member, and the adapter."""

    def __init__(self, server: DiscordServer, guild: Guild, platform: DiscordPlatform, place: Place) -> None:
        self.server = server
        self.guild = guild
        self.platform = platform
        self.place = place
        self.ear = Ear()
        self.channel = place.posts.channel
        self.ani = server.person(guild, "Ani")

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        """Run the adapter until the block ends."""
        self.server.line.ready.clear()
        task = asyncio.create_task(self.platform.run(self.ear.receive))
        ready = asyncio.create_task(self.server.line.ready.wait())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield task
        finally:
            ready.cancel()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def platform_for(
    server: DiscordServer, place: Place, *, token: str = TOKEN, gateway: str | None = None
) -> DiscordPlatform:
    """The adapter, pointed at the server."""
    account = Account.model_validate(
        {"token": token, "api_base": server.api_base, "gateway": gateway or server.gateway}
    )
    return build(account, commands=COMMANDS, places=(place,))


def place_in(guild: Guild) -> Place:
    """The guild's first channel as a community's address."""
    posts = next(iter(guild.channels))
    return Address.model_validate({"server": guild.id, "channels": {"posts": posts}}).place("roasters")


@pytest.fixture
async def live() -> AsyncIterator[Live]:
    """Everything, with the adapter not yet running and closed at the end."""
    async with DiscordServer() as server:
        guild = server.add_guild()
        place = place_in(guild)
        platform = platform_for(server, place)
        yield Live(server, guild, platform, place)
        await platform.close()
