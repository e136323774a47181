"""The route on which platforms call, served over real HTTP on loopback with nothing behind it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator
from types import SimpleNamespace
from typing import cast

import uvicorn
from starlette.responses import PlainTextResponse

from bot.ports.platform import Platform, Receive
from bot.web.hooks import HOOK, Hooks
from bot.web.in_front import InFront
from bot.web.site import Site


class _Server(uvicorn.Server):
    """A server that leaves signals to the test."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def take_loopback() -> socket.socket:
    """Take a free port of this machine."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken


@contextlib.asynccontextmanager
async def serving_hook(platform: Platform, receive: Receive, taken: socket.socket) -> AsyncIterator[None]:
    """Serve the route of `platform` on a port that was taken, until the block is left."""
    site = SimpleNamespace(platforms={platform.name: platform}, receivers={platform.name: receive})
    app = InFront(PlainTextResponse("elsewhere", status_code=404), path=HOOK, answer=Hooks(cast("Site", site)).answer)
    server = _Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none"))
    with taken.dup() as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield
        finally:
            server.should_exit = True
            await task
