"""Events of every shape: none stops those behind it, nor the connection."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.messages import IncomingMessage
from tests.adapters.discord.conftest import Live
from tests.adapters.mutating import UPDATES, VALID_EVERY, check_storable, mutations

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _few_words(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Ten thousand tracebacks say no more than one."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    caplog.clear()


async def _samples(live: Live) -> list[Json]:
    """One event of each kind that the bot listens to, as Discord sends it."""
    told: list[Json] = []

    async def keep(event: str, data: Json, *, intent: int) -> None:
        del intent
        told.append({"event": event, "data": data})

    server, guild, channel = live.server, live.guild, live.channel
    real, server.line.tell = server.line.tell, keep  # type: ignore[method-assign]  # what would be sent is only kept
    try:
        first = await server.say(guild, channel, live.ani, "berapa ongkir ke luar Jawa?")
        await server.say(
            guild, channel, live.ani, f"<@{server.bot_id}> halo <:kopi:123456789012345678>", reply_to=first
        )
        await server.say(guild, channel, live.ani, "", type=7)
        await server.say_directly(live.ani, "Ani", "halo")
        await server.edit(guild, channel, first, "berapa ongkirnya?")
        await server.react(guild, channel, first, live.ani, "👍")
        await server.react(guild, channel, first, live.ani, "👍", removed=True)
        await server.delete(guild, channel, first)
        await server.delete(guild, channel, "1574840314013679999", "1574840314013680000")
        await server.join(guild, "Budi")
        await server.leave(guild, server.person(guild, "Eka"))
        state = guild.channels[channel]
        thread = server.state.add_thread(guild, channel, "utas")
        told += [
            {"event": "CHANNEL_UPDATE", "data": state},
            {"event": "CHANNEL_CREATE", "data": {**state, "id": "1574840314013679998"}},
            {"event": "THREAD_CREATE", "data": {**guild.threads[thread], "newly_created": True}},
            {"event": "THREAD_UPDATE", "data": guild.threads[thread]},
            {
                "event": "GUILD_ROLE_CREATE",
                "data": {"guild_id": guild.id, "role": {"id": guild.id, "name": "@everyone"}},
            },
        ]
    finally:
        server.line.tell = real  # type: ignore[method-assign]  # as above
    return told


async def test_no_event_stops_those_behind_it(live: Live) -> None:
    """Of 10,000 changed events none ends the connection, and every whole message among them is told, in order."""
    samples = await _samples(live)
    valid: list[str] = []
    # somebody of whom no changed event has told anything, such as that she is a bot
    citra = live.server.person(live.guild, "Citra")
    async with live.running() as task:
        changes = [mutations([each["data"]], seed=seed, count=UPDATES) for seed, each in enumerate(samples)]
        for number in range(UPDATES):
            event, changed = samples[number % len(samples)]["event"], next(changes[number % len(samples)])
            await live.server.line.tell(event, changed, intent=-1)
            if number % VALID_EVERY == 0:
                valid.append(f"pesan {number}")
                await live.server.say(live.guild, live.channel, citra, valid[-1])
            if number % 500 == 0:
                await live.ear.until(lambda events: _said(events)[-1:] == valid[-1:])
        await live.ear.until(lambda events: len(_said(events)) >= len(valid))
        assert not task.done()
    for each in live.ear.events:
        check_storable(each)
    assert _said(live.ear.events) == valid
    assert live.server.line.identified == 1


def _said(events: list[Any]) -> list[str]:
    return [each.text for each in events if isinstance(each, IncomingMessage) and each.text.startswith("pesan ")]
