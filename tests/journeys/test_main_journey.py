"""The product's main job as one story, the same on every platform: it shares, answers, calls a person, and counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.journeys.community import BUDI, DEWI, LARAS, NAMES, SARI, WIRA, Community, Posted
from tests.journeys.everywhere import EVERYWHERE
from tests.journeys.home import KEY, NEW, OLD, blog, write_config
from tests.journeys.on_discord import DiscordCommunity
from tests.journeys.on_telegram import TelegramCommunity
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

#: Longer than `handoff.after`.
LATER = timedelta(minutes=16)


@pytest.mark.parametrize("make", EVERYWHERE)
async def test_the_main_job_is_done_on_sqlite(make: Callable[[], Community], tmp_path: Path) -> None:
    """A new post is shared once, questions are answered with their source, and who takes part is known."""
    await _play(make(), tmp_path, store="sqlite:///konektor.db")


@pytest.mark.parametrize(
    "make", [pytest.param(TelegramCommunity, id="telegram"), pytest.param(DiscordCommunity, id="discord")]
)
async def test_the_main_job_is_done_on_postgresql(
    make: Callable[[], Community], tmp_path: Path, postgres_url: str
) -> None:
    """The database makes no difference."""
    await _play(make(), tmp_path, store=postgres_url)


async def _play(community: Community, folder: Path, *, store: str) -> None:
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, community:
        config = write_config(folder, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")}, store=store)
        async with running(config, community) as bot:
            await bot.read("blog")
            site.answers["/feed.xml"] = blog(OLD, NEW)
            await bot.read("blog")
            post = await _the_new_post_stands_there(community, bot)
            await _questions_are_answered(community)
            await _what_is_not_known_goes_to_a_person(community, bot)
            await bot.leap(LATER)
            await _people_are_met_politely(community, post)
            await bot.leap(LATER)
            await _who_takes_part_is_counted(community, bot, post)
            await bot.leap(LATER)
            await bot.read("blog")
            await _nothing_is_left_or_said_twice(community, bot)


async def _the_new_post_stands_there(community: Community, bot: Running) -> Posted:
    (post,) = await until(community.posted, "the new post")
    link = post.text.splitlines()[1]
    assert post.text == f"Ada cerita baru: {NEW.title}\n{link}"
    assert link.partition("?")[0] == NEW.link
    assert parse_qs(urlsplit(link).query) == {
        "utm_source": [community.platform],
        "utm_medium": ["community"],
        "utm_campaign": ["new-posts"],
    }
    card = link if bot.platforms[community.platform].limits.card_title else None
    assert (post.card, post.reply_to, post.notified, post.private) == (card, None, (), False)
    return post


async def _questions_are_answered(community: Community) -> None:
    asked = await community.says(BUDI, "berapa ongkir ke luar Jawa?", to_bot=True)
    answer = await _answer(community, asked)
    assert "Rp32.000 untuk pulau lain" in answer.text
    assert "Aku Tani, asisten otomatis Kopi Tani." in answer.text
    assert "Sumber:" in answer.text
    assert answer.links == ("https://kopitani.example/pengiriman",)

    asked = await community.says(SARI, "when do you roast?", to_bot=True)
    answer = await _answer(community, asked)
    assert "I'm Tani, the automated assistant of Kopi Tani." in answer.text
    assert "Source:" in answer.text
    assert len(answer.links) == 1


async def _what_is_not_known_goes_to_a_person(community: Community, bot: Running) -> None:
    asked = await community.says(BUDI, "apakah kalian menjual teh melati di Surabaya?", to_bot=True)
    answer = await _answer(community, asked)
    assert "belum menemukan jawabannya" in answer.text
    assert answer.notified == ()
    await bot.leap(LATER)
    _, call = await until(lambda: _answers(community, asked, count=2), "the hand-over")
    assert call.text.startswith("Laras, ")
    assert call.notified == (community.known_as(LARAS),)


async def _people_are_met_politely(community: Community, post: Posted) -> None:
    thanks = await community.says(BUDI, "makasih ya!", to_bot=True)
    assert (await _answer(community, thanks)).text == "Sama-sama!"
    before = len(community.posted())
    remark = await community.says(WIRA, "Gayo emang juara.", reply_to=post.id)
    await community.says(DEWI, "besok ngopi di mana?", reply_to=remark)
    await community.says(WIRA, "di kedai biasa aja", reply_to=remark)
    # whatever is heard after silence proves that the silence was meant
    last = await community.says(SARI, "thanks!", to_bot=True)
    assert (await _answer(community, last)).text == "You're welcome!"
    assert len(community.posted()) == before + 1


async def _who_takes_part_is_counted(community: Community, bot: Running, post: Posted) -> None:
    await community.joins(LARAS)
    await community.reacts(SARI, post.id, "👍")
    mine = await _answer(community, await community.commands(SARI, "me"))
    assert mine.private == bot.platforms[community.platform].traits.private_replies
    top = await _answer(community, await community.commands(SARI, "top"))
    assert top.private == mine.private
    ranks = await bot.ranks()
    assert {rank.member.id for rank in ranks} >= {community.known_as(each) for each in (BUDI, SARI, WIRA, DEWI)}
    assert {rank.name for rank in ranks} & set(NAMES.values()) == set()
    # the same order and pseudonyms, each with the word of the reader's language
    shown = [line.partition(". ")[2].partition(":")[0].split() for line in top.text.splitlines()[1:]]
    assert [alias for _, alias in shown] == [rank.name.split()[1] for rank in ranks]
    await _answer(community, await community.commands(WIRA, "optout"))
    unseen = await community.says(WIRA, "masih di sini kok")
    await _answer(community, await community.says(SARI, "halo", to_bot=True))
    events = await bot.events()
    assert [event.author and event.author.id for event in events if event.kind == "join"] == [community.known_as(LARAS)]
    assert [(event.author and event.author.id, event.emoji) for event in events if event.kind == "reaction"] == [
        (community.known_as(SARI), "👍")
    ]
    assert [event.author for event in events if event.message_id == unseen] == [None]
    assert community.known_as(WIRA) not in {rank.member.id for rank in await bot.ranks()}


async def _nothing_is_left_or_said_twice(community: Community, bot: Running) -> None:
    assert await bot.unsettled() == []
    assert [share.state for share in await bot.shares()] == ["queued"]
    posted = community.posted()
    assert [row.message_id for row in await bot.sent()] == [each.id for each in posted]
    assert [each for each in posted if each.reply_to is None] == posted[:1]
    assert [(question.command, outcome.state) for question, outcome in await bot.questions()] == [
        ("ask", "answered"),
        ("ask", "answered"),
        ("ask", "handed_over"),
        ("me", "answered"),
        ("top", "answered"),
    ]


async def _answer(community: Community, asked: str) -> Posted:
    (answer,) = await until(lambda: _answers(community, asked, count=1), f"an answer to {asked}")
    return answer


def _answers(community: Community, asked: str, *, count: int) -> list[Posted]:
    answers = [each for each in community.posted() if each.reply_to == asked]
    return answers if len(answers) >= count else []
