"""Threads that Discord has put away: a quiet one goes within the hour, and is told to nobody who connects later."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.messages import IncomingMessage, Span
from bot.ports.platform import Heard
from tests.adapters.discord.conftest import Live
from tests.adapters.discord.sample import post_in
from tests.servers.discord_state import FORUM


async def test_what_was_written_in_a_thread_that_is_archived_by_now_is_read(live: Live) -> None:
    """Beneath a text channel or a forum, with its channel known; one that was archived before is not looked into."""
    state, guild = live.server.state, live.guild
    forum = state.add_channel(guild, "tanya-jawab", kind=FORUM)
    threads = {name: state.add_thread(guild, parent, name) for name, parent in (("utas", live.channel), ("pos", forum))}
    old = state.add_thread(guild, live.channel, "lama")
    told_at = discord.utils.utcnow()
    known = await live.server.say(guild, live.channel, live.ani, "the last one heard")
    for name, thread in threads.items():
        await live.server.say(guild, thread, live.ani, f"in {name}")
        state.archive(guild, thread)
    state.archive(guild, old, at=told_at - timedelta(days=3))
    live.server.rest.requests.clear()
    live.platform.resume({live.channel: Heard(message_id=known, at=told_at)}, not_before=told_at - timedelta(hours=24))
    async with live.running():
        events = await live.ear.hear(3)
    heard = [
        (each.text, each.channel.channel, each.channel.thread) for each in events if isinstance(each, IncomingMessage)
    ]
    assert heard == [
        ("the last one heard", live.channel, None),
        ("in utas", live.channel, threads["utas"]),
        ("in pos", forum, threads["pos"]),
    ]
    assert f"/api/v10/channels/{old}/messages" not in [path for _, path, _ in live.server.rest.requests]


async def test_archived_threads_that_can_not_be_listed_harm_nothing_else(
    live: Live, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the right to read a channel's history the rest is read, and the log says what is not known."""
    caplog.set_level(logging.WARNING)
    live.guild.bot_rights &= ~(1 << 16)
    known = await live.server.say(live.guild, live.channel, live.ani, "heard")
    await live.server.say(live.guild, live.channel, live.ani, "meanwhile")
    now = discord.utils.utcnow()
    live.platform.resume({live.channel: Heard(message_id=known, at=now)}, not_before=now - timedelta(hours=1))
    async with live.running():
        events = await live.ear.hear(2)
    assert [each.text for each in events if isinstance(each, IncomingMessage)] == ["heard", "meanwhile"]
    assert "What was archived in channel" in caplog.text


async def test_a_first_start_lists_no_archive(live: Live) -> None:
    """Nothing is missing then, and a server may have hundreds of channels."""
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "halo")
        await live.ear.hear(1)
    assert [path for _, path, _ in live.server.rest.requests if "archived" in path] == []


async def test_a_forum_post_is_found_when_its_thread_is_archived(live: Live) -> None:
    """However many were put away since, on however many pages; one of an earlier day is another post."""
    state, guild = live.server.state, live.guild
    forum = state.add_channel(guild, "cerita", kind=FORUM)
    begun_at = discord.utils.utcnow()
    wanted = post_in(live, "Ada cerita baru.", channel=forum)
    posted = await live.platform.post(wanted)
    assert posted.channel.thread is not None
    state.archive(guild, posted.channel.thread)
    for number in range(150):
        # as Discord dates them: no two at the same moment
        at = discord.utils.utcnow() + timedelta(seconds=number + 1)
        state.archive(guild, state.add_thread(guild, forum, f"lain {number}"), at=at)
    assert await live.platform.find_posted(wanted, begun_at=begun_at) == posted
    assert await live.platform.find_posted(wanted, begun_at=begun_at + timedelta(hours=1)) is None
    other = replace(wanted, spans=(Span(text="Yang lain."),))
    assert await live.platform.find_posted(other, begun_at=begun_at) is None


async def test_a_bot_that_is_kept_from_reading_says_what_to_click(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    """Empty messages of members mean a missing intent; that is said once, and who writes is still counted."""
    live.server.line.withholds_content = True
    async with live.running():
        for _ in range(3):
            await live.server.say(live.guild, live.channel, live.ani, "halo semua")
        events = await live.ear.hear(3)
        await asyncio.sleep(0)
    assert [each.text for each in events if isinstance(each, IncomingMessage)] == ["", "", ""]
    told = [each.getMessage() for each in caplog.records if "Message Content Intent" in each.getMessage()]
    assert len(told) == 1
    assert "Privileged Gateway Intents" in told[0]


async def test_a_message_without_words_is_no_missing_intent(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    """A picture alone, and one that names the bot, say nothing about the intents."""
    picture = {
        "id": "1",
        "filename": "v60.jpg",
        "size": 1,
        "url": "https://x.example/v",
        "proxy_url": "https://x.example",
    }
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "", attachments=[picture])
        await live.server.say(live.guild, live.channel, live.ani, f"<@{live.server.bot_id}>")
        await live.ear.hear(2)
    assert "Message Content Intent" not in caplog.text
