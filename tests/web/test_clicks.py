"""The route of readers' clicks: where it leads, what it counts, and what it never tells or opens."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from adapters import catalog
from bot.brand import Brand, Web
from bot.campaigns.click_link import Clicked, click_link, derive_link_key
from bot.flows.preview_post import preview_post
from bot.flows.release_shares import release_shares
from bot.ports.records import Sighting
from bot.web.app import make_app
from bot.web.site import Site
from tests.unit.campaigns.sample import a_post, a_share
from tests.web.site import CONFIG, NOW, open_desk

BROWSER = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
LIMITS = {"sandbox": catalog.kinds()["sandbox"].limits}
WITH_UTM = CONFIG.rstrip().removesuffix("}") + ', utm: {source: "{{ community }}"}'
DIGEST = ', digest: {period: 30d}, template: "{% for post in posts %}{{ post.link }} {% endfor %}"'


@asynccontextmanager
async def posted(
    folder: Path, *, more: str = "", digest: bool = False, link: str = "https://kopi.example/p1?a=1"
) -> AsyncIterator[tuple[Site, Brand, list[str]]]:
    """Let a post (or a digest of two) have been let out in the warung; what is said there comes as its words."""
    settings = Web(host="127.0.0.1", port=8080, password="a long password", public_url="https://desk.example")
    async with open_desk(folder, settings=settings, config=f"{WITH_UTM}{more}}}") as desk:
        brand = replace(desk.brand, link_key=derive_link_key(desk.site.known.key))
        what = {"post_id": "", "items": ("p1", "p2")} if digest else {"post_id": "p1"}
        async with desk.store.work(brand.id) as work:
            for post in (a_post("p1", link=link), a_post("p2")):
                sighting = Sighting(source="blog", post_id=post.id, verdict="new", evidence=(), reason="", seen_at=NOW)
                await work.feeds.save_post(post, [], sighting)
            await work.shares.add(a_share("s1", campaign="new-posts", created_at=NOW, **what))
            await work.commit()
        await release_shares(brand, store=desk.store, limits=LIMITS, clock=desk.clock)
        async with desk.store.read(brand.id) as work:
            (message,) = await work.outbox.unsettled()
        words = "".join(span.text for span in message.body.spans)
        assert message.body.card is None or message.body.card.url in words
        yield replace(desk.site, brand=brand), brand, re.findall(r"https?://\S+", words)


def reader_of(site: Site, name: str = BROWSER) -> httpx.AsyncClient:
    """Return somebody's browser, with no cookie and no password."""
    transport = httpx.ASGITransport(app=make_app(site))
    return httpx.AsyncClient(transport=transport, base_url="https://desk.example", headers={"user-agent": name})


async def clicks(site: Site) -> int:
    """Return how many clicks are counted for the share."""
    async with site.store.work(site.brand.id) as work:
        for message in await work.outbox.claim(NOW, kinds=("post",), rates={}, lease=NOW - NOW, most=1):
            await work.outbox.sent(message, channel=message.channel, message_id="m1", at=NOW)
        (received,) = await work.receptions.since("warung", NOW)
        await work.commit()
    return received.clicks


async def test_a_click_leads_to_the_post_and_is_counted(tmp_path: Path) -> None:
    """Without a password or a cookie, to the post's own address with what the campaign adds."""
    async with posted(tmp_path) as (site, _, (link,)), reader_of(site) as reader:
        answers = [await reader.get(link) for _ in range(2)]
        assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [
            (302, "https://kopi.example/p1?a=1&utm_source=warung")
        ] * 2
        assert [(answer.headers["cache-control"], "set-cookie" in answer.headers) for answer in answers] == [
            ("no-store", False)
        ] * 2
        assert await clicks(site) == 2


async def test_each_post_of_a_digest_has_its_link(tmp_path: Path) -> None:
    """And a number that is not among them leads nowhere."""
    async with posted(tmp_path, more=DIGEST, digest=True) as (site, brand, links), reader_of(site) as reader:
        assert brand.link_key is not None
        beyond = click_link("https://desk.example", Clicked(share_id="s1", number=2), brand.link_key)
        answers = [await reader.get(link) for link in (*links, beyond)]
        assert [answer.headers.get("location") for answer in answers] == [
            "https://kopi.example/p1?a=1&utm_source=warung",
            "https://kopi.example/p2?utm_source=warung",
            None,
        ]
        assert await clicks(site) == 2


@pytest.mark.parametrize(
    "name",
    [
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "Twitterbot/1.0",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "WhatsApp/2.23.20.0 A",
        "Synapse (bot; +https://github.com/matrix-org/synapse)",
        "",
    ],
)
async def test_machines_are_led_on_and_not_counted(tmp_path: Path, name: str) -> None:
    """A preview shows the post, and is no reader."""
    async with posted(tmp_path) as (site, _, (link,)), reader_of(site, name) as machine:
        answer = await machine.get(link)
        assert (answer.status_code, await clicks(site)) == (302, 0)


async def test_looking_ahead_is_no_click(tmp_path: Path) -> None:
    """HEAD, and what a browser fetches before anybody asks for it; nothing can be sent here."""
    async with posted(tmp_path) as (site, _, (link,)), reader_of(site) as reader:
        answers = [await reader.head(link), await reader.get(link, headers={"sec-purpose": "prefetch;prerender"})]
        answers.append(await reader.post(link))
        assert ([answer.status_code for answer in answers], await clicks(site)) == ([302, 302, 405], 0)


async def test_a_telephone_called_cubot_is_a_reader(tmp_path: Path) -> None:
    """Its name ends like a machine's."""
    async with posted(tmp_path) as (site, _, (link,)), reader_of(site, "Mozilla/5.0 (Android 9; CUBOT X19)") as reader:
        await reader.get(link)
        assert await clicks(site) == 1


async def test_nothing_but_what_was_shared_can_be_reached(tmp_path: Path) -> None:
    """Not by another token, not by an address in it, and not by a token of a share that does not exist."""
    async with posted(tmp_path) as (site, brand, (link,)), reader_of(site) as reader:
        assert brand.link_key is not None
        nobody = click_link("https://desk.example", Clicked(share_id="s9", number=0), brand.link_key)
        forged = [f"{link}0", link.replace("s1", "s2"), "/go/https:%2F%2Fevil.example", "/go/x?to=https://evil.example"]
        answers = [await reader.get(address) for address in (nobody, *forged)]
        assert [(answer.status_code, answer.headers.get("location")) for answer in answers] == [(404, None)] * 5
        assert await clicks(site) == 0


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
async def test_only_pages_of_the_web_are_led_to(tmp_path: Path, address: str) -> None:
    """Whatever a feed calls a link."""
    async with posted(tmp_path, link=address) as (site, _, (link,)), reader_of(site) as reader:
        assert (await reader.get(link)).status_code == 404


async def test_links_outlive_the_campaign(tmp_path: Path) -> None:
    """Without it, nothing is known to add to the post's own address."""
    async with posted(tmp_path) as (site, brand, (link,)):
        later = replace(site, brand=replace(brand, campaigns={}))
        async with reader_of(later) as reader:
            assert (await reader.get(link)).headers["location"] == "https://kopi.example/p1?a=1"


async def test_a_campaign_can_do_without(tmp_path: Path) -> None:
    """`clicks: false` says the post's own link."""
    async with posted(tmp_path, more=", clicks: false") as (_, _, links):
        assert links == ["https://kopi.example/p1?a=1&utm_source=warung"]


async def test_a_preview_shows_the_link_as_it_will_be(tmp_path: Path) -> None:
    """As long as it will be, and says where it will lead."""
    async with posted(tmp_path) as (site, brand, _):
        seen = await preview_post(
            brand, "new-posts", "warung", store=site.store, limits=LIMITS["sandbox"], now=site.clock.now()
        )
        ((words, _),) = seen.messages
        assert len(re.findall(r"https://desk\.example/go/[\w-]{27}\.[0-9a-f]{24}\.0", words)) == 1
        assert seen.leads_to == (f"https://kopi.example/{seen.post.split()[-1]}?utm_source=warung",)


async def test_clicks_are_shown_with_the_reception(tmp_path: Path) -> None:
    """On the page of the communities."""
    async with posted(tmp_path) as (site, _, (link,)), reader_of(site) as reader:
        await reader.get(link)
        assert await clicks(site) == 1
        open_site = replace(site, settings=Web(host="127.0.0.1", port=8080))
        transport = httpx.ASGITransport(app=make_app(open_site))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            table = (await client.get("/communities?csv=communities")).text.splitlines()
        assert (table[0].split(",")[7], [row.split(",")[7] for row in table[1:]]) == ("clicks", ["1", "0"])
