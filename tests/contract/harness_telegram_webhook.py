"""Telegram once more, calling instead of being asked: through the real route, behind a proxy's path."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from adapters.telegram.settings import Account
from adapters.telegram.webhook import hook_of
from bot.ports.platform import Receive
from tests.contract.harness import COMMANDS
from tests.contract.harness_telegram import Harness as PollingHarness
from tests.contract.harness_telegram import Platform
from tests.servers.hooks import serving_hook, take_loopback
from tests.servers.telegram_server import TOKEN, TelegramServer


class _CalledPlatform(Platform):
    """The real adapter, whose route is served while it runs."""

    taken: socket.socket

    async def run(self, receive: Receive) -> None:
        async with serving_hook(self, receive, self.taken):
            await super().run(receive)


class Harness(PollingHarness):
    """The same group; its server calls."""

    def __init__(self) -> None:
        super().__init__(TelegramServer(local=True))

    async def __aenter__(self) -> Self:
        """Start the server, which gives the address the adapter is built with."""
        await self.server.start()
        taken = take_loopback()
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/behind/a/proxy"
        settings = Account.model_validate(
            {"token": TOKEN, "api_base": self.server.base, "receive": "webhook", "webhook": {"url": url}}
        )
        hook = hook_of(settings)
        assert hook is not None
        self.secrets = (*self.secrets, hook.key, hook.secret)
        platform = _CalledPlatform(settings, commands=COMMANDS, places=(self.place,), now=lambda: datetime.now(UTC))  # noqa: TID251 - the clock's own stand-in
        platform.server, platform.taken = self.server, taken
        self.platform, self._taken = platform, taken
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all."""
        await super().__aexit__(kind, error, trace)
        self._taken.close()
