"""A post that was perhaps sent is found in its room's history, or is certainly not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import ChannelLost, LoginRefused, SendUncertain
from bot.messages import Span
from bot.ports.platform import LookingBack
from tests.adapters.matrix.driving import build, now, post
from tests.servers.matrix_server import MatrixServer


@pytest.mark.parametrize("is_remembered", [True, False])
async def test_a_post_is_found_however_much_was_written_since(*, is_remembered: bool) -> None:
    """By its transaction, or by its words and what it answers; another post and an earlier day are none of it."""
    async with MatrixServer() as server:
        room, dewi = server.world.add_room(), server.world.user("dewi")
        platform = build(server, room)
        assert isinstance(platform, LookingBack)
        asked = server.world.says(room, dewi, "Ada cerita baru.")
        begun_at = now()
        wanted = replace(post(room, reply_to=asked), spans=(Span(text="Ada "), Span(text="<cerita>", style="bold")))
        assert await platform.find_posted(wanted, begun_at=begun_at) is None
        posted = await platform.post(wanted)
        if not is_remembered:
            found = room.find(posted.message_id)
            assert found is not None
            del found["unsigned"]["transaction_id"]
        for number in range(250):
            server.world.says(room, dewi, f"lalu {number}")
        assert await platform.find_posted(wanted, begun_at=begun_at) == posted
        assert await platform.find_posted(wanted, begun_at=begun_at + timedelta(hours=1)) is None
        other = replace(wanted, id="p-2", spans=(Span(text="Lain."),))
        assert await platform.find_posted(other, begun_at=begun_at) is None
        await platform.close()


async def test_an_answer_to_what_was_gone_is_found() -> None:
    """It was sent without its reference."""
    async with MatrixServer() as server:
        room = server.world.add_room()
        platform, begun_at = build(server, room), now()
        wanted = post(room, reply_to="$gone")
        posted = await platform.post(wanted)
        found = room.find(posted.message_id)
        assert found is not None
        del found["unsigned"]["transaction_id"]
        assert await platform.find_posted(wanted, begun_at=begun_at) == posted
        await platform.close()


async def test_a_history_that_is_too_long_decides_nothing() -> None:
    """A person has to look then."""
    async with MatrixServer() as server:
        room, dewi = server.world.add_room(), server.world.user("dewi")
        platform, begun_at = build(server, room), now()
        for number in range(4100):
            server.world.says(room, dewi, f"ramai {number}")
        with pytest.raises(SendUncertain, match="look for it"):
            await platform.find_posted(post(room), begun_at=begun_at)
        await platform.close()


async def test_who_can_not_read_the_history_is_told_who_must_act() -> None:
    """A room the bot was put out of is lost, and a token that is none is refused."""
    async with MatrixServer() as server:
        room = server.world.add_room(bot="leave")
        platform = build(server, room)
        with pytest.raises(ChannelLost):
            await platform.find_posted(post(room), begun_at=now())
        await platform.close()
        platform = build(server, room, token="another")
        with pytest.raises(LoginRefused):
            await platform.find_posted(post(room), begun_at=now())
        await platform.close()
