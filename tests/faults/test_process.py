"""How `konektor run` begins and ends, as whoever starts it sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.audit import read_books
from tests.faults.program import Program, start
from tests.journeys.community import BUDI, Community
from tests.journeys.home import OLD, blog, write_config
from tests.journeys.on_discord import DiscordCommunity
from tests.journeys.on_sandbox import SandboxCommunity
from tests.journeys.on_telegram import TelegramCommunity
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer
from tests.servers.telegram_server import Fault

#: What a wrong token looks like, in each platform's form.
WRONG = {"TELEGRAM_TOKEN": "7000000009:AAnot-the-token-of-anybody-here-0000", "DISCORD_TOKEN": "bm90.dGhl.dG9rZW4"}


@pytest.fixture
async def site() -> AsyncIterator[FeedServer]:
    """A blog."""
    async with FeedServer({"/feed.xml": blog(OLD)}) as server:
        yield server


def _config(folder: Path, site: FeedServer, **communities: Community) -> Path:
    return write_config(folder, communities=communities, feeds={"blog": site.url("/feed.xml")})


async def _started(config: Path, told: Path, **environment: str) -> Program:
    return await start("run", config, environment=environment, told=told)


async def test_sigterm_ends_it(site: FeedServer, tmp_path: Path) -> None:
    """As a success, and without being killed."""
    async with TelegramCommunity() as community:
        program = await _started(
            _config(tmp_path, site, warung=community), tmp_path / "said.txt", **community.environment
        )
        try:
            await until(lambda: "feed read" in program.said, "the first reading")
            program.terminate()
            assert await program.end() == 0
        finally:
            await program.kill()


async def test_a_second_service_on_one_file_is_refused(site: FeedServer, tmp_path: Path) -> None:
    """It says who holds the database and what to do, and the first goes on."""
    config = _config(tmp_path, site, warung=SandboxCommunity())
    first = await _started(config, tmp_path / "first.txt")
    try:
        await until(lambda: "feed read" in first.said, "the first reading")
        second = await _started(config, tmp_path / "second.txt")
        assert await second.end() == 1
        (line,) = [line for line in second.said.splitlines() if line.startswith("error: ")]
        assert line.startswith(f"error: another konektor run holds {tmp_path / 'konektor.db'}")
        assert "Stop the other one" in line
        assert "Traceback" not in second.said
        assert first.is_running
    finally:
        await first.kill()


@pytest.mark.parametrize(
    "make", [pytest.param(TelegramCommunity, id="telegram"), pytest.param(DiscordCommunity, id="discord")]
)
async def test_a_wrong_token_of_the_only_platform_ends_it(
    make: type[TelegramCommunity | DiscordCommunity], site: FeedServer, tmp_path: Path
) -> None:
    """One line says where to get the right one, and the token is nowhere in what is said."""
    async with make() as community:
        program = await _started(_config(tmp_path, site, warung=community), tmp_path / "said.txt", **WRONG)
        assert await program.end() == 5
    (line,) = [line for line in program.said.splitlines() if line.startswith("error: ")]
    assert "token" in line
    assert "Traceback" not in program.said
    assert [token for token in WRONG.values() if token in program.said] == []


async def test_a_wrong_config_never_starts(site: FeedServer, tmp_path: Path) -> None:
    """It names the place, and no database is made."""
    config = _config(tmp_path, site, warung=SandboxCommunity())
    config.write_text(config.read_text(encoding="utf-8").replace("as_published", "as_publishd"), encoding="utf-8")
    program = await _started(config, tmp_path / "said.txt")
    assert await program.end() == 3
    place = next(n for n, line in enumerate(config.read_text().splitlines(), 1) if "as_publishd" in line)
    assert f"{config}:{place}:" in program.said
    assert not (tmp_path / "konektor.db").exists()


async def test_a_changed_config_is_taken_up_while_it_runs(site: FeedServer, tmp_path: Path) -> None:
    """One that does not hold keeps the old one running; one that does is swapped in whole, and SIGHUP ends nothing."""
    config = _config(tmp_path, site, warung=SandboxCommunity())
    text = config.read_text(encoding="utf-8")
    program = await _started(config, tmp_path / "said.txt")
    try:
        await until(lambda: "feed read" in program.said, "the first reading")
        config.write_text(text.replace("as_published", "as_publishd"), encoding="utf-8")
        await until(lambda: "configuration not reloaded" in program.said, "the refusal")
        assert f"{config}:" in program.said.partition("configuration not reloaded")[2]
        config.write_text(text.replace("as_published", "weekdays 09:00"), encoding="utf-8")
        await until(lambda: program.said.count("is running on") == 2, "the new service")
        program.hang_up()
        await until(lambda: "it says the same" in program.said, "the answer to SIGHUP")
        program.terminate()
        assert await program.end() == 0
    finally:
        await program.kill()
    assert "changed: when" in program.said
    assert "Traceback" not in program.said


async def test_a_config_changed_in_the_middle_of_a_send_waits_for_its_answer(site: FeedServer, tmp_path: Path) -> None:
    """What is under way is written down before the service goes on with the new one: no doubt, and nothing twice."""
    async with TelegramCommunity() as community:
        config = _config(tmp_path, site, warung=community)
        told = tmp_path / "said.txt"
        program = await _started(config, told, **community.environment)
        try:
            await until(lambda: "telegram logged in" in program.said, "the bot to listen")
            community.server.fail_next("sendMessage", Fault(kind="delay_after", seconds=4))
            await community.says(BUDI, "berapa ongkir ke luar Jawa?", to_bot=True)
            await until(lambda: community.server.sent, "the send to be under way")
            text = config.read_text(encoding="utf-8")
            config.write_text(text.replace("as_published", "weekdays 09:00"), encoding="utf-8")
            program.hang_up()
            await until(lambda: program.said.count("is running on") == 2, "the new service")
            await community.says(BUDI, "jam berapa kedai buka?", to_bot=True)
            await until(lambda: program.said.count("message sent") == 2, "an answer of the new service")
            program.terminate()
            assert await program.end() == 0
        finally:
            await program.kill()
        books = await read_books(config, community.environment)
    said = program.said
    assert said.index("configuration reloaded") < said.index("message sent") < said.rindex("is running on")
    assert [row.message_id for row in books.sent] == [str(sent.message_id) for sent in community.server.sent]
    assert (len(books.sent), books.unsettled) == (2, ())
