"""Feeds over real HTTP on loopback: what is fetched, what is asked again, what is refused."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.clock import ReplayClock
from bot.compute import ProcessCompute
from bot.errors import FeedFault
from bot.feeds.fetch import HttpFetcher
from bot.feeds.read import read_feed
from bot.ports.reading import Fetched, Validators
from tests.servers.feed_server import RSS, Answer, FeedServer, feed, gzip_bomb, redirect

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NOTHING = Validators()
AMPLE = timedelta(seconds=60)


def build(**settings: object) -> HttpFetcher:
    """Build a fetcher that may read from loopback unless `settings` say otherwise."""
    given = {"clock": ReplayClock(NOW), "version": "9.9", "allow_private": True, **settings}
    return HttpFetcher(**given)  # type: ignore[arg-type]  # settings of any kind are checked by the constructor


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    """A fetcher for development, closed afterwards."""
    built = build(contact="https://kopi.example/bot")
    yield built
    await built.close()


async def fault_of(fetcher: HttpFetcher, url: str) -> FeedFault:
    """Return what a fetch that must fail raises, and close the fetcher."""
    with pytest.raises(FeedFault) as caught:
        await fetcher.fetch(url, NOTHING)
    await fetcher.close()
    return caught.value


async def test_a_feed_is_fetched_and_read(fetcher: HttpFetcher) -> None:
    """Body, type, address, validators and freshness come back, and the body reads as a feed."""
    answer = feed(Last_Modified="Mon, 02 Mar 2026 07:00:00 GMT", Cache_Control="public, max-age=600", Age="60")
    async with FeedServer({"/feed": answer}) as server:
        fetched = await fetcher.fetch(server.url("/feed"), NOTHING)
    assert fetched == Fetched(
        body=RSS,
        content_type="application/rss+xml; charset=utf-8",
        url=server.url("/feed"),
        moved_to=None,
        validators=Validators(last_modified="Mon, 02 Mar 2026 07:00:00 GMT"),
        fresh_for=timedelta(seconds=540),
    )
    read = read_feed(RSS, content_type=fetched.content_type, base_url=fetched.url)
    assert [item.title for item in read.items] == ["Panen raya"]


async def test_it_says_who_it_is(fetcher: HttpFetcher) -> None:
    """The server learns the name, version and contact; it gets no cookie and may pack with gzip or deflate."""
    answer = feed(Set_Cookie="seen=1")
    async with FeedServer({"/feed": answer}) as server:
        for _ in range(2):
            await fetcher.fetch(server.url("/feed"), NOTHING)
    headers = server.asked[1].headers
    assert headers["User-Agent"] == "Konektor/9.9 (+https://kopi.example/bot)"
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert "Cookie" not in headers


async def test_an_unchanged_feed_has_no_body(fetcher: HttpFetcher) -> None:
    """Asked with the validators it gave, the server says 304, and the validators stay."""
    async with FeedServer({"/feed": Answer(body=RSS, etag='"v1"')}) as server:
        first = await fetcher.fetch(server.url("/feed"), NOTHING)
        again = await fetcher.fetch(server.url("/feed"), first.validators)
        server.answers["/feed"] = Answer(body=RSS, etag='"v2"')
        changed = await fetcher.fetch(server.url("/feed"), again.validators)
    assert [first.body, again.body, changed.body] == [RSS, None, RSS]
    assert [f.validators.etag for f in (first, again, changed)] == ['"v1"', '"v1"', '"v2"']


async def test_an_unasked_304_is_a_fault(fetcher: HttpFetcher) -> None:
    """A server that says "not changed" to a first reader is broken, and is not taken for an unchanged feed."""
    async with FeedServer({"/feed": Answer(status=304)}) as server:
        fault = await fault_of(fetcher, server.url("/feed"))
    assert "304" in str(fault)


@pytest.mark.parametrize(
    ("statuses", "moves"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 307), False), ((303, 308), False)],
)
async def test_only_permanent_redirects_move_a_feed(
    fetcher: HttpFetcher,
    statuses: tuple[int, ...],
    moves: bool,  # noqa: FBT001  # pytest passes parameters by name
) -> None:
    """Every redirect is followed; the new address is remembered when each on the way was permanent."""
    answers = {f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate(statuses)}
    async with FeedServer({**answers, f"/{len(statuses)}": feed()}) as server:
        fetched = await fetcher.fetch(server.url("/0"), NOTHING)
    last = server.url(f"/{len(statuses)}")
    assert (fetched.body, fetched.url, fetched.moved_to) == (RSS, last, last if moves else None)


async def test_five_redirects_are_followed_and_six_are_not(fetcher: HttpFetcher) -> None:
    """The chain has an end, a circle included."""
    answers = {f"/{n}": redirect(f"/{n + 1}") for n in range(6)}
    async with FeedServer({**answers, "/6": feed(), "/circle": redirect("/circle")}) as server:
        assert (await fetcher.fetch(server.url("/1"), NOTHING)).body == RSS
        for path in ("/0", "/circle"):
            with pytest.raises(FeedFault, match="more than 5 times"):
                await fetcher.fetch(server.url(path), NOTHING)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://kopi.example/feed", "javascript:alert(1)", "http://[", ""]
)
async def test_a_redirect_stays_in_the_web(fetcher: HttpFetcher, target: str) -> None:
    """A redirect to another scheme, to nonsense or to nowhere is a fault that names the redirect."""
    async with FeedServer({"/feed": redirect(target)}) as server:
        fault = await fault_of(fetcher, server.url("/feed"))
    assert "redirect" in str(fault)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://kopi.example/feed", "kopi.example/feed", "http://", "http://[x"]
)
async def test_only_web_addresses_are_fetched(fetcher: HttpFetcher, url: str) -> None:
    """Anything but http and https is refused before a connection is opened."""
    assert "url" in str(await fault_of(fetcher, url))


async def test_a_feed_that_is_gone_says_so(fetcher: HttpFetcher) -> None:
    """410 means never again."""
    async with FeedServer({"/feed": Answer(status=410)}) as server:
        fault = await fault_of(fetcher, server.url("/feed"))
    assert (fault.gone, fault.retry_after) == (True, None)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 09:00:00 GMT", timedelta(hours=1)),
        ("Mon, 02 Mar 2026 07:00:00 GMT", timedelta(0)),
        ("soon", None),
    ],
)
async def test_a_server_may_ask_for_patience(
    fetcher: HttpFetcher, status: int, header: str, wait: timedelta | None
) -> None:
    """Retry-After is understood as seconds and as a date."""
    async with FeedServer({"/feed": Answer(status=status, headers={"Retry-After": header})}) as server:
        fault = await fault_of(fetcher, server.url("/feed"))
    assert (fault.retry_after, fault.gone) == (wait, False)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "user agent"), (403, "Konektor/9.9"), (404, "check the address"), (500, "server's log"), (418, "look why")],
)
async def test_a_refusal_says_what_to_do(fetcher: HttpFetcher, status: int, advice: str) -> None:
    """Each kind of status ends with what the owner of the feed can do."""
    async with FeedServer({"/feed": Answer(status=status)}) as server:
        fault = await fault_of(fetcher, server.url("/feed"))
    assert advice in str(fault)
    assert str(status) in str(fault)


async def test_a_huge_feed_is_cut_off() -> None:
    """The cap counts what is read: one byte more is a fault, the cap itself is not."""
    fetcher = build(most_bytes=len(RSS))
    async with FeedServer({"/fits": feed(RSS), "/huge": feed(RSS + b" ")}) as server:
        assert (await fetcher.fetch(server.url("/fits"), NOTHING)).body == RSS
        fault = await fault_of(fetcher, server.url("/huge"))
    assert "is larger than" in str(fault)


async def test_a_gzip_bomb_is_cut_off_by_its_decoded_size(fetcher: HttpFetcher) -> None:
    """A small packed body that grows past 5 MB is refused."""
    async with FeedServer({"/bomb": gzip_bomb(60)}) as server:
        fault = await fault_of(fetcher, server.url("/bomb"))
    assert "is larger than 5 MB" in str(fault)


@pytest.mark.parametrize("path", ["/silent", "/circle"])
async def test_a_slow_feed_is_given_up(path: str) -> None:
    """The deadline holds over the whole fetch, redirects and an endless body included."""
    fetcher = build(deadline=timedelta(milliseconds=200))
    answers = {"/silent": Answer(body=RSS, hang=True), "/circle": redirect("/silent")}
    async with FeedServer(answers) as server:
        fault = await fault_of(fetcher, server.url(path))
    assert "within 0.2 s" in str(fault)


async def test_a_slow_feed_does_not_delay_another(fetcher: HttpFetcher) -> None:
    """While one feed hangs, another is read."""
    async with FeedServer({"/silent": Answer(hang=True), "/feed": feed()}) as server:
        waiting = asyncio.create_task(fetcher.fetch(server.url("/silent"), NOTHING))
        assert (await fetcher.fetch(server.url("/feed"), NOTHING)).body == RSS
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_a_body_that_breaks_off_is_a_fault(fetcher: HttpFetcher) -> None:
    """Half a feed is never taken for a whole one."""
    async with FeedServer({"/half": Answer(body=RSS[:50], missing_bytes=100)}) as server:
        assert "broke off" in str(await fault_of(fetcher, server.url("/half")))


async def test_a_wrongly_packed_body_is_a_fault(fetcher: HttpFetcher) -> None:
    """A body that is not what Content-Encoding says is named as such."""
    async with FeedServer({"/feed": feed(RSS, Content_Encoding="gzip")}) as server:
        assert "packed it wrongly" in str(await fault_of(fetcher, server.url("/feed")))


async def test_a_closed_port_is_a_fault(fetcher: HttpFetcher) -> None:
    """A server that is away is tried again."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "accepts no connection" in str(await fault_of(fetcher, f"http://127.0.0.1:{port}/feed"))


async def test_what_is_no_http_is_a_fault(fetcher: HttpFetcher) -> None:
    """A port that speaks something else is named as such."""

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        fault = await fault_of(fetcher, f"http://127.0.0.1:{port}/feed")
    assert "not proper HTTP" in str(fault)


class FixedResolver(AbstractResolver):
    """Knows one address for every name, as a hostile name server may give."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the fixed addresses."""
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Hold nothing."""


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",  # noqa: S104  # asked for, not listened on
    ],
)
async def test_private_addresses_are_refused(host: str) -> None:
    """However a private address is written, no connection is made."""
    async with FeedServer({"/feed": feed()}) as server:
        fault = await fault_of(build(allow_private=False), server.url("/feed", host=host))
    assert "not public" in str(fault)
    assert server.asked == []


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "017700000001"])
async def test_odd_spellings_of_an_address_are_refused(host: str) -> None:
    """Spellings only some programs take for an address lead nowhere."""
    async with FeedServer({"/feed": feed()}) as server:
        await fault_of(build(allow_private=False), server.url("/feed", host=host))
    assert server.asked == []


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("10.0.0.1", "169.254.169.254"), ("::1", "127.0.0.1")])
async def test_a_name_that_leads_inside_is_refused(addresses: tuple[str, ...]) -> None:
    """A public name is judged by the addresses it has when the connection is made."""
    fetcher = build(allow_private=False, resolver=FixedResolver(*addresses))
    async with FeedServer({"/feed": feed()}) as server:
        fault = await fault_of(fetcher, server.url("/feed", host="feed.example"))
    assert "not public" in str(fault)
    assert server.asked == []


async def test_a_refused_address_does_not_shut_out_another() -> None:
    """A name with a private and a public address is read at the public one."""
    resolver = FixedResolver("10.0.0.1", "127.0.0.1")
    fetcher = build(allow_private=False, may_connect=lambda address: address == "127.0.0.1", resolver=resolver)
    async with FeedServer({"/feed": feed()}) as server:
        fetched = await fetcher.fetch(server.url("/feed", host="feed.example"), NOTHING)
    await fetcher.close()
    assert fetched.body == RSS


async def test_a_server_without_tls_offers_no_safe_connection(fetcher: HttpFetcher) -> None:
    """Https to a port that speaks plain HTTP is a fault of the server's, and is never retried in the clear."""
    async with FeedServer({"/feed": feed()}) as server:
        fault = await fault_of(fetcher, server.url("/feed").replace("http:", "https:"))
    assert "no safe connection" in str(fault)
    assert server.asked == []


async def test_every_hop_is_judged() -> None:
    """A redirect from an allowed server to a refused address is not followed."""
    fetcher = build(allow_private=False, may_connect=lambda address: address == "127.0.0.1")
    async with FeedServer({"/inside": feed()}) as server:
        server.answers["/feed"] = redirect(server.url("/inside", host="127.0.0.2"))
        fault = await fault_of(fetcher, server.url("/feed"))
    assert "not public" in str(fault)
    assert [asked.path for asked in server.asked] == ["/feed"]


async def test_credentials_are_used_and_never_shown(fetcher: HttpFetcher) -> None:
    """User name and password open the feed; they are in no answer and in no text, and a move is not remembered."""
    async with FeedServer({"/old": redirect("/feed?key=s3cret", 301), "/feed": feed()}) as server:
        fetched = await fetcher.fetch(server.url("/old", credentials="ann:p%40ss"), NOTHING)
        fault = await fault_of(fetcher, server.url("/none?key=s3cret", credentials="ann:p%40ss"))
    assert {asked.headers["Authorization"] for asked in server.asked} == {"Basic YW5uOnBAc3M="}
    assert (fetched.url, fetched.moved_to) == (server.url("/feed?key=s3cret"), None)
    assert not any(secret in str(fault) for secret in ("ann", "p%40ss", "p@ss", "s3cret"))


async def test_credentials_stay_with_their_host(fetcher: HttpFetcher) -> None:
    """A redirect to another host gets no password."""
    async with FeedServer({"/feed": feed()}) as server:
        server.answers["/old"] = redirect(server.url("/feed", host="localhost"))
        await fetcher.fetch(server.url("/old", credentials="ann:pass"), NOTHING)
    assert ["Authorization" in asked.headers for asked in server.asked] == [True, False]


async def test_a_feed_is_read_in_the_worker_process(fetcher: HttpFetcher) -> None:
    """From the server through the worker: the items come back, and a fault comes back as itself."""
    compute = ProcessCompute()
    async with FeedServer({"/feed": feed(), "/page": feed(b"<html><body>Halo</body></html>")}) as server:
        good, page = [await fetcher.fetch(server.url(path), NOTHING) for path in ("/feed", "/page")]
    read = await compute.call(
        partial(read_feed, good.body or b"", content_type=good.content_type, base_url=good.url), deadline=AMPLE
    )
    with pytest.raises(FeedFault, match="web page"):
        await compute.call(
            partial(read_feed, page.body or b"", content_type=page.content_type, base_url=page.url), deadline=AMPLE
        )
    await compute.close()
    assert [item.link for item in read.items] == ["https://kopi.example/panen"]


async def test_it_can_be_closed_at_any_time() -> None:
    """Closing before the first fetch and closing twice are harmless, and a later fetch works."""
    fetcher = build()
    await fetcher.close()
    async with FeedServer({"/feed": feed()}) as server:
        assert (await fetcher.fetch(server.url("/feed"), NOTHING)).body == RSS
    await fetcher.close()
    await fetcher.close()
