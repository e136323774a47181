"""A service that is stopped and started again goes on where it was: nothing said twice, nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.journeys.community import BUDI, LARAS, SARI, Community, Posted
from tests.journeys.home import KEY, NEW, OLD, BlogPost, blog, write_config
from tests.journeys.on_discord import DiscordCommunity
from tests.journeys.on_matrix import MatrixCommunity
from tests.journeys.on_telegram import TelegramCommunity
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

NEWEST = BlogPost(slug="kelas-seduh", title="Kelas seduh Sabtu ini", summary="Bawa cangkir sendiri.")

#: Those whose members are still there when the service is not.
LASTING = [
    pytest.param(TelegramCommunity, id="telegram"),
    pytest.param(DiscordCommunity, id="discord"),
    pytest.param(MatrixCommunity, id="matrix"),
]


@pytest.mark.parametrize("make", LASTING)
async def test_a_restart_repeats_nothing_and_loses_nothing(make: Callable[[], Community], tmp_path: Path) -> None:
    """What was done stays done; what was begun is finished; what the platform tells again is known."""
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, make() as community:
        config = write_config(tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")})
        async with running(config, community) as bot:
            clock = bot.clock
            await bot.read("blog")
            site.answers["/feed.xml"] = blog(OLD, NEW)
            await bot.read("blog")
            answered = await community.says(BUDI, "berapa ongkir ke luar Jawa?", to_bot=True)
            await until(lambda: len(_answers(community, answered)) == 1, "the answer")
            unknown = await community.says(SARI, "do you sell jasmine tea in Surabaya?", to_bot=True)
            await until(lambda: len(_answers(community, unknown)) == 1, "the word that it is unsure")
            community.goes_away()
            delayed = await community.says(BUDI, "jam berapa kedai buka?", to_bot=True)
            await until(partial(_holds_back, bot), "a reply that could not be sent")
        assert _answers(community, delayed) == []
        asked_meanwhile = await community.says(SARI, "when do you roast?", to_bot=True)
        site.answers["/feed.xml"] = blog(OLD, NEW, NEWEST)

        async with running(config, community, clock=clock) as bot:
            await community.tells_again(answered)
            await community.tells_again(unknown)
            await until(lambda: _answers(community, delayed), "the reply that was due")
            last = await community.says(BUDI, "apakah kopinya halal?", to_bot=True)
            await until(lambda: _answers(community, last), "an answer to what came after")
            if community.keeps_updates:
                await until(lambda: _answers(community, asked_meanwhile), "an answer to what was asked meanwhile")
            await bot.leap(timedelta(minutes=16))
            await until(lambda: len(_answers(community, unknown)) == 2, "the hand-over that was due")
            await bot.read("blog")
            await until(lambda: len(_posts(community)) == 2, "the post of the time between")
            # what stands there may not be in the books yet
            await until(partial(_is_settled, bot), "everything to be recorded")
            assert [row.message_id for row in await bot.sent()] == [each.id for each in community.posted()]

        heard_meanwhile = 1 if community.keeps_updates else 0
        assert [len(_answers(community, asked)) for asked in (answered, unknown, delayed, asked_meanwhile, last)] == [
            1,
            2,
            1,
            heard_meanwhile,
            1,
        ]
        assert _answers(community, unknown)[1].notified == (community.known_as(LARAS),)
        assert [each.text.splitlines()[0] for each in _posts(community)] == [
            f"Ada cerita baru: {NEW.title}",
            f"Ada cerita baru: {NEWEST.title}",
        ]


async def _is_settled(bot: Running) -> bool:
    return not await bot.unsettled()


async def _holds_back(bot: Running) -> bool:
    return any(message.state == "retry" for message in await bot.unsettled())


def _answers(community: Community, asked: str) -> list[Posted]:
    return [each for each in community.posted() if each.reply_to == asked]


def _posts(community: Community) -> list[Posted]:
    return [each for each in community.posted() if each.reply_to is None]
