"""Many messages at once: every one of them is in the log, on every platform."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.community import BUDI, DEWI, SARI, WIRA, Community
from tests.journeys.home import KEY, OLD, blog, write_config
from tests.journeys.on_discord import DiscordCommunity
from tests.journeys.on_matrix import MatrixCommunity
from tests.journeys.on_sandbox import SandboxCommunity
from tests.journeys.on_telegram import TelegramCommunity
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

BURST = 500


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(SandboxCommunity, id="sandbox"),
        pytest.param(TelegramCommunity, id="telegram"),
        pytest.param(DiscordCommunity, id="discord"),
        pytest.param(MatrixCommunity, id="matrix"),
    ],
)
async def test_a_burst_is_logged_whole(make: Callable[[], Community], tmp_path: Path) -> None:
    """500 messages of four people in one room, each once and with its author."""
    people = (BUDI, SARI, WIRA, DEWI)
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, make() as community:
        config = write_config(tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")})
        async with running(config, community) as bot:
            said = {
                await community.says(people[number % 4], f"pesan nomor {number}"): people[number % 4]
                for number in range(BURST)
            }
            await until(lambda: _logged(bot, BURST), "the whole burst")
            messages = [event for event in await bot.events() if event.kind == "message"]
    assert {event.message_id: event.author and event.author.id for event in messages} == {
        message: community.known_as(person) for message, person in said.items()
    }
    assert len(messages) == BURST


async def _logged(bot: Running, count: int) -> bool:
    return sum(event.kind == "message" for event in await bot.events()) >= count
