"""An account of a homeserver on loopback, driven by a test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from adapters.matrix.adapter import MatrixPlatform
from adapters.matrix.settings import Account, Address
from bot.messages import ChannelRef, Event, IncomingMessage, OutgoingPost, Span
from tests.contract.harness import COMMANDS
from tests.contract.listening import Listening
from tests.servers.matrix_server import TOKEN, MatrixServer
from tests.servers.matrix_world import DOMAIN, Room

DEWI = f"@dewi:{DOMAIN}"
BUDI = f"@budi:{DOMAIN}"


def now() -> datetime:
    """The machine's time, which a homeserver on the same machine has too."""
    return datetime.now(UTC)  # noqa: TID251 - the clock's own stand-in


async def no_pause(seconds: float) -> None:
    """Wait next to no time."""
    del seconds
    await asyncio.sleep(0.01)


def build(server: MatrixServer, *rooms: Room, token: str = TOKEN) -> MatrixPlatform:
    """Build the adapter of an account whose communities live in `rooms`."""
    return MatrixPlatform(
        Account.model_validate({"token": token, "homeserver": server.base}),
        commands=COMMANDS,
        places=tuple(Address(room=room.id).place("warung") for room in rooms),
        now=now,
        pause=no_pause,
        sync_wait=timedelta(seconds=5),
    )


@contextlib.asynccontextmanager
async def listening(platform: MatrixPlatform, server: MatrixServer) -> AsyncIterator[Listening]:
    """Run `platform`, and return once it waits for news."""
    server.is_left()
    async with Listening(platform) as heard:
        await server.until_listened_to()
        yield heard


def texts(events: list[Event]) -> list[str]:
    """Return what was said, in order."""
    return [event.text for event in events if isinstance(event, IncomingMessage)]


def post(
    room: Room, text: str = "Ada cerita baru.", *, thread: str | None = None, reply_to: str | None = None
) -> OutgoingPost:
    """Make a post to a room."""
    channel = ChannelRef(platform="matrix", space=room.id, channel=room.id, thread=thread)
    return OutgoingPost(id="p-1", channel=channel, spans=(Span(text=text),), reply_to=reply_to)
