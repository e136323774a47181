"""The dashboard beside the running service: what is written in its sandbox is heard, answered and explained."""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.assemble import load_config, serving
from bot.errors import SettingsFault
from bot.web.ask import ask_ready
from tests.web.running import Running, find_free_port, run_service, write_config

#: How long anything may take before a test gives up; never what it should take.
PATIENCE = 30


async def _get(client: httpx.AsyncClient, path: str) -> str:
    """Return a page once the server listens."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return (await client.get(path)).raise_for_status().text
            except httpx.ConnectError:
                await asyncio.sleep(0.05)


async def _say(client: httpx.AsyncClient, name: str, text: str) -> None:
    token = re.findall(r'name="token" value="(\w+)"', await _get(client, "/sandbox/warung"))[0]
    answer = await client.post("/sandbox/warung/say", data={"token": token, "as": name, "text": text})
    assert answer.status_code == 303


async def _view_with(client: httpx.AsyncClient, name: str, words: str) -> str:
    """Return a member's view once it holds `words`: asked for again and again, as the page itself does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            view = await _get(client, f"/sandbox/warung/view?as={name}")
            if words in view:
                return view
            await asyncio.sleep(0.05)


def _client(running: Running) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=running.url, trust_env=False, headers={"accept-language": "en"})


async def test_a_question_in_the_sandbox_is_answered_before_everybody(tmp_path: Path) -> None:
    """Both members see question and answer, and why the bot gave it; the question is on the pages at once."""
    async with run_service(tmp_path) as running, _client(running) as client:
        await _say(client, "Ayu", "@Tani kopinya halal ga?")
        mine = await _view_with(client, "Ayu", "Why did it say that?")
        other = await _view_with(client, "Bima", "Why did it say that?")
        questions = await _get(client, "/questions")

    for view in (mine, other):
        assert "bersertifikat halal" in view
        assert "it names the bot" in view
        assert "How sure it was:" in view
    assert "is-own" in mine
    assert "is-own" not in other
    assert "@Tani" not in questions
    assert "kopinya halal ga?" in questions


async def test_silence_is_explained_too(tmp_path: Path) -> None:
    """What is not said to the bot gets no answer, and the page tells why."""
    async with run_service(tmp_path) as running, _client(running) as client:
        await _say(client, "Ayu", "pagi semua")
        view = await _view_with(client, "Ayu", "not addressed")

    assert "What did the bot make of it?" in view


async def test_what_is_private_is_seen_by_one(tmp_path: Path) -> None:
    """A private reply stands in the asker's view alone."""
    async with run_service(tmp_path) as running, _client(running) as client:
        await _say(client, "Ayu", "/privasi")
        mine = await _view_with(client, "Ayu", "is-bot")
        other = await _get(client, "/sandbox/warung/view?as=Bima")

    assert "is-bot" in mine
    assert "is-bot" not in other


async def test_an_unchanged_view_is_not_drawn_again(tmp_path: Path) -> None:
    """Asking again for what was seen gives 204 without a body."""
    async with run_service(tmp_path) as running, _client(running) as client:
        view = await _get(client, "/sandbox/warung/view?as=Ayu")
        seen = re.findall(r"seen=(\w+)", view)[0]
        again = await client.get(f"/sandbox/warung/view?as=Ayu&seen={seen}")

    assert (again.status_code, again.content) == (204, b"")


async def test_health_is_asked_from_another_process(tmp_path: Path) -> None:
    """What `konektor health` reads names every part."""
    async with run_service(tmp_path) as running, _client(running) as client:
        await _get(client, "/healthz")
        assert running.parts.brand.web is not None
        found = await ask_ready(running.parts.brand.web)

    assert found["status"] == "ok"
    assert found["parts"]["platform sandbox"]["state"] == "running"


async def test_asking_where_nothing_runs_says_what_to_do(tmp_path: Path) -> None:
    """One sentence with the address and the next step."""
    brand = load_config(write_config(tmp_path, find_free_port()), {}).brand_or_refuse()
    assert brand.web is not None

    with pytest.raises(SettingsFault, match=r"nothing answers at .*start the service with `konektor run`"):
        await ask_ready(brand.web)


async def test_a_port_that_is_taken_is_one_clear_error(tmp_path: Path) -> None:
    """Before anything is begun, with the setting's name and what to do."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        brand = load_config(write_config(tmp_path, taken.getsockname()[1]), {}).brand_or_refuse()
        with pytest.raises(SettingsFault, match=r"web.bind: 127\.0\.0\.1:\d+ can't be had"):
            async with serving(brand, own_process=False, recheck=lambda: load_config(brand.path, {})):
                pass
