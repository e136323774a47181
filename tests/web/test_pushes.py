"""Feeds whose hub pushes: over real HTTP to the hub, and through the whole site back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.brand import Brand, Web
from bot.campaigns.click_link import derive_link_key
from bot.compute import InlineCompute
from bot.feeds.fetch import HttpFetcher
from bot.feeds.websub import callback_path
from bot.flows.poll_feed import Poll
from bot.flows.poll_feeds import PollFeeds
from bot.flows.subscribe_feeds import subscribe_feeds
from bot.ports.records import Subscription
from bot.web.app import make_app
from tests.servers.feed_server import RSS, FeedServer, feed
from tests.servers.hub_server import HubServer
from tests.web.site import CONFIG, Desk, open_desk

MORE = RSS.replace(
    b"<item>", b"<item><guid>2</guid><title>Baru</title><link>https://kopi.example/baru</link></item><item>"
)
TOPIC = "https://kopi.example/feed.xml"


@dataclass(frozen=True, kw_only=True)
class Corner:
    """A service with its feed and its hub."""

    desk: Desk
    brand: Brand
    feed: FeedServer
    hub: HubServer
    fetcher: HttpFetcher
    client: httpx.AsyncClient
    woken: list[str]

    async def poll(self) -> list[Poll]:
        """Read the feeds that are due, and ask the hubs that are; return what was read."""
        read: list[Poll] = []
        polling = PollFeeds(
            self.brand, store=self.desk.store, fetcher=self.fetcher, compute=InlineCompute(), clock=self.desk.clock
        )
        await polling(tell=read.append)
        await self.ask()
        return read

    async def ask(self) -> datetime | None:
        """Ask the hubs that are due."""
        return await subscribe_feeds(self.brand, store=self.desk.store, hubs=self.fetcher, clock=self.desk.clock)

    async def subscription(self) -> Subscription | None:
        """Return where the blog's subscription stands."""
        async with self.desk.store.read(self.brand.id) as work:
            return await work.subscriptions.get("blog")

    async def wait(self, **time: float) -> None:
        """Let time pass."""
        await self.desk.clock.advance(self.desk.clock.now() + timedelta(**time), workers=0)


@asynccontextmanager
async def opened(folder: Path, given: HubServer | None = None, *, offers: bool = True) -> AsyncIterator[Corner]:
    """Open a service whose blog names a hub."""
    settings = Web(host="127.0.0.1", port=8080, password="a long password", public_url="https://desk.example/konektor")
    async with given or HubServer() as hub, FeedServer({}) as server:
        links = {"Link": f'<{hub.url}>; rel="hub", <{TOPIC}>; rel="self"'} if offers else {}
        server.answers["/feed.xml"] = feed(**links)
        config = CONFIG.replace("https://kopi.example/feed.xml", server.url("/feed.xml"))
        async with open_desk(folder, settings=settings, config=config) as desk:
            fetcher = HttpFetcher(clock=desk.clock, version="9.9", allow_private=True)
            brand = replace(desk.brand, link_key=derive_link_key(desk.site.known.key))
            woken: list[str] = []
            app = make_app(replace(desk.site, brand=brand, wakes=[woken.append]))
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="https://desk.example") as client:
                hub.subscriber = client
                yield Corner(desk=desk, brand=brand, feed=server, hub=hub, fetcher=fetcher, client=client, woken=woken)
            await fetcher.close()


async def test_a_hub_is_asked_and_verifies(tmp_path: Path) -> None:
    """The first reading finds it, and what it grants is kept."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        now = corner.desk.clock.now()
        assert corner.hub.confirmed == [True]
        assert await corner.subscription() == Subscription(
            source="blog",
            hub=corner.hub.url,
            topic=TOPIC,
            next_at=now + timedelta(hours=18),
            until=now + timedelta(days=1),
        )


async def test_a_push_is_read_at_once(tmp_path: Path) -> None:
    """By the ordinary road: long before the feed is due, and once."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        corner.feed.answers["/feed.xml"] = replace(corner.feed.answers["/feed.xml"], body=MORE)
        await corner.wait(seconds=5)
        assert await corner.poll() == []
        assert (await corner.hub.push(b"whatever"), corner.woken) == (202, ["poll"])
        (read,) = await corner.poll()
        assert [(post.title, seen.verdict) for post, seen in read.sightings if seen.verdict != "same"] == [
            ("Baru", "new")
        ]
        assert await corner.poll() == []


async def test_a_push_with_a_wrong_signature_changes_nothing(tmp_path: Path) -> None:
    """It is answered like a good one."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        assert (await corner.hub.push(b"whatever", secret="guessed"), corner.woken) == (202, [])
        assert await corner.poll() == []


async def test_a_push_does_not_hurry_a_server_that_fails(tmp_path: Path) -> None:
    """Its back-off holds."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        works = corner.feed.answers.pop("/feed.xml")
        await corner.hub.push(b"whatever")
        (failed,) = await corner.poll()
        assert (failed.fault is None, await corner.poll()) == (False, [])
        corner.feed.answers["/feed.xml"] = works
        await corner.wait(days=1)
        assert [read.fault for read in await corner.poll()] == [None]


async def test_a_lease_is_renewed_before_it_ends(tmp_path: Path) -> None:
    """And not before a quarter of it is left."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        await corner.wait(hours=17)
        await corner.ask()
        assert len(corner.hub.forms) == 1
        await corner.wait(hours=2)
        await corner.ask()
        assert (len(corner.hub.forms), corner.hub.confirmed) == (2, [True, True])


async def test_a_feed_whose_hub_pushes_is_read_less_often(tmp_path: Path) -> None:
    """But still read, in case a push is lost."""
    other = tmp_path / "other"
    other.mkdir()
    async with opened(tmp_path) as corner, opened(other, offers=False) as alone:
        waits = []
        for one in (corner, alone):
            await one.poll()
            await one.wait(hours=12)
            (read,) = await one.poll()
            assert read.next_at is not None
            waits.append(read.next_at - one.desk.clock.now())
        assert waits[0] > 3 * waits[1]


async def test_a_hub_that_does_not_call_back_is_asked_again(tmp_path: Path) -> None:
    """In hours; polling goes on as before."""
    async with opened(tmp_path, HubServer(verifies=False)) as corner:
        await corner.poll()
        known = await corner.subscription()
        assert known is not None
        assert known.until is None
        assert await corner.ask() == known.next_at
        await corner.wait(hours=6)
        await corner.ask()
        assert len(corner.hub.forms) == 2


async def test_a_feed_that_names_no_hub_any_more_is_polled(tmp_path: Path) -> None:
    """What was agreed is forgotten, and a late push with it."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        corner.feed.answers["/feed.xml"] = feed()
        await corner.wait(days=1)
        await corner.poll()
        assert await corner.subscription() is None
        assert (await corner.hub.push(b"late"), corner.woken) == (202, [])


async def test_a_hub_in_a_private_network_is_not_asked(tmp_path: Path) -> None:
    """A feed can name what it likes: the address is refused when connecting."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        await corner.wait(days=1)
        strict = HttpFetcher(clock=corner.desk.clock, version="9.9")
        await subscribe_feeds(corner.brand, store=corner.desk.store, hubs=strict, clock=corner.desk.clock)
        await strict.close()
        assert len(corner.hub.forms) == 1


async def test_nobody_is_asked_who_could_not_call_back(tmp_path: Path) -> None:
    """Without a public address."""
    async with opened(tmp_path) as corner:
        assert corner.brand.web is not None
        hidden = replace(corner, brand=replace(corner.brand, web=replace(corner.brand.web, public_url=None)))
        await hidden.poll()
        assert (await hidden.ask(), corner.hub.forms) == (None, [])


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.topic": "https://elsewhere.example/"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.lease_seconds": "soon"},
        {"hub.challenge": ""},
    ],
)
async def test_what_was_not_asked_for_is_not_confirmed(tmp_path: Path, changed: dict[str, str]) -> None:
    """Another topic, the end of a subscription, nonsense."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        before, form = await corner.subscription(), corner.hub.forms[0]
        asked = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c", "hub.lease_seconds": "99999"}
        answer = await corner.client.get(form["hub.callback"], params={**asked, **changed})
        assert (answer.status_code, await corner.subscription()) == (404, before)


async def test_a_hub_can_refuse(tmp_path: Path) -> None:
    """It pushes no more then, and is asked again later."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        query = {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "too many"}
        answer = await corner.client.get(corner.hub.forms[0]["hub.callback"], params=query)
        known = await corner.subscription()
        assert (answer.status_code, known and known.until) == (200, None)


async def test_nobody_else_is_found_there(tmp_path: Path) -> None:
    """A guessed key, and that of another feed."""
    async with opened(tmp_path) as corner:
        await corner.poll()
        assert corner.brand.link_key is not None
        others = callback_path("shop", corner.brand.link_key).rpartition("/")[2]
        answers = [await corner.client.post(f"/websub/blog/{key}", content=b"x") for key in ("0" * 32, others)]
        assert ([answer.status_code for answer in answers], corner.woken) == ([404, 404], [])
