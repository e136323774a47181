"""An account of a Bot API server on loopback, driven by a test: what it commits to, how it waits, what it posts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from adapters.telegram.adapter import TelegramPlatform
from adapters.telegram.settings import Account, Address
from bot.errors import StoreFault
from bot.messages import ChannelRef, Event, IncomingMessage, OutgoingPost, Span
from bot.ports.platform import CommandSpec
from tests.adapters.telegram.payloads import SEEN_AT
from tests.servers.telegram_server import TOKEN, TelegramServer

PATIENCE_S = 20

COMMANDS = (
    CommandSpec(
        name="top",
        descriptions={"en": "Who takes part most", "id": "Siapa yang paling aktif"},
        names={"en": "top", "id": "teratas"},
    ),
    CommandSpec(name="my-data", descriptions={"en": "What is kept about you"}, names={}, only_direct=True),
)


class Store:
    """Takes batches; refuses the first `refusals`."""

    def __init__(self, *, refusals: int = 0) -> None:
        self.batches: list[tuple[Event, ...]] = []
        self.refused: list[tuple[Event, ...]] = []
        self._refusals = refusals
        self._changed = asyncio.Event()

    @property
    def events(self) -> list[Event]:
        """All that was committed."""
        return [event for batch in self.batches for event in batch]

    @property
    def texts(self) -> list[str]:
        """What was said, in order."""
        return [event.text for event in self.events if isinstance(event, IncomingMessage)]

    async def receive(self, batch: tuple[Event, ...]) -> None:
        """Commit a batch."""
        refused = len(self.refused) < self._refusals
        (self.refused if refused else self.batches).append(batch)
        self._changed.set()
        if refused:
            raise StoreFault("the database is away")

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds`; fail when that takes too long."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._changed.clear()
                await self._changed.wait()


class Pauses:
    """Waits no time, and remembers how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._changed = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        """Let others run instead of waiting."""
        self.seconds.append(seconds)
        self._changed.set()
        await asyncio.sleep(0.01)

    async def until(self, holds: Callable[[float], bool]) -> None:
        """Return once there was a wait for which `holds`."""
        while not any(map(holds, self.seconds)):
            self._changed.clear()
            await self._changed.wait()


GROUP = -1001234567890


def build(
    server: TelegramServer, *, pause: Callable[[float], object] | None = None, token: str = TOKEN
) -> TelegramPlatform:
    """Build the adapter of an account on `server`."""
    return TelegramPlatform(
        Account.model_validate({"token": token, "api_base": server.base}),
        commands=COMMANDS,
        places=(Address(chat=str(GROUP)).place("warung"),),
        now=lambda: SEEN_AT,
        pause=pause or Pauses(),
    )


@contextlib.asynccontextmanager
async def running(platform: TelegramPlatform, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    """Run `platform` into `store`, and stop it at the end."""
    task = asyncio.create_task(platform.run(store.receive))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE_S)


def post(text: str = "Ada cerita baru.", *, chat: int = GROUP, thread: str | None = None) -> OutgoingPost:
    """Make a post to the group."""
    channel = ChannelRef(platform="telegram", space=str(chat), channel=str(chat), thread=thread)
    return OutgoingPost(id="p-1", channel=channel, spans=(Span(text=text),))
