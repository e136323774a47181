"""What Discord refuses is not asked for again at once: ten thousand refusals bar the address."""

from __future__ import annotations

import aiohttp
import discord
import pytest

from adapters.discord.refusals import REFUSED_FOR, Refusals
from bot.errors import ChannelLost, LoginRefused, PlatformFault, PostRejected
from tests.adapters.discord.conftest import Live
from tests.adapters.discord.sample import post_in, refusal

CLOSED, OPEN = "1574840314013679999", "1574840314013680000"


def _wall() -> tuple[Refusals, list[float]]:
    now = [1000.0]
    return Refusals(lambda: now[0]), now


def _is_asked(wall: Refusals, channel: str) -> bool:
    try:
        wall.check(channel)
    except PlatformFault:
        return False
    return True


def test_a_closed_channel_is_left_alone_for_a_minute_and_others_are_not() -> None:
    """The same fault is given without asking; after a minute one send finds out."""
    wall, now = _wall()
    wall.note(CLOSED, ChannelLost("allow Send Messages"), refusal(403, 50013))
    with pytest.raises(ChannelLost, match="allow Send Messages"):
        wall.check(CLOSED)
    assert _is_asked(wall, OPEN)
    now[0] += REFUSED_FOR.total_seconds()
    assert _is_asked(wall, CLOSED)


def test_a_refused_token_stops_every_channel() -> None:
    """No channel takes anything from a token that is none."""
    wall, _ = _wall()
    wall.note(CLOSED, LoginRefused("Reset Token"), discord.LoginFailure("no"))
    assert [_is_asked(wall, channel) for channel in (CLOSED, OPEN, "")] == [False] * 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ChannelLost("gone"), refusal(404, 10003)),
        (PostRejected("no"), refusal(400, 50035)),
        (ChannelLost("gone"), aiohttp.ClientError()),
    ],
)
def test_what_does_not_count_for_the_ban_is_asked_again(fault: PlatformFault, error: Exception) -> None:
    """Only 401 and 403 do, of what a send can meet here."""
    wall, _ = _wall()
    wall.note(OPEN, fault, error)
    assert _is_asked(wall, OPEN)


async def test_discord_hears_of_a_closed_channel_once(live: Live) -> None:
    """A hundred posts into a channel the bot may not write in are one request; other channels go on."""
    other = live.server.state.add_channel(live.guild, "lain")
    live.server.fail_next("missing_permissions")
    for number in range(100):
        with pytest.raises(ChannelLost, match="allow Send Messages"):
            await live.platform.post(post_in(live, post_id=f"a-{number}"))
    await live.platform.post(post_in(live, channel=other))
    asked = [path for method, path, _ in live.server.rest.requests if method == "POST"]
    assert asked == [f"/api/v10/channels/{channel}/messages" for channel in (live.channel, other)]
