"""What members say of an answer below it, the same on every platform: helpful, not helpful, or a person, please."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ports.platform import Acknowledging
from bot.ports.records import Ratings
from tests.journeys.community import BUDI, LARAS, SARI, WIRA, Community, Posted
from tests.journeys.everywhere import EVERYWHERE
from tests.journeys.home import KEY, OLD, blog, write_config
from tests.journeys.service import LONG_AGO, Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

#: What those who choose are told, in the language of the answer they choose below.
TOLD = sorted(
    (
        "Terima kasih, senang mengetahuinya!",
        "Terima kasih, senang mengetahuinya!",
        "Terima kasih. Tim Kopi Tani akan melihat bahwa jawaban ini tidak membantu.",
        "Thank you. Kopi Tani's people will see that this answer did not help.",
        "Aku panggilkan orangnya.",
        "Orangnya sudah dipanggil.",
    )
)


@pytest.mark.parametrize("make", EVERYWHERE)
async def test_members_say_what_an_answer_was_worth(make: Callable[[], Community], tmp_path: Path) -> None:
    """One vote per member and answer, the last one holds; a person is called once, in the question's own words."""
    community = make()
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, community:
        config = write_config(
            tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")}, store="sqlite:///konektor.db"
        )
        async with running(config, community) as bot:
            asked = await community.says(BUDI, "berapa ongkir ke luar Jawa?", to_bot=True)
            answer = await _answer(community, asked)
            in_english = await _answer(community, await community.says(SARI, "when do you roast?", to_bot=True))

            await community.chooses(BUDI, answer.id, "👍")
            await community.chooses(WIRA, answer.id, "👍")
            await community.chooses(SARI, in_english.id, "👎")
            await until(lambda: _rated(bot, (0, 1), (2, 0)), "three votes")
            await community.chooses(WIRA, answer.id, "👎")
            await until(lambda: _rated(bot, (0, 1), (1, 1)), "a vote that was changed")

            for person in (SARI, WIRA):
                await community.chooses(person, answer.id, "🙋")
            _, call = await until(lambda: _answers(community, asked, count=2), "the call for a person")
            assert call.text.startswith("Laras, ")
            assert call.notified == (community.known_as(LARAS),)
            if isinstance(bot.platforms[community.platform], Acknowledging):
                await until(lambda: sorted(community.told()) == TOLD, "an answer to every choice, in its language")
            states = [(question.command, outcome.state) for question, outcome in await bot.questions()]
            assert states == [("ask", "answered"), ("ask", "answered"), ("person", "handed_over")]


async def _rated(bot: Running, *counts: tuple[int, int]) -> bool:
    """Whether there are answers that so many found helpful, and so many not."""
    async with bot.parts.store.read(bot.parts.brand.id) as work:
        ratings = await work.questions.ratings(bot.clock.now() - LONG_AGO)
    return sorted(ratings.values(), key=lambda each: each.helpful) == [
        Ratings(helpful=helpful, unhelpful=unhelpful) for helpful, unhelpful in counts
    ]


async def _answer(community: Community, asked: str) -> Posted:
    (answer,) = await until(lambda: _answers(community, asked, count=1), f"an answer to {asked}")
    return answer


def _answers(community: Community, asked: str, *, count: int) -> list[Posted]:
    answers = [each for each in community.posted() if each.reply_to == asked]
    return answers if len(answers) >= count else []
