"""What `check --online` sees beyond the posts channel: where members are heard, and the day's logins."""

from __future__ import annotations

from adapters.discord.adapter import build
from adapters.discord.settings import Account, Address
from tests.adapters.discord.conftest import COMMANDS, Live
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_state import VOICE_CHANNEL


def _account(server: DiscordServer) -> Account:
    return Account.model_validate({"token": TOKEN, "api_base": server.api_base, "gateway": server.gateway})


async def test_every_channel_that_is_named_is_looked_at(live: Live) -> None:
    """One that is heard may be a voice channel's chat; an id of nothing is found before anybody wonders."""
    voice = live.server.state.add_channel(live.guild, "ngobrol", kind=VOICE_CHANNEL)
    gone = "1574840314013679999"
    channels = {"posts": live.channel, "answers": [voice, gone]}
    place = Address.model_validate({"server": live.guild.id, "channels": channels}).place("roasters")
    platform = build(_account(live.server), commands=COMMANDS, places=(place,))
    findings = await platform.probe((live.guild.id,))
    assert {(each.ok, each.text.split(";")[0]) for each in findings if each.text.startswith(("#", "Channel"))} == {
        (True, "#general: the bot may read, write and show links."),
        (True, "#ngobrol: the bot may read, write and show links."),
        (False, f"Channel {gone} is not in Roasters"),
    }


async def test_few_logins_left_are_told() -> None:
    """Something restarts the bot again and again then; nothing is said while there are plenty."""
    for used, said in ((900, []), (901, ["Only 99 of the 1000 logins of a day are left"])):
        async with DiscordServer() as server:
            server.line.identified = used
            findings = await build(_account(server), commands=COMMANDS, places=()).probe(())
        assert [each.text.partition(":")[0] for each in findings if not each.ok] == said
