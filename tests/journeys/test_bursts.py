"""Many messages at once: every one of them is in the log, on every platform."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.assemble import Assembly, load_config, serving
from tests.journeys.community import BUDI, DEWI, SARI, WIRA, Community
from tests.journeys.everywhere import EVERYWHERE
from tests.journeys.home import KEY, OLD, SAMPLE_FAQ, blog, write_config
from tests.journeys.on_console import Talk
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

BURST = 500


@pytest.mark.parametrize("make", EVERYWHERE)
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


async def test_a_burst_at_the_terminal_is_logged_whole(tmp_path: Path) -> None:
    """A console shows no ids, so each line is known by its place: all of them, in order, each with its author."""
    people = (BUDI, SARI, WIRA, DEWI)
    shutil.copyfile(SAMPLE_FAQ, tmp_path / "faq.yaml")
    config = tmp_path / "config.yaml"
    config.write_text(
        "brand: {name: Kopi Tani, bot_name: Tani, languages: [id]}\n"
        "store: {url: 'sqlite:///konektor.db'}\n"
        "communities: {terminal: {platform: console, language: id}}\n"
        "sources: {faq: {type: faq, path: faq.yaml}}\n"
        "answers: {from: [faq], embedder: none}\n",
        encoding="utf-8",
    )
    brand = load_config(config, {}).brand_or_refuse()
    async with (
        Talk("terminal") as talk,
        serving(brand, own_process=False, platforms=talk.platforms) as (service, parts, _),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(service.run())
        for number in range(BURST):
            await talk.says(people[number % 4], f"pesan nomor {number}")
        log = _Log(parts)
        await until(log.is_whole, "the whole burst")
        service.stop()
    assert log.authors == [people[number % 4] for number in range(BURST)]


class _Log:
    """What a store holds of messages."""

    def __init__(self, parts: Assembly) -> None:
        self._parts = parts
        self.authors: list[str | None] = []

    async def is_whole(self) -> bool:
        """Read it; whether as much stands in it as was said."""
        async with self._parts.store.read(self._parts.brand.id) as work:
            events = await work.events.since(None, self._parts.clock.now() - timedelta(days=1))
        self.authors = [event.author and event.author.id for event in events if event.kind == "message"]
        return len(self.authors) >= BURST


async def _logged(bot: Running, count: int) -> bool:
    return sum(event.kind == "message" for event in await bot.events()) >= count
