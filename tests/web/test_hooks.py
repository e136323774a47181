"""The route on which platforms call: who is found there, and how much of a call is read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.brand import Web
from bot.messages import Event
from bot.ports.inbound import InboundAnswer, InboundCall, hook_path
from bot.ports.platform import Receive
from bot.web.app import make_app
from tests.web.site import open_desk

KEY = "nobody-guesses-this"


class Called:
    """A platform that takes what is written to it; meets `HearingHttp`."""

    longest_body = 100

    def __init__(self, key: str | None = KEY) -> None:
        self.hook_key = key
        self.calls: list[InboundCall] = []

    async def handle_http(self, call: InboundCall, receive: Receive) -> InboundAnswer:
        """Commit nothing, and say so."""
        self.calls.append(call)
        await receive(())
        return InboundAnswer(status=202, text="taken")


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Called, dict[str, Receive]]]:
    """A dashboard behind a password on a public name, with a platform that is called and one that is not."""

    async def receive(_events: tuple[Event, ...]) -> None:
        return

    settings = Web(host="127.0.0.1", port=8080, password="a long password", public_url="https://desk.example")
    async with open_desk(tmp_path, settings=settings) as desk:
        called = Called()
        platforms: Mapping[str, object] = {"called": called, "silent": Called(key=None), **desk.site.platforms}
        receivers: dict[str, Receive] = {"called": receive}
        site = replace(desk.site, platforms=platforms, receivers=receivers)
        transport = httpx.ASGITransport(app=make_app(site))
        async with httpx.AsyncClient(transport=transport, base_url="https://bot.example") as client:
            yield client, called, receivers


Opened = tuple[httpx.AsyncClient, Called, dict[str, Receive]]


@pytest.mark.parametrize("prefix", ["", "/a/proxy"])
async def test_a_call_reaches_its_platform(web: Opened, prefix: str) -> None:
    """Without a password, under any name of a host and behind any path of a proxy."""
    client, called, _ = web
    answer = await client.post(f"{prefix}{hook_path('called', KEY)}?a=1", content=b"{}", headers={"X-Secret": "s"})
    assert (answer.status_code, answer.text) == (202, "taken")
    assert [(call.method, call.body, call.query, call.headers["x-secret"]) for call in called.calls] == [
        ("POST", b"{}", {"a": "1"}, "s")
    ]


@pytest.mark.parametrize(
    "path",
    [hook_path("called", "guessed"), hook_path("silent", KEY), hook_path("sandbox", KEY), hook_path("nobody", KEY)],
)
async def test_nobody_else_is_found(web: Opened, path: str) -> None:
    """A wrong key, a platform that wants no calls and one that does not exist look the same."""
    client, called, _ = web
    answer = await client.post(path, content=b"{}")
    assert (answer.status_code, answer.text, called.calls) == (404, "nobody is called here\n", [])


async def test_only_get_and_post_are_read(web: Opened) -> None:
    """What else a browser or a scanner sends is not."""
    client, called, _ = web
    answers = [await client.request(method, hook_path("called", KEY)) for method in ("GET", "PUT", "DELETE")]
    assert [answer.status_code for answer in answers] == [202, 405, 405]
    assert [call.method for call in called.calls] == ["GET"]


async def test_a_body_is_capped(web: Opened) -> None:
    """Whether its length is declared or not; one of exactly the greatest length is read."""
    client, called, _ = web

    async def undeclared() -> AsyncIterator[bytes]:
        for _ in range(101):
            yield b"x"

    bodies = (b"x" * 100, b"x" * 101, undeclared())
    answers = [await client.post(hook_path("called", KEY), content=body) for body in bodies]
    assert [answer.status_code for answer in answers] == [202, 413, 413]
    assert [len(call.body) for call in called.calls] == [100]


async def test_while_nothing_takes_events_the_caller_is_to_call_again(web: Opened) -> None:
    """As when the service has not begun, or is about to end."""
    client, called, receivers = web
    receivers.clear()
    answer = await client.post(hook_path("called", KEY), content=b"{}")
    assert (answer.status_code, called.calls) == (503, [])
