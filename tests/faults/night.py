"""A night in which the service dies again and again while members write and the blog grows, and what it came to."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.audit import Books, Verdict, judge_sends, read_books
from tests.faults.dooms import POINTS, Doom
from tests.faults.far_side import FarSide
from tests.faults.life import Life
from tests.journeys.home import SAMPLE_FAQ, BlogPost, blog
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

#: How many communities the blog is shared with; members write in all the side has.
SHARED_WITH = 3
#: How much is written while it starts, and once it listens.
MESSAGES = 2, 4
#: How long a life lasts at most once the service listens, and how long one that is doomed waits for its moment.
LIFE_SECONDS, DOOMED_SECONDS = 0.8, 3.0
#: How long what has piled up may take in the end: on a busy machine every life is too short for its work.
DAY_SECONDS = 600.0
#: What members write: to the bot, and to each other.
QUESTIONS = (
    "berapa ongkir ke luar Jawa?",
    "when do you roast?",
    "jam berapa kedai buka?",
    "do you sell wholesale?",
    "apakah kopinya halal?",
)
CHATTER = ("pagi semua", "besok ngopi di mana?", "finally tried the Gayo, lovely")


class Night:
    """What goes on around the service while it lives and dies; an async context manager."""

    def __init__(self, side: FarSide, site: FeedServer, *, store: str, folder: Path, chance: random.Random) -> None:
        """`store` is the database's address; `chance` decides when it dies where no doom does."""
        self._side = side
        self._site = site
        self._store = store
        self._folder = folder
        self._chance = chance
        #: What members have asked the bot, by channel and message.
        self._asked: list[tuple[str, str]] = []
        self._said: list[tuple[str, str]] = []
        self._posts = 1
        self._number = 0
        self._may_write = 0
        self._life: Life | None = None
        #: How often it died at each of its dooms.
        self.died_at: Counter[str] = Counter()
        (folder / "faq.yaml").write_bytes(SAMPLE_FAQ.read_bytes())
        self._config = folder / "config.yaml"

    async def __aenter__(self) -> Self:
        """The evening."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no process running, however the night went."""
        if self._life is not None:
            await self._life.kill()

    async def last(self, kills: int) -> Verdict:
        """Let the service die so often, then live until everything is done; return what came of it all."""
        await self._read_the_blog_once()
        points = self._chance.sample(POINTS, len(POINTS))
        async with self._members():
            for number in range(kills):
                # by turns: at the named moments one after the other, and at any moment
                await self._die(points[(number // 2) % len(points)] if number % 2 == 0 else None)
        life = await self._begin()
        books = await until(self._settled_books, f"everything to be done; see {self._told}", patience=DAY_SECONDS)
        life.terminate()
        ended = await life.end(within=20)
        verdict = self._judge(books)
        if ended != 0:
            verdict = replace(verdict, breaches=(*verdict.breaches, f"it ended with {ended} when asked to stop"))
        return verdict

    @property
    def _told(self) -> Path:
        return self._folder / "said.txt"

    async def _read_the_blog_once(self) -> None:
        """Let the blog be read in peace: what stands there then is old."""
        life = await self._begin()
        await until(self._has_read, f"the first reading of the blog; see {self._told}")
        life.terminate()
        await life.end(within=20)

    async def _has_read(self) -> bool:
        return bool((await read_books(self._config, self._side.environment)).posts)

    async def _die(self, point: str | None) -> None:
        doom = None if point is None else Doom(point=point, turn=self._chance.choice((1, 1, 2)))
        if self._number % 4 == 1 or point in ("before read feed", "after read feed"):
            self._posts += 1
        life = await self._begin(doom)
        if await life.end(within=self._chance.uniform(0, LIFE_SECONDS) if doom is None else DOOMED_SECONDS) is None:
            await life.kill()
        elif point is not None:
            self.died_at[point] += 1

    async def _begin(self, doom: Doom | None = None) -> Life:
        """Start the service and return once it listens, or is dead already."""
        self._number += 1
        self._may_write += MESSAGES[0]
        posts = (BlogPost(slug=f"c-{n}", title=f"Cerita nomor {n}", summary="Dari kebun.") for n in range(self._posts))
        self._site.answers["/feed.xml"] = blog(*posts)
        # another address is read at once, where the same one would be read again only after a minute
        feed = self._site.url(f"/feed.xml?life={self._number}")
        self._config.write_text(self._configuration(feed), encoding="utf-8")
        heard = asyncio.create_task(self._side.is_heard())
        await asyncio.sleep(0)
        life = self._life = Life(self._config, environment=self._side.environment, told=self._told, doom=doom)
        life.begin()
        ended = asyncio.create_task(life.end(within=60))
        await asyncio.wait((heard, ended), return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()
        await asyncio.gather(heard, return_exceptions=True)
        self._may_write += MESSAGES[1]
        return life

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

    async def _settled_books(self) -> Books | None:
        await asyncio.sleep(0.3)
        books = await read_books(self._config, self._side.environment)
        heard = not self._side.tells_again or len(self._heard(books)) == len(self._said)
        return books if books.is_settled and heard and len(books.posts) == self._posts else None

    @staticmethod
    def _heard(books: Books) -> list[tuple[str, str | None]]:
        return [(event.channel, event.message_id) for event in books.events if event.kind == "message"]

    def _judge(self, books: Books) -> Verdict:
        """Hold the books against what was written and what arrived."""
        sends = judge_sends(books, self._side.arrived())
        heard = self._heard(books)
        rows = (*books.sent, *books.unsettled)
        asked = Counter(key for key in self._asked if key in set(heard))
        replied = Counter((row.channel.channel, row.body.reply_to) for row in rows if row.kind == "reply")
        shares = Counter(share.id for share in books.shares)
        posted = Counter(row.share_id or "" for row in rows if row.kind == "post")
        lost = [f"asked, not answered: {key}" for key in (asked - replied).elements()]
        lost += [f"to be shared, not posted: {key}" for key in (shares - posted).elements()]
        missing = (self._posts - 1) * SHARED_WITH - len(books.shares)
        lost += [f"{missing} shares were never made"] * max(0, missing)
        if self._side.tells_again:
            lost += [f"written, not heard: {key}" for key in set(self._said) - set(heard)]
        twice = [f"answered more than once: {key}" for key in (replied - asked).elements()]
        twice += [f"shared more than once: {key}" for key in (posted - shares).elements()]
        twice += [f"heard {n} times: {key}" for key, n in Counter(heard).items() if n > 1]
        return replace(
            sends,
            lost=sends.lost + len(lost),
            duplicates=sends.duplicates + len(twice),
            breaches=(*sends.breaches, *lost, *twice),
        )

    def _configuration(self, feed: str) -> str:
        places = "".join(
            f"  {key}:\n    platform: {self._side.platform}\n{address}" for key, address in self._side.addresses.items()
        )
        return f"""\
brand: {{name: Kopi Tani, bot_name: Tani, languages: [id, en]}}
store: {{url: "{self._store}"}}
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
    to: [{", ".join(list(self._side.addresses)[:SHARED_WITH])}]
    when: as_published
answers: {{from: [faq], confidence: balanced, embedder: none}}
"""
