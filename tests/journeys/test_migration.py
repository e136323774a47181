"""A group becomes a supergroup while the service runs: members notice nothing, whatever config.yaml says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.journeys.community import DEWI, SARI
from tests.journeys.home import KEY, NEW, OLD, blog, write_config
from tests.journeys.on_telegram import TelegramCommunity
from tests.journeys.service import running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

SUPERGROUP = -1009876543210


@pytest.mark.parametrize("told", [True, False], ids=["told", "only-refused"])
async def test_a_supergroup_is_the_same_community(tmp_path: Path, *, told: bool) -> None:
    """A new post is shared there once, a question is answered, and who writes there counts; also after a restart.

    Also when the service message never came, and only the refused send tells of it.
    """
    community = TelegramCommunity()
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, community:
        config = write_config(
            tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")}, store="sqlite:///konektor.db"
        )
        async with running(config, community) as bot:
            await community.says(SARI, "selamat pagi semua")
            await bot.read("blog")
            old, community.chat = community.chat, SUPERGROUP
            waiting = len(community.world.pending)
            community.world.migrate(old, SUPERGROUP)
            if not told:
                del community.world.pending[waiting:]
            site.answers["/feed.xml"] = blog(OLD, NEW)
            await bot.read("blog")
            await until(lambda: bool(community.posted()), "the post in the supergroup")
            await bot.leap(timedelta(minutes=1))
        async with running(config, community, clock=bot.clock) as bot:
            await community.commands(DEWI, "help")
            await until(lambda: len(community.posted()) == 2, "the answer in the supergroup")
            events = await bot.events()
    assert [sent.chat_id for sent in community.server.sent] == [SUPERGROUP, SUPERGROUP]
    assert {event.community for event in events} == {KEY}
    assert {event.channel for event in events} == {str(old), str(SUPERGROUP)}
