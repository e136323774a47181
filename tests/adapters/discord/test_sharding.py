"""Events over several connections: each hears its own servers, and logs in only when it may."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import discord
import pytest

from adapters.discord.adapter import DiscordPlatform, build
from adapters.discord.settings import Account, Address
from bot.errors import LoginRefused, StoreFault
from bot.messages import IncomingMessage
from bot.ports.platform import Gate, Heard, Rate, Sharding
from tests.adapters.discord.conftest import COMMANDS, Ear, Notice
from tests.journeys.waiting import until
from tests.servers.discord_gateway import shard_of
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_state import Guild

SHARDS = 2


async def _open(_: Mapping[str, Rate]) -> timedelta:
    return timedelta(0)


def _guild_of(server: DiscordServer, shard: int) -> Guild:
    """A server with Ani in it, whose events come over that shard."""
    while shard_of((guild := server.add_guild(f"Roasters {shard}")).id, SHARDS) != shard:
        del server.state.guilds[guild.id]
    server.person(guild, "Ani", user_id="111111111111111111")
    return guild


def _platform(server: DiscordServer, *guilds: Guild, shards: int | None = None) -> DiscordPlatform:
    account = {"token": TOKEN, "api_base": server.api_base, "gateway": server.gateway, "shards": shards}
    addresses = [{"server": guild.id, "channels": {"posts": next(iter(guild.channels))}} for guild in guilds]
    places = tuple(Address.model_validate(address).place("roasters") for address in addresses)
    return build(Account.model_validate(account), commands=COMMANDS, places=places)


@contextlib.asynccontextmanager
async def _running(platform: DiscordPlatform, ear: Ear, *numbers: int, gate: Gate = _open) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(platform.run_shard(number, SHARDS, ear.receive, gate)) for number in numbers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await platform.close()


async def _say(server: DiscordServer, guild: Guild, text: str) -> str:
    return await server.say(guild, next(iter(guild.channels)), "111111111111111111", text)


async def test_each_connection_hears_its_own_servers() -> None:
    """Nothing is heard twice, commands are registered once and answered in every server."""
    async with DiscordServer(shards=SHARDS) as server:
        guilds = [_guild_of(server, shard) for shard in range(SHARDS)]
        platform, ear = _platform(server, *guilds), Ear()
        assert isinstance(platform, Sharding)
        assert await platform.count_shards() == SHARDS
        async with _running(platform, ear, 0, 1):
            await until(lambda: server.line.connected_shards == [0, 1], "both connections")
            for guild in guilds:
                await _say(server, guild, f"halo dari {guild.name}")
                await until(lambda guild=guild: server.state.commands.get(guild.id), "the menu")  # type: ignore[misc]  # a guild each
                picked = await server.pick(guild, next(iter(guild.channels)), "111111111111111111", "top")
                await until(lambda picked=picked: picked.acknowledged, "the acknowledgement")  # type: ignore[misc]  # same
            events = await ear.hear(4)
        said = sorted(each.text for each in events if isinstance(each, IncomingMessage))
        assert said == ["halo dari Roasters 0", "halo dari Roasters 1"]
        assert ear.deliveries == 4
        registered = [path for method, path, _ in server.rest.requests if method == "PUT"]
        assert len(registered) == len(guilds)


async def test_the_configuration_may_say_how_many() -> None:
    """Then Discord is not asked."""
    async with DiscordServer() as server:
        assert await _platform(server, shards=7).count_shards() == 7
        assert server.rest.requests == []


async def test_a_bad_token_is_refused_before_any_connection() -> None:
    """Nobody waits for a count that can't be had."""
    async with DiscordServer(token="another") as server:
        with pytest.raises(LoginRefused, match="Reset Token"):
            await _platform(server).count_shards()


async def test_a_login_waits_for_the_gate_and_names_its_limits() -> None:
    """What is counted is the bucket of its number within five seconds, and half a day's logins at once."""
    asked: list[Mapping[str, Rate]] = []

    async def gate(rates: Mapping[str, Rate]) -> timedelta:
        asked.append(rates)
        return timedelta(seconds=0.01) if len(asked) < 3 else timedelta(0)

    async with DiscordServer(shards=SHARDS) as server:
        async with _running(_platform(server, _guild_of(server, 1)), Ear(), 1, gate=gate):
            await until(lambda: server.line.connected_shards == [1], "the connection")
        assert server.line.identified == 1
    assert len(asked) == 3
    (bucket, concurrency), (day, budget) = asked[0].items()
    assert (bucket, concurrency.count, concurrency.burst) == ("login:0", 1, 1)
    assert timedelta(seconds=5) < concurrency.per < timedelta(seconds=6)
    assert (day, budget.count, budget.burst, budget.per) == ("logins", 500, 500, timedelta(days=1))


@pytest.mark.parametrize("reason", ["used up at Discord", "used up here", "the database is away"])
async def test_without_a_login_left_none_is_tried(reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """Discord makes the token worthless else; the log says what is waited for."""
    caplog.set_level(logging.WARNING)

    async def gate(_: Mapping[str, Rate]) -> timedelta:
        if reason == "the database is away":
            raise StoreFault(reason)
        return timedelta(minutes=3)

    notice = Notice(reason if "database" in reason else "logins a day")
    caplog.handler.addFilter(notice)
    async with DiscordServer(shards=SHARDS, logins_a_day=0 if reason == "used up at Discord" else 1000) as server:
        async with _running(_platform(server, _guild_of(server, 0)), Ear(), 0, gate=gate):
            async with asyncio.timeout(20):
                await notice.seen.wait()
        assert (server.line.identified, server.state.token) == (0, TOKEN)
    caplog.handler.removeFilter(notice)


async def test_who_takes_over_a_connection_reads_what_its_servers_missed() -> None:
    """Where to begin is told before each run of a shard, and is meant for that one alone."""
    async with DiscordServer(shards=SHARDS) as server:
        guilds = [_guild_of(server, shard) for shard in range(SHARDS)]
        known = [await _say(server, guild, "heard") for guild in guilds]
        for guild in guilds:
            await _say(server, guild, f"meanwhile in {guild.name}")
        now = discord.utils.utcnow()
        channels = [next(iter(guild.channels)) for guild in guilds]
        heard = {channel: Heard(message_id=each, at=now) for channel, each in zip(channels, known, strict=True)}
        platform, ear = _platform(server, *guilds), Ear()
        platform.resume(heard, not_before=now - timedelta(hours=1))
        async with _running(platform, ear, 1):
            events = await ear.hear(2)
        assert [each.text for each in events if isinstance(each, IncomingMessage)] == [
            "heard",
            "meanwhile in Roasters 1",
        ]
        assert {each.channel.space for each in events} == {guilds[1].id}
