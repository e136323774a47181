"""The site served in the service's own loop, on a socket that was taken before anything else began."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator, Mapping

import structlog
import uvicorn

from bot.brand import Web
from bot.errors import SettingsFault
from bot.ports.platform import Receive
from bot.web.app import make_app
from bot.web.site import Site

#: How long open connections may finish when the service stops, in seconds.
GRACE = 3

log = structlog.get_logger()


def take_address(settings: Web) -> socket.socket:
    """Listen on the address of `web.bind`; raises SettingsFault when it can't be had."""
    where = f"{settings.host}:{settings.port}"
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        taken = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise SettingsFault(f"web.bind: {where} is no address of this machine ({error.strerror})") from error
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        taken.close()
        raise SettingsFault(
            f"web.bind: {where} can't be had ({error.strerror}); stop what listens there, or write another port"
        ) from error
    return taken


class _Server(uvicorn.Server):
    """A server that leaves signals to the service it is part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def serve_site(
    site: Site, taken: socket.socket, wake: Callable[[str], None], receivers: Mapping[str, Receive]
) -> None:
    """Serve until cancelled; `receivers` take what platforms bring that call here, by their names."""
    site.wakes.append(wake)
    site.receivers.update(receivers)
    server = _Server(
        uvicorn.Config(
            make_app(site),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            ws="none",
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    log.info("dashboard", address=site.settings.local_url)
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
        site.wakes.remove(wake)
        site.receivers.clear()
