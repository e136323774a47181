"""A night in which the service dies again and again while members write and the blog grows, and what it came to."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from bot.clock import SystemClock
from bot.flows.deliver_posts import MARGIN
from tests.faults.audit import Books, Verdict, read_books
from tests.faults.dooms import Doom
from tests.faults.far_side import FarSide
from tests.faults.judge import EARLY, find_unheard, judge_night
from tests.faults.life import SENDING, Life
from tests.journeys.home import SAMPLE_FAQ, BlogPost, blog
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

#: How many communities the blog is shared with as it grows; one more gets it at a time of the day.
SHARED_WITH = 3
#: How much is written while it starts, and once it listens.
MESSAGES = 2, 4
#: While a doomed one waits for its moment, a message comes this often, in seconds.
MEANWHILE_SECONDS = 0.4
#: How long a life lasts at most once the service listens.
LIFE_SECONDS = 0.8
#: In the end it may take as long as it takes, on however busy a machine, while something moves at least this often.
STALL_SECONDS = 120.0
#: How far back the campaigns begin: at every start another time of that day has come.
DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Jakarta")
#: What members write: to the bot, and to each other.
QUESTIONS = (
    "berapa ongkir ke luar Jawa?",
    "when do you roast?",
    "jam berapa kedai buka?",
    "do you sell wholesale?",
    "apakah kopinya halal?",
    "is there a discount for students?",
)
CHATTER = ("pagi semua", "besok ngopi di mana?", "finally tried the Gayo, lovely")


class Night:
    """What goes on around the service while it lives and dies; an async context manager."""

    def __init__(
        self,
        side: FarSide,
        site: FeedServer,
        *,
        store: str,
        folder: Path,
        chance: random.Random,
        doomed_seconds: float = 3.0,
    ) -> None:
        """`store` is the database's address; `chance` decides when it dies where no doom does.

        One that is doomed waits `doomed_seconds` for its moment; then it is killed from outside.
        """
        self._side = side
        self._site = site
        self._store = store
        self._folder = folder
        self._chance = chance
        self._doomed_seconds = doomed_seconds
        #: What members have asked the bot, by channel and message.
        self._asked: list[tuple[str, str]] = []
        self._said: list[tuple[str, str]] = []
        self._posts = 1
        #: How often each post was corrected, by its number.
        self._corrections: Counter[int] = Counter()
        self._number = 0
        self._may_write = 0
        self._life: Life | None = None
        self._killed_at: list[datetime] = []
        #: How often it died at each of its dooms.
        self.died_at: Counter[str] = Counter()
        (folder / "faq.yaml").write_bytes(SAMPLE_FAQ.read_bytes())
        self._config = folder / "config.yaml"
        self._began = SystemClock().now().astimezone(ZONE)

    async def __aenter__(self) -> Self:
        """The evening."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no process running, however the night went."""
        if self._life is not None:
            await self._life.kill()

    async def last(self, deaths: Sequence[str | None]) -> Verdict:
        """Let the service die each of these deaths, then live until everything is done; return what came of it all.

        A death is one of `POINTS`, or None for any moment.
        """
        # what stands in the blog at first is old; what comes then is new
        await self._live_until_posted(behind=DAY)
        self._posts += 1
        await self._live_until_posted()
        async with self._members():
            for death in deaths:
                await self._die(death)
        return await self._see_out(await self._begin())

    async def outlive(self, storm: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]) -> Verdict:
        """Let `storm` rage around one life that is not killed; return what came of it all.

        `storm` is given what lets a member write.
        """
        await self._live_until_posted(behind=DAY)
        self._posts += 1
        async with self._members():
            life = await self._begin()

            async def let_write() -> None:
                self._may_write += 1
                await asyncio.sleep(0.1)

            await storm(let_write)
        return await self._see_out(life)

    @contextlib.asynccontextmanager
    async def struck(self) -> AsyncIterator[None]:
        """Let what happens in the block count as a reason for doubt about the sends it meets, as a kill does."""
        self._killed_at.append(SystemClock().now())
        yield
        self._killed_at.append(SystemClock().now())

    @property
    def said(self) -> str:
        """Everything the service has written, in all its lives."""
        return self._told.read_text(encoding="utf-8", errors="replace")

    @property
    def _told(self) -> Path:
        return self._folder / "said.txt"

    async def _see_out(self, life: Life) -> Verdict:
        """Wait until everything is done, end the last life and judge."""
        books, stalled = await self._settle()
        life.terminate()
        ended = await life.end(within=20)
        verdict = self._judge(books)
        faults = [] if ended == 0 else [f"it ended with {ended} when asked to stop"]
        if stalled:
            faults.append(f"nothing moved for {STALL_SECONDS:.0f} s; see {self._told}")
        return replace(verdict, breaches=(*verdict.breaches, *faults))

    async def _live_until_posted(self, *, behind: timedelta = timedelta(0)) -> None:
        """Live in peace until the blog was read and shared; the service's clock is `behind`."""
        life = await self._begin(behind=behind)

        async def is_done() -> bool:
            books = await read_books(self._config, self._side.environment)
            return len(books.posts) == self._posts and len(books.posted) >= (self._posts - 1) * SHARED_WITH

        await until(is_done, f"the blog to be read and shared in peace; see {self._told}")
        life.terminate()
        await life.end(within=20)

    async def _die(self, point: str | None) -> None:
        doom = None if point is None else Doom(point=point)
        what = "" if point is None else point.partition(" ")[2]
        if self._number % 4 == 1 or what in ("read feed", "plan", "release"):
            self._posts += 1
        if what in ("correct", "edit"):
            # this one was shared in peace
            self._corrections[1] += 1
        elif self._number % 5 == 1:
            self._corrections[self._chance.randrange(1, self._posts)] += 1
        life = await self._begin(doom)
        if doom is None:
            ended = await life.end(within=self._chance.uniform(0, LIFE_SECONDS))
        else:
            ended = await self._wait_for_doom(life)
        if ended is None:
            await life.kill()
        elif point is not None:
            self.died_at[point] += 1
        self._killed_at.append(SystemClock().now())

    async def _wait_for_doom(self, life: Life) -> int | None:
        ends = asyncio.get_running_loop().time() + self._doomed_seconds
        while asyncio.get_running_loop().time() < ends:
            if (ended := await life.end(within=MEANWHILE_SECONDS)) is not None:
                return ended
            self._may_write += 1
        return None

    async def _begin(self, doom: Doom | None = None, *, behind: timedelta = timedelta(0)) -> Life:
        """Start the service and return once it listens, or is dead already."""
        self._number += 1
        self._may_write += MESSAGES[0]
        self._site.answers["/feed.xml"] = blog(*map(self._write_post, range(self._posts)))
        # another address is read at once, where the same one would be read again only after a minute
        feed = self._site.url(f"/feed.xml?life={self._number}")
        self._config.write_text(self._configuration(feed), encoding="utf-8")
        heard = asyncio.create_task(self._side.is_heard())
        await asyncio.sleep(0)
        life = self._life = Life(
            self._config, environment=self._side.environment, told=self._told, doom=doom, behind=behind
        )
        life.begin()
        ended = asyncio.create_task(life.end(within=60))
        await asyncio.wait((heard, ended), return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()
        await asyncio.gather(heard, return_exceptions=True)
        self._may_write += MESSAGES[1]
        return life

    def _write_post(self, number: int) -> BlogPost:
        edition = f", edisi {corrections + 1}" if (corrections := self._corrections[number]) else ""
        return BlogPost(slug=f"c-{number}", title=f"Cerita nomor {number}{edition}", summary="Dari kebun.")

    @contextlib.asynccontextmanager
    async def _members(self) -> AsyncIterator[None]:
        """Let members write until the end of the block."""
        writing = asyncio.create_task(self._write())
        try:
            yield
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing

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

    async def _settle(self) -> tuple[Books, bool]:
        """Return the books once everything is done, or, and then True, once nothing has moved for long."""
        clock = asyncio.get_running_loop().time
        before, moved_at = None, clock()
        while True:
            await asyncio.sleep(0.3)
            books = await read_books(self._config, self._side.environment)
            if books.is_settled and not find_unheard(books, self._side, self._said) and len(books.posts) == self._posts:
                return books, False
            if books != before:
                before, moved_at = books, clock()
            if clock() - moved_at > STALL_SECONDS:
                return books, True

    def _judge(self, books: Books) -> Verdict:
        return judge_night(
            books,
            self._side,
            said=self._said,
            asked=self._asked,
            shares=(self._posts - 1) * SHARED_WITH,
            killed_at=self._killed_at,
            # and a little for noticing that it is dead
            within=SENDING + 2 * MARGIN,
        )

    def _configuration(self, feed: str) -> str:
        shared_with = list(self._side.addresses)
        # the times come one minute after the other, from a day ago
        time_of_day = (self._began + timedelta(minutes=self._number)).strftime("%H:%M")
        places = "".join(
            f"  {key}:\n    platform: {self._side.platform}\n{address}" for key, address in self._side.addresses.items()
        )
        return f"""\
brand: {{name: Kopi Tani, bot_name: Tani, languages: [id, en]}}
store: {{url: "{self._store}"}}
platforms:
{self._side.accounts}
people:
  laras: {{{self._side.platform}: "{10**17}"}}
defaults: {{timezone: {ZONE}, quiet_hours: none, max_posts: none}}
communities:
{places}
feeds: {{allow_private_addresses: true}}
sources:
  blog: {{type: feed, url: "{feed}"}}
  faq: {{type: faq, path: faq.yaml}}
campaigns:
  {EARLY}:
    from: blog
    to: [{", ".join(shared_with[:SHARED_WITH])}]
    when: as_published
    on_edit: update
  by-the-clock:
    from: blog
    to: [{shared_with[SHARED_WITH]}]
    when: daily {time_of_day}
    if_missed: send_within 2d
    on_edit: update
answers: {{from: [faq], confidence: balanced, embedder: none, handoff: {{to: laras, after: 1s}}}}
"""
