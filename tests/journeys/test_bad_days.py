"""What goes wrong stays where it went wrong: a feed, a token, a channel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.community import BUDI, Community
from tests.journeys.home import KEY, NEW, OLD, blog, write_config
from tests.journeys.on_discord import DiscordCommunity
from tests.journeys.on_matrix import MatrixCommunity
from tests.journeys.on_sandbox import SandboxCommunity
from tests.journeys.on_telegram import TelegramCommunity
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import Answer, FeedServer, feed, gzip_bomb

QUESTION = "berapa ongkir ke luar Jawa?"


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(Answer(status=500), id="dead"),
        pytest.param(gzip_bomb(50), id="huge"),
        pytest.param(Answer(hang=True), id="slow"),
        pytest.param(feed(b"<rss><channel><item><title>half a"), id="malformed"),
    ],
)
async def test_a_bad_feed_harms_only_itself(bad: Answer, tmp_path: Path) -> None:
    """The other feed's post is shared and questions are answered meanwhile; the bad one is tried again later."""
    community = SandboxCommunity()
    async with FeedServer({"/good.xml": blog(OLD), "/bad.xml": feed()}) as site:
        feeds = {"bad": site.url("/bad.xml"), "good": site.url("/good.xml")}
        async with running(write_config(tmp_path, communities={KEY: community}, feeds=feeds), community) as bot:
            await bot.read("good")
            site.answers |= {"/good.xml": blog(OLD, NEW), "/bad.xml": bad}
            await bot.read("good")
            post = (await until(community.posted, "the good feed's post"))[0]
            assert post.text.startswith(f"Ada cerita baru: {NEW.title}")
            asked = await community.says(BUDI, QUESTION, to_bot=True)
            await until(lambda: [each for each in community.posted() if each.reply_to == asked], "an answer")


@pytest.mark.parametrize(
    ("refused", "welcome"),
    [
        pytest.param(TelegramCommunity, DiscordCommunity, id="telegram"),
        pytest.param(DiscordCommunity, TelegramCommunity, id="discord"),
        pytest.param(MatrixCommunity, TelegramCommunity, id="matrix"),
    ],
)
async def test_a_wrong_token_stops_only_its_platform(
    refused: Callable[[], TelegramCommunity | DiscordCommunity | MatrixCommunity],
    welcome: Callable[[], TelegramCommunity | DiscordCommunity],
    tmp_path: Path,
) -> None:
    """The others go on answering."""
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, refused() as one, welcome() as other:
        config = write_config(tmp_path, communities={"one": one, "other": other}, feeds={"blog": site.url("/feed.xml")})
        wrong = {name: value[:-1] + "0" for name, value in one.environment.items()}
        async with running(config, other, environment={**one.environment, **wrong}) as bot:
            asked = await other.says(BUDI, QUESTION, to_bot=True)
            await until(lambda: [each for each in other.posted() if each.reply_to == asked], "an answer")
            assert not bot.task.done()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(TelegramCommunity, "add the bot to the group again", id="telegram"),
        pytest.param(DiscordCommunity, "Send Messages", id="discord"),
        pytest.param(MatrixCommunity, "invite it", id="matrix"),
        pytest.param(SandboxCommunity, "warung", id="sandbox"),
    ],
)
async def test_a_lost_channel_fails_the_post_and_says_what_to_do(
    make: Callable[[], Community], words: str, tmp_path: Path
) -> None:
    """The post is not tried for ever, and the outbox names the clicks."""
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, make() as community:
        config = write_config(tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")})
        async with running(config, community) as bot:
            await bot.read("blog")
            community.is_lost()
            site.answers["/feed.xml"] = blog(OLD, NEW)
            await bot.read("blog")
            reason = await until(lambda: _failure(bot), "the failed post")
            assert words in reason
            assert community.posted() == []


async def _failure(bot: Running) -> str:
    return next((message.reason for message in await bot.unsettled() if message.state == "failed"), "")
