"""Editors approve a post in their own group on Telegram, beside the community it is for."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.community import LARAS, WIRA
from tests.journeys.home import KEY, NEW, OLD, blog, write_config
from tests.journeys.on_telegram import TelegramCommunity
from tests.journeys.service import running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer
from tests.servers.telegram_methods import Sent

EDITORS = -1009876543210


async def test_editors_decide_in_their_group(tmp_path: Path) -> None:
    """A draft is shown there, rewritten by an answer and approved by a button; only the brand's people count."""
    community = TelegramCommunity()
    world = community.world
    world.add_group("Meja redaksi", chat_id=EDITORS)

    def shown() -> list[Sent]:
        return [sent for sent in community.server.sent if sent.chat_id == EDITORS]

    def posted() -> list[str]:
        return [sent.text for sent in community.server.sent if sent.chat_id == community.chat]

    def button(sent: Sent, sign: str) -> str:
        keyboard = world.chats[EDITORS].messages[sent.message_id]["reply_markup"]["inline_keyboard"]
        (data,) = [each["callback_data"] for row in keyboard for each in row if each["text"].startswith(sign)]
        return str(data)

    async with FeedServer({"/feed.xml": blog(OLD)}) as site, community:
        config = write_config(tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")})
        written = config.read_text("utf-8")
        address = f'    chat: "{community.chat}"\n'
        editors = f'    approval: always\n    editors: {{channel: "{EDITORS}", expire_after: 24h}}\n'
        config.write_text(written.replace(address, address + editors), "utf-8")
        async with running(config, community) as bot:
            await bot.read("blog")
            site.answers["/feed.xml"] = blog(OLD, NEW)
            await bot.read("blog")
            heading, text = await until(lambda: shown() if len(shown()) == 2 else [], "the draft")
            assert text.text.startswith(f"Ada cerita baru: {NEW.title}")

            world.presses(EDITORS, int(WIRA), heading.message_id, button(heading, "✅"))
            world.presses(EDITORS, int(LARAS), heading.message_id, button(heading, "✅"), anonymous=True)
            world.presses(EDITORS, int(LARAS), heading.message_id, button(heading, "✏"))
            await until(lambda: len(world.notices) == 3, "an answer to each press")
            refused = "Hanya tim merek yang bisa memutuskan: mereka yang tercantum di people dalam config.yaml."
            how = "Balas draf itu dengan teks barunya: jadilah versi berikutnya."
            assert sorted(notice for _, notice in world.notices) == sorted([refused, refused, how])

            world.says(EDITORS, int(LARAS), "Panen di Gayo sudah mulai!", reply_to=heading.message_id)
            newer = (await until(lambda: shown() if len(shown()) == 4 else [], "the second version"))[2]
            assert shown()[3].text == "Panen di Gayo sudah mulai!"
            assert posted() == []
            world.presses(EDITORS, int(LARAS), newer.message_id, button(newer, "✅"))
            await until(posted, "the post")
            await until(
                lambda: "Disetujui oleh Laras." in world.chats[EDITORS].messages[newer.message_id]["text"], "so"
            )
            assert posted() == ["Panen di Gayo sudah mulai!"]
            assert "reply_markup" not in world.chats[EDITORS].messages[newer.message_id]
            assert not world.waiting_presses
