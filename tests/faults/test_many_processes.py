"""Several identical processes on one PostgreSQL: they share the work, and from outside they look like one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.audit import Books, judge_sends, read_books
from tests.faults.far_side import TelegramSide
from tests.faults.program import Program, start
from tests.journeys.home import SAMPLE_FAQ, BlogPost, blog
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

PROCESSES = 3
CHATS = 4
POSTS = tuple(
    BlogPost(slug=f"cerita-{number}", title=f"Cerita nomor {number}", summary="Dari kebun.") for number in range(3)
)
QUESTIONS = ("berapa ongkir ke luar Jawa?", "jam berapa kedai buka?")


async def test_they_share_the_work_and_one_takes_over_from_another(postgres_url: str, tmp_path: Path) -> None:
    """Each post and answer goes out once, in order, within the limits; one polls at a time, and none is needed."""
    async with FeedServer({}) as site, TelegramSide(CHATS) as side:
        brand = _Brand(side, site, postgres_url, tmp_path)
        async with brand.running(1):
            # what stands in the blog now is old
            await until(brand.has_read, "the first reading of the blog")
        brand.grow(len(POSTS))
        async with brand.running(PROCESSES) as programs:
            polling = await _who_polls(programs)
            await brand.ask(2 * CHATS)
            await until(brand.is_settled, "everything to be sent")
            await polling.kill()
            others = [program for program in programs if program is not polling]
            # nobody listens now: what is written has to wait, and must not be lost
            await brand.ask(CHATS)
            await _who_polls(others)
            books = await until(brand.is_settled, "what was written meanwhile to be answered")
            for program in others:
                program.terminate()
            assert [await program.end() for program in others] == [0] * len(others)
        verdict = judge_sends(books, side.arrived())
        assert (verdict.breaches, verdict.unknown) == ((), 0)
        posts = Counter((sent.channel.channel, "".join(span.text for span in sent.body.spans)) for sent in books.posted)
        assert set(posts.values()) == {1}
        assert len(posts) == CHATS * (len(POSTS) - 1)
        replied = sorted((sent.channel.channel, sent.body.reply_to) for sent in books.replied)
        assert replied == sorted(brand.asked)
        assert [refusal for refusal in side.refused if refusal[1] in (409, 429)] == []


async def _who_polls(programs: list[Program]) -> Program:
    """Return the one that listens, once one does."""

    def look() -> Program | None:
        return next((program for program in programs if "lease taken" in program.said), None)

    return await until(look, "a process to listen")


class _Brand:
    """One brand's files and members."""

    def __init__(self, side: TelegramSide, site: FeedServer, store: str, folder: Path) -> None:
        self._side = side
        self._site = site
        self._store = store
        self._folder = folder
        self._config = folder / "config.yaml"
        self._posts = 0
        #: What members have asked the bot, by channel and message.
        self.asked: list[tuple[str, str | None]] = []
        (folder / "faq.yaml").write_bytes(SAMPLE_FAQ.read_bytes())
        self.grow(1)

    def grow(self, posts: int) -> None:
        """Let the blog have so many posts, under an address that is read at once."""
        self._posts = posts
        self._site.answers["/feed.xml"] = blog(*POSTS[:posts])
        feed = self._site.url(f"/feed.xml?posts={posts}")
        self._config.write_text(_configuration(self._side, self._store, feed), encoding="utf-8")

    @asynccontextmanager
    async def running(self, count: int) -> AsyncIterator[list[Program]]:
        """Run so many processes; those that still run at the end are stopped."""
        programs = [await self._start(number) for number in range(count)]
        try:
            yield programs
            for program in programs:
                if program.is_running:
                    program.terminate()
                    await program.end()
        finally:
            for program in programs:
                await program.kill()

    async def _start(self, number: int) -> Program:
        told = self._folder / f"said-{self._posts}-{number}.txt"
        return await start(self._config, environment=self._side.environment, told=told, module="tests.faults.impatient")

    async def ask(self, times: int) -> None:
        """Let members ask the bot, in one chat after the other."""
        for _ in range(times):
            number = len(self.asked)
            text = QUESTIONS[number % len(QUESTIONS)]
            # somebody else each time, since one member may ask ten questions an hour
            self.asked.append(await self._side.says(number, 10**9 + number, text, to_bot=True))

    async def has_read(self) -> bool:
        """Whether the blog was read."""
        return bool((await read_books(self._config, self._side.environment)).posts)

    async def is_settled(self) -> Books | None:
        """Return the books once everything asked and published so far is done."""
        await asyncio.sleep(0.3)
        books = await read_books(self._config, self._side.environment)
        done = books.is_settled and len(books.posts) == self._posts and len(books.replied) == len(self.asked)
        return books if done and len(books.shares) == CHATS * (self._posts - 1) else None


def _configuration(side: TelegramSide, store: str, feed: str) -> str:
    places = "".join(f"  {key}:\n    platform: {side.platform}\n{address}" for key, address in side.addresses.items())
    return f"""\
brand: {{name: Kopi Tani, bot_name: Tani, languages: [id, en]}}
store: {{url: "{store}"}}
platforms:
{side.accounts}
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
    to: [{", ".join(side.addresses)}]
    when: as_published
answers: {{from: [faq], confidence: balanced}}
"""
