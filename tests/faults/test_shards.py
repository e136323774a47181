"""Two processes on one PostgreSQL share a Discord account's connections, within the logins that Discord allows."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from tests.faults.audit import read_books
from tests.faults.program import Program, start
from tests.journeys.home import SAMPLE_FAQ
from tests.journeys.waiting import until
from tests.servers.discord_gateway import shard_of
from tests.servers.discord_server import TOKEN, DiscordServer

SHARDS = 4
ENVIRONMENT = {"DISCORD_TOKEN": TOKEN}


async def test_they_share_connections_and_one_takes_over_from_another(postgres_url: str, tmp_path: Path) -> None:
    """Each connection is held once, every server is heard, logins keep their distance, and the token lives on."""
    async with DiscordServer(shards=SHARDS, max_concurrency=2, identify_seconds=5.0, channel_burst=1000) as server:
        folk = _Folk(server)
        config = folk.write_config(tmp_path, postgres_url)
        programs = [await _start(config, number) for number in range(2)]
        try:
            await until(lambda: server.line.connected_shards == list(range(SHARDS)), "every connection")
            shares = [program.said.count("lease taken") for program in programs]
            assert sum(shares) == SHARDS
            assert min(shares) > 0
            await folk.say_everywhere("satu")
            await programs[0].kill()
            server.line.forget_all()  # what a killed process held is not resumed by another
            await until(lambda: server.line.connected_shards == list(range(SHARDS)), "one process to hold them all")
            await folk.say_everywhere("dua")
            heard = await until(lambda: folk.heard_all(config), "everything to be heard")
            programs[1].terminate()
            assert await programs[1].end() == 0
        finally:
            for program in programs:
                await program.kill()
        assert set(heard.values()) == {1}
        assert server.line.too_early == 0
        assert server.state.token == TOKEN


async def _start(config: Path, number: int) -> Program:
    told = config.parent / f"said-{number}.txt"
    return await start(config, environment=ENVIRONMENT, told=told, module="tests.faults.impatient")


class _Folk:
    """A member in a server of each shard."""

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._guilds = {}
        while len(self._guilds) < SHARDS:
            guild = server.add_guild("Roasters")
            if self._guilds.setdefault(shard_of(guild.id, SHARDS), guild) is not guild:
                del server.state.guilds[guild.id]
        self._ani = {number: server.person(guild, "Ani") for number, guild in self._guilds.items()}
        self._said: set[str] = set()

    async def say_everywhere(self, text: str) -> None:
        """Write once in each server."""
        for number, guild in self._guilds.items():
            said = await self._server.say(guild, next(iter(guild.channels)), self._ani[number], text)
            self._said.add(said)

    async def heard_all(self, config: Path) -> Counter[str | None] | None:
        """Return how often each message stands in the log, once all do."""
        await asyncio.sleep(0.3)
        books = await read_books(config, ENVIRONMENT)
        heard = Counter(event.message_id for event in books.events if event.kind == "message")
        return heard if self._said <= set(heard) else None

    def write_config(self, folder: Path, store: str) -> Path:
        """Write a brand whose communities are the servers."""
        (folder / "faq.yaml").write_bytes(SAMPLE_FAQ.read_bytes())
        places = "".join(
            f'  guild-{number}:\n    platform: discord\n    server: "{guild.id}"\n'
            f'    channels: {{posts: "{next(iter(guild.channels))}"}}\n'
            for number, guild in self._guilds.items()
        )
        path = folder / "config.yaml"
        path.write_text(
            f"""\
brand: {{name: Kopi Tani, bot_name: Tani, languages: [id, en]}}
store: {{url: "{store}"}}
platforms:
  discord: {{token: "${{DISCORD_TOKEN}}", api_base: "{self._server.api_base}", gateway: "{self._server.gateway}"}}
defaults: {{timezone: Asia/Jakarta}}
communities:
{places}
sources:
  faq: {{type: faq, path: faq.yaml}}
answers: {{from: [faq], embedder: none}}
""",
            encoding="utf-8",
        )
        return path
