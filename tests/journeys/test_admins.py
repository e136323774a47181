"""Admins of a community hold the bot back in it, through the real service."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.community import BUDI, SARI
from tests.journeys.home import KEY, OLD, blog, write_config
from tests.journeys.on_sandbox import SandboxCommunity
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer


async def test_an_admin_quiets_the_bot_and_a_member_cannot(tmp_path: Path) -> None:
    """The member is refused, the admin is heard, questions are still answered, and /lanjut ends it."""
    community = SandboxCommunity()
    async with FeedServer({"/feed.xml": blog(OLD)}) as site, community:
        config = write_config(tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")})
        async with running(config, community) as bot:
            community.appoints(SARI)
            refused = await _reply(community, await community.commands(BUDI, "tenang 2 jam"))
            assert refused.startswith("Hanya admin grup ini")
            assert await _paused(bot) == []
            heard = await _reply(community, await community.commands(SARI, "tenang 2 jam"))
            assert heard.startswith("Siap: selama 2 jam")
            assert await _paused(bot) == [("quiet", KEY, "one of its admins said /quiet")]
            assert await _reply(community, await community.says(BUDI, "berapa ongkir ke luar Jawa?", to_bot=True))
            assert await _reply(community, await community.commands(SARI, "lanjut")) == (
                "Aku kembali: kiriman di sini berjalan lagi."
            )
            assert await _paused(bot) == []


async def _reply(community: SandboxCommunity, message_id: str) -> str:
    def found() -> list[str]:
        return [each.text for each in community.posted() if each.reply_to == message_id]

    await until(lambda: bool(found()), "a reply")
    return found()[0]


async def _paused(bot: Running) -> list[tuple[str, str, str]]:
    async with bot.parts.store.read(bot.parts.brand.id) as work:
        return [(one.scope, one.key, one.reason) for one in await work.pauses.all(bot.clock.now())]
