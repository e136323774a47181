"""What the tests of the Telegram adapter start from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.servers.telegram_server import TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Give a server with a group the bot administers."""
    async with TelegramServer() as opened:
        opened.world.add_group()
        yield opened
