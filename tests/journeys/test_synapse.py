"""The bot on a real Matrix homeserver, where one is installed: what no server of our own could prove."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from adapters.matrix.adapter import MatrixPlatform
from adapters.matrix.settings import Account, Address
from bot.clock import SystemClock
from bot.messages import ChannelRef, OutgoingPost, Span
from bot.ports.platform import Platform
from tests.journeys.community import LARAS
from tests.journeys.home import KEY, OLD, blog, write_config
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer
from tests.servers.synapse import DOMAIN, NOT_INSTALLED, PYTHON, Synapse

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason=NOT_INSTALLED)

BURST = 120
BOT = f"@tani:{DOMAIN}"


class _Warung:
    """A room on Synapse into which the bot is invited."""

    platform = "matrix"
    keeps_updates = True

    def __init__(self, server: Synapse) -> None:
        self.server = server
        self.room = ""
        self._token = ""

    async def __aenter__(self) -> Self:
        """Let members in, and invite the bot."""
        self._token = await self.server.register("tani")
        for name in ("pemilik", "budi", "laras"):
            await self.server.register(name)
        self.room = await self.server.make_room("pemilik", "budi", "laras")
        await self.server.call("pemilik", "POST", f"/rooms/{self.room}/invite", {"user_id": BOT})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The server goes by itself."""

    @property
    def accounts(self) -> str:
        """The account."""
        return f'  matrix: {{homeserver: "{self.server.base}", token: "${{MATRIX_TOKEN}}"}}\n'

    @property
    def address(self) -> str:
        """The room."""
        return f'    room: "{self.room}"\n'

    @property
    def environment(self) -> dict[str, str]:
        """The token."""
        return {"MATRIX_TOKEN": self._token}

    def known_as(self, person: str) -> str:
        """Only one is called by name."""
        assert person == LARAS
        return f"@laras:{DOMAIN}"

    async def meet(self, platform: Platform) -> None:
        """Wait until the bot has accepted the invitation."""
        del platform

        async def is_in() -> bool:
            members = await self.server.call("pemilik", "GET", f"/rooms/{self.room}/joined_members", None)
            return BOT in members["joined"]

        await until(is_in, "the bot to enter")

    async def says(self, text: str, **content: Any) -> str:
        """Budi writes."""
        return await self.server.send(
            "budi", self.room, "m.room.message", {"msgtype": "m.text", "body": text, **content}
        )


async def test_the_bot_answers_counts_and_finds_its_posts_on_synapse(tmp_path: Path) -> None:
    """It enters when invited, answers with its source, hears a burst whole, also one of the time it was away."""
    (folder := tmp_path / "synapse").mkdir()
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, Synapse(folder) as server, _Warung(server) as warung:
        config = write_config(tmp_path, communities={KEY: warung}, feeds={"blog": site.url("/feed.xml")})  # type: ignore[dict-item]  # what a configuration needs of it
        async with running(config, warung) as bot:  # type: ignore[arg-type]  # same
            asked = await warung.says("Tani: berapa ongkir ke luar Jawa?", **{"m.mentions": {"user_ids": [BOT]}})
            answer = await until(lambda: _answer_to(warung, asked), "the answer")
            assert "Rp32.000 untuk pulau lain" in answer["content"]["body"]
            assert answer["content"]["msgtype"] == "m.notice"
            reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": answer["event_id"], "key": "👍"}}
            await server.send("budi", warung.room, "m.reaction", reaction)
            said = {asked, *[await warung.says(f"pesan {number}") for number in range(BURST)]}
            await until(lambda: _has_heard(bot, said), "the whole burst")
            await _look_back(bot, warung)
            events = await bot.events()
            assert [event.emoji for event in events if event.kind == "reaction"] == ["👍"]
        said |= {await warung.says(f"sementara itu {number}") for number in range(BURST)}
        async with running(config, warung, clock=bot.clock) as bot:  # type: ignore[arg-type]  # same
            await until(lambda: _has_heard(bot, said), "what was written meanwhile")
            heard = [event.message_id for event in await bot.events() if event.kind == "message"]
    assert sorted(map(str, heard)) == sorted(said)


async def test_check_sees_a_room_as_synapse_has_it(tmp_path: Path) -> None:
    """An invitation that waits, then the bot's rights, and at last the id that an upgraded room goes on under."""
    (folder := tmp_path / "synapse").mkdir()
    async with Synapse(folder) as server, _Warung(server) as warung:
        account = Account.model_validate({"homeserver": server.base, "token": warung.environment["MATRIX_TOKEN"]})
        place = Address(room=warung.room).place(KEY)
        platform = MatrixPlatform(account, commands=(), places=(place,), now=SystemClock().now)
        state = f"/rooms/{warung.room}/state"
        try:
            waiting = await platform.probe((warung.room,))
            await server.call("tani", "POST", f"/join/{warung.room}", {})
            entered = await platform.probe((warung.room,))
            levels = await server.call("pemilik", "GET", f"{state}/m.room.power_levels", None)
            levels["events"]["m.room.redaction"] = 50
            await server.call("pemilik", "PUT", f"{state}/m.room.power_levels", levels)
            bound = await platform.probe((warung.room,))
            moved = await server.call("pemilik", "POST", f"/rooms/{warung.room}/upgrade", {"new_version": "11"})
            upgraded = await platform.probe((warung.room,))
        finally:
            await platform.close()
    seen = [[finding.ok for finding in findings] for findings in (waiting, entered, bound, upgraded)]
    assert seen == [[True, False], [True, True], [True, True, False], [True, False]]
    assert "an invitation waits" in waiting[1].text
    assert "Remove messages sent by me" in bound[2].text
    assert moved["replacement_room"] in upgraded[1].text


async def _answer_to(warung: _Warung, asked: str) -> dict[str, Any] | None:
    for event in await warung.server.history("budi", warung.room):
        relation = event["content"].get("m.relates_to", {})
        if event["sender"] == BOT and relation.get("m.in_reply_to", {}).get("event_id") == asked:
            return event
    return None


async def _has_heard(bot: Running, said: set[str]) -> bool:
    return said <= {event.message_id for event in await bot.events() if event.kind == "message"}


async def _look_back(bot: Running, warung: _Warung) -> None:
    """A post is one by its transaction, and is found in the history; another is not."""
    platform = bot.platforms["matrix"]
    assert isinstance(platform, MatrixPlatform)
    channel = ChannelRef(platform="matrix", space=warung.room, channel=warung.room)
    post = OutgoingPost(
        id="dicari-1", channel=channel, spans=(Span(text="Apakah ini "), Span(text="ada?", style="bold"))
    )
    begun_at = bot.clock.now()
    assert await platform.find_posted(post, begun_at=begun_at) is None
    posted = await platform.post(post)
    assert await platform.post(post) == posted
    assert await platform.find_posted(post, begun_at=begun_at) == posted
