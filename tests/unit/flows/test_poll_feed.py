"""Reading one feed: what is new, what is the same, and what a failure leaves behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.brand import Backlog, FeedSource
from bot.campaigns.select import select
from bot.clock import ReplayClock
from bot.compute import InlineCompute
from bot.errors import FeedFault
from bot.flows.poll_feed import Poll, poll_feed
from bot.ports.reading import Fetched, Validators
from bot.ports.records import SourceState
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign
from tests.unit.conversation.sample import BRAND
from tests.unit.flows.sample import BLOG, move


class Web:
    """A web that gives what it is told to, in turn, and remembers what it was asked."""

    def __init__(self, *answers: bytes | FeedFault | None, moved_to: str | None = None) -> None:
        self._answers = list(answers)
        self._moved_to = moved_to
        self.asked: list[tuple[str, Validators]] = []

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """Give the next answer; None is "304 Not Modified"."""
        self.asked.append((url, validators))
        answer = self._answers.pop(0)
        if isinstance(answer, FeedFault):
            raise answer
        return Fetched(
            body=answer,
            content_type="application/rss+xml",
            url=url,
            moved_to=self._moved_to,
            validators=Validators(etag=f'"{len(self.asked)}"'),
        )

    async def close(self) -> None:
        """Hold nothing."""


class Reader:
    """Polls the blog over one store and clock."""

    def __init__(self, store: Transactions, clock: ReplayClock, compute: InlineCompute) -> None:
        self.store = store
        self.clock = clock
        self._compute = compute

    async def poll(self, web: Web, source: FeedSource = BLOG) -> Poll:
        """Read the feed once."""
        return await poll_feed(
            source, brand_id=BRAND.id, store=self.store, fetcher=web, compute=self._compute, clock=self.clock
        )

    async def verdicts(self, web: Web, source: FeedSource = BLOG) -> list[tuple[str, str]]:
        """Read the feed once and return each title with what was decided about it."""
        return [(post.title, seen.verdict) for post, seen in (await self.poll(web, source)).sightings]

    async def state(self) -> SourceState:
        """Return where the reading stands."""
        async with self.store.read(BRAND.id) as work:
            state = await work.feeds.state("blog")
        assert state is not None
        return state


@pytest.fixture
async def reader(store: Transactions, clock: ReplayClock) -> AsyncIterator[Reader]:
    """A reader with a store of its own."""
    compute = InlineCompute()
    yield Reader(store, clock, compute)
    await compute.close()


def feed(*items: tuple[str, str], host: str = "kopi.example", words: str = "Words.") -> bytes:
    """Return an RSS feed of items by slug and title."""
    entries = "".join(
        f"<item><title>{title}</title><link>https://{host}/{slug}</link>"
        f"<guid>https://{host}/{slug}</guid><description>{words}</description></item>"
        for slug, title in items
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title>'
        f"<link>https://{host}/</link>{entries}</channel></rss>"
    ).encode()


ONE, TWO = ("one", "Brewing at home"), ("two", "Roasting by ear")


async def test_a_post_is_new_once(reader: Reader) -> None:
    """Then it is the same, and a further one is new beside it."""
    web = Web(feed(ONE), feed(ONE), feed(TWO, ONE))
    assert await reader.verdicts(web) == [(ONE[1], "new")]
    assert await reader.verdicts(web) == [(ONE[1], "same")]
    assert await reader.verdicts(web) == [(TWO[1], "new"), (ONE[1], "same")]


async def test_a_correction_is_the_same_post(reader: Reader) -> None:
    """Its revision counts up, and when it was first seen stays."""
    web = Web(feed(ONE), feed(("one", "Brewing at home, corrected")))
    await reader.poll(web)
    await move(reader.clock, hours=1)
    poll = await reader.poll(web)
    ((post, seen),) = poll.sightings
    assert (seen.verdict, post.revision, post.first_seen_at, post.title) == (
        "changed",
        2,
        NOW,
        "Brewing at home, corrected",
    )
    assert poll.news


async def test_what_the_first_reading_brings_is_old(reader: Reader) -> None:
    """A campaign without a backlog shares nothing of it, and what comes later it does."""
    web = Web(feed(ONE), feed(TWO, ONE))
    await reader.poll(web)
    await move(reader.clock, hours=1)
    await reader.poll(web)
    async with reader.store.read(BRAND.id) as work:
        posts = await work.feeds.of_source("blog")
    shared = select(posts, a_campaign(), COMMUNITY, started_at=NOW, shared={})
    assert [post.title for post in shared] == [TWO[1]]


async def test_what_comes_up_from_before_the_first_reading_is_old(reader: Reader) -> None:
    """The archive listed again, without dates, is no news; and the latest post of a backlog stays the latest."""
    listed = [(f"post-{number}", f"Post {number}") for number in range(9, 0, -1)]
    web = Web(feed(*listed[1:4]), feed(*listed))
    await reader.poll(web)
    await move(reader.clock, hours=1)
    await reader.poll(web)
    async with reader.store.read(BRAND.id) as work:
        posts = await work.feeds.of_source("blog")
    titles = {
        backlog: [
            post.title for post in select(posts, a_campaign(backlog=backlog), COMMUNITY, started_at=NOW, shared={})
        ]
        for backlog in (None, Backlog(latest=1))
    }
    assert titles == {None: ["Post 9"], Backlog(latest=1): ["Post 8", "Post 9"]}


async def test_a_feed_that_has_not_changed_says_so(reader: Reader) -> None:
    """It was asked with what the server gave, and the next look is a quarter of an hour away."""
    web = Web(feed(ONE), None)
    await reader.poll(web)
    poll = await reader.poll(web)
    assert (poll.unchanged, poll.sightings, poll.news) == (True, (), False)
    assert web.asked == [(BLOG.url, Validators()), (BLOG.url, Validators(etag='"1"'))]
    state = await reader.state()
    assert state.next_check_at is not None
    assert NOW < state.next_check_at <= NOW + 2 * BLOG.check_every


async def test_a_failure_is_recorded_and_waits_longer_each_time(reader: Reader) -> None:
    """What the server gave to ask with is kept, and success clears the count."""
    fault = FeedFault("500 from the server")
    web = Web(feed(ONE), fault, fault, feed(ONE))
    await reader.poll(web)
    waits = []
    for _ in range(2):
        poll = await reader.poll(web)
        assert poll.fault == "500 from the server"
        state = await reader.state()
        assert state.next_check_at is not None
        waits.append(state.next_check_at - NOW)
    assert (state.failures, state.last_error, state.etag) == (2, "500 from the server", '"1"')
    assert waits[0] < waits[1]
    await reader.poll(web)
    state = await reader.state()
    assert (state.failures, state.last_error) == (0, None)


async def test_a_server_that_names_a_time_is_obeyed(reader: Reader) -> None:
    """It is not asked earlier."""
    await reader.poll(Web(FeedFault("429", retry_after=timedelta(hours=5))))
    state = await reader.state()
    assert state.next_check_at is not None
    assert state.next_check_at >= NOW + timedelta(hours=5)


async def test_a_feed_that_is_gone_is_marked(reader: Reader) -> None:
    """410: the reading stands still until the marketer gives another address."""
    await reader.poll(Web(FeedFault("410", gone=True)))
    assert (await reader.state()).gone
    elsewhere = replace(BLOG, url="https://new.example/feed.xml")
    await reader.poll(Web(feed(ONE)), elsewhere)
    state = await reader.state()
    assert (state.gone, state.asked_url, state.first_read_at) == (False, elsewhere.url, NOW)


async def test_what_is_no_feed_is_a_fault_of_the_feed(reader: Reader) -> None:
    """A page in its place harms nothing else and is said."""
    poll = await reader.poll(Web(b"<html><body>404</body></html>"))
    assert poll.fault
    assert poll.sightings == ()


async def test_a_moved_feed_is_asked_at_its_new_address(reader: Reader) -> None:
    """For good, as long as the marketer does not change the address."""
    await reader.poll(Web(feed(ONE), moved_to="https://kopi.example/rss"))
    web = Web(feed(ONE))
    await reader.poll(web)
    assert [url for url, _ in web.asked] == ["https://kopi.example/rss"]


async def test_a_domain_move_posts_nothing(reader: Reader) -> None:
    """The whole archive under new links and ids is the old archive."""
    items = [(f"a-post-about-coffee-{number}", f"A post about coffee, number {number}") for number in range(5)]
    web = Web(feed(*items), feed(*items, host="kopi-tani.example"))
    assert {verdict for _, verdict in await reader.verdicts(web)} == {"new"}
    assert {verdict for _, verdict in await reader.verdicts(web)} == {"same"}
