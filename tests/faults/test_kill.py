"""kill -9 at any moment, again and again: nothing that was committed is lost, and nothing is said twice.

KONEKTOR_KILLS asks for a longer night than the suite's, KONEKTOR_SEED for another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from bot.clock import SystemClock
from tests.faults.audit import Books, check_order, check_sends, read_books
from tests.faults.far_side import DiscordSide, FarSide, TelegramSide
from tests.faults.program import Program, start
from tests.journeys.home import SAMPLE_FAQ, BlogPost, blog
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

KILLS = int(os.environ.get("KONEKTOR_KILLS", "8"))  # noqa: TID251  # a tester's wish, no setting
SEED = int(os.environ.get("KONEKTOR_SEED", "1"))  # noqa: TID251  # same
COMMUNITIES = 6
#: How much is written while it starts, and once it listens.
MESSAGES = 2, 4
#: For how long Discord knows a send again (`adapters.discord.settings.TRAITS`), less what a slow start takes of it.
RECALLED_FOR = timedelta(seconds=30)
#: What members write: to the bot, and to each other.
QUESTIONS = (
    "berapa ongkir ke luar Jawa?",
    "when do you roast?",
    "jam berapa kedai buka?",
    "do you sell wholesale?",
    "apakah kopinya halal?",
)
CHATTER = ("pagi semua", "besok ngopi di mana?", "finally tried the Gayo, lovely")
POSTS = tuple(
    BlogPost(slug=f"cerita-{number}", title=f"Cerita nomor {number}", summary="Dari kebun.") for number in range(100)
)


@pytest.mark.parametrize("make", [pytest.param(TelegramSide, id="telegram"), pytest.param(DiscordSide, id="discord")])
async def test_a_night_of_kills(make: Callable[[int], FarSide], tmp_path: Path) -> None:
    """However often it dies, every question that was taken is answered once, and every post is shared once."""
    chance = random.Random(SEED)
    async with FeedServer({}) as site, make(COMMUNITIES) as side, _Night(side, site, tmp_path, chance) as night:
        await night.first_reading()
        async with night.members():
            for life in range(1, KILLS + 1):
                program = await night.start(life)
                await asyncio.sleep(chance.uniform(0, 1.2))
                await program.kill()
        program = await night.start(KILLS + 1)
        books = await night.settled()
        program.terminate()
        assert await program.end() == 0
        night.check(books)


class _Night:
    """What goes on around the program while it lives and dies."""

    def __init__(self, side: FarSide, site: FeedServer, folder: Path, chance: random.Random) -> None:
        self._side = side
        self._site = site
        self._folder = folder
        self._chance = chance
        #: What members have asked the bot, by channel and message.
        self._asked: list[tuple[str, str]] = []
        self._said: list[tuple[str, str]] = []
        (folder / "faq.yaml").write_bytes(SAMPLE_FAQ.read_bytes())
        self._config = folder / "config.yaml"
        self._posts = 1
        self._may_write = 0
        self._recalled_since = SystemClock().now()
        self._program: Program | None = None

    async def __aenter__(self) -> Self:
        """The evening."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no program running, however the night went."""
        if self._program is not None:
            await self._program.kill()

    async def first_reading(self) -> None:
        """Let the blog be read once in peace: what stands there then is old."""
        program = await self.start(0)
        await until(self._has_read, "the first reading of the blog")
        program.terminate()
        assert await program.end() == 0

    async def start(self, life: int) -> Program:
        """Start the program and return once it listens; every few lives the blog has grown."""
        self._may_write += MESSAGES[0]
        if life % 4 == 1:
            self._posts += 1
        self._site.answers["/feed.xml"] = blog(*POSTS[: self._posts])
        # another address is read at once, where the same one would be read again only after a minute
        self._config.write_text(self._configuration(self._site.url(f"/feed.xml?life={life}")), encoding="utf-8")
        heard = asyncio.create_task(self._side.is_heard())
        await asyncio.sleep(0)
        told = self._folder / "said.txt"
        # whatever was begun later is still known again when this life begins
        self._recalled_since = SystemClock().now() - RECALLED_FOR
        self._program = await start("run", self._config, environment=self._side.environment, told=told)
        await heard
        self._may_write += MESSAGES[1]
        return self._program

    async def _has_read(self) -> bool:
        return bool((await read_books(self._config, self._side.environment)).posts)

    @contextlib.asynccontextmanager
    async def members(self) -> AsyncIterator[None]:
        """Let members write until the end of the block."""
        writing = asyncio.create_task(self._write())
        try:
            yield
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing

    async def settled(self) -> Books:
        """Return the books once everything is done."""
        return await until(self._settled_books, "everything to be done")

    async def _settled_books(self) -> Books | None:
        await asyncio.sleep(0.5)
        books = await read_books(self._config, self._side.environment)
        return books if books.is_settled and len(books.posts) == self._posts else None

    def check(self, books: Books) -> None:
        """Hold the books against what was written and what arrived."""
        arrived = self._side.arrived()
        reliable = isinstance(self._side, TelegramSide)
        check_sends(books, arrived)
        forgotten = [row for row in books.unsettled if row.begun_at is not None and row.begun_at > self._recalled_since]
        # a lost answer is made up for where the platform knows a send again, unless its lives took minutes
        assert reliable or forgotten == []
        check_order(books, arrived)
        heard = [(event.channel, event.message_id) for event in books.events if event.kind == "message"]
        assert len(heard) == len(set(heard))
        assert set(heard) <= set(self._said)
        if reliable:
            # Telegram tells again whatever was not confirmed, so that nothing at all is lost
            assert set(heard) == set(self._said)
        asked = [key for key in self._asked if key in set(heard)]
        rows = (*books.sent, *books.unsettled)
        replied = [(row.channel.channel, row.body.reply_to) for row in rows if row.kind == "reply"]
        assert sorted(replied) == sorted(asked)
        assert len(self._asked) > KILLS
        assert asked
        assert {outcome.state for _, outcome in books.questions} == {"answered"}
        assert {share.state for share in books.shares} == {"queued"}
        assert len(books.shares) == (self._posts - 1) * COMMUNITIES
        assert sorted(row.share_id or "" for row in rows if row.kind == "post") == sorted(
            share.id for share in books.shares
        )

    async def _write(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(self._chance.uniform(0.02, 0.25))
            if number >= self._may_write:
                continue
            number += 1
            to_bot = self._chance.random() < 0.7
            text = self._chance.choice(QUESTIONS if to_bot else CHATTER)
            # somebody else each time, since one member may ask ten questions an hour
            said = await self._side.says(number, 10**17 + number, text, to_bot=to_bot)
            self._said.append(said)
            if to_bot:
                self._asked.append(said)

    def _configuration(self, feed: str) -> str:
        places = "".join(
            f"  {key}:\n    platform: {self._side.platform}\n{address}" for key, address in self._side.addresses.items()
        )
        return f"""\
brand: {{name: Kopi Tani, bot_name: Tani, languages: [id, en]}}
store: {{url: "sqlite:///konektor.db"}}
platforms:
{self._side.accounts}
defaults: {{timezone: Asia/Jakarta, quiet_hours: none, max_posts: none}}
communities:
{places}
feeds: {{allow_private_addresses: true}}
sources:
  blog: {{type: feed, url: "{feed}"}}
  faq: {{type: faq, path: faq.yaml}}
campaigns:
  new-posts:
    from: blog
    to: [{", ".join(self._side.addresses)}]
    when: as_published
answers: {{from: [faq], confidence: balanced}}
"""
