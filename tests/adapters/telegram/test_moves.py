"""A group that becomes a supergroup: both chats say it, and a send to the old one is told where to."""

from __future__ import annotations

import pytest

from bot.errors import ChannelLost
from bot.messages import ChannelMoved, ChannelRef, IncomingMessage
from tests.adapters.telegram.driving import GROUP, Store, build, post, running
from tests.servers.telegram_server import TelegramServer

NEW = -1009876543210
THERE = ChannelRef(platform="telegram", space=str(NEW), channel=str(NEW))


async def test_both_service_messages_are_one_event(server: TelegramServer) -> None:
    """Old and new address are named, whichever chat speaks first."""
    store = Store()
    server.world.migrate(GROUP, NEW)
    server.world.says(NEW, 184467, "halo")
    async with running(build(server), store):
        await store.until(lambda: store.texts == ["halo"])
    moves = [event for event in store.events if isinstance(event, ChannelMoved)]
    assert [(event.channel.channel, event.to) for event in moves] == [(str(GROUP), THERE)] * 2
    assert len({event.event_id for event in moves}) == 1
    assert [event.channel for event in store.events if isinstance(event, IncomingMessage)] == [THERE]


async def test_a_send_to_the_old_number_names_the_new_one(server: TelegramServer) -> None:
    """It was certainly not sent, and the operator reads what to write."""
    server.world.migrate(GROUP, NEW)
    platform = build(server)
    with pytest.raises(ChannelLost, match=f'write chat: "{NEW}" in config.yaml') as raised:
        await platform.post(post())
    await platform.close()
    assert (raised.value.moved_to, server.sent) == (THERE, [])
