"""The Bot API server keeps the rules it stands for; the SDK reads every answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken

from adapters.telegram.wire import BotRequest, FloodWait
from tests.servers.telegram_checks import Refusal
from tests.servers.telegram_server import TOKEN, TelegramServer
from tests.servers.telegram_world import World

GROUP = -1001234567890


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Give a server with a group the bot administers."""
    async with TelegramServer() as opened:
        opened.world.add_group()
        yield opened


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    """Give an account on it."""
    calls = BotRequest(connections=4, read_timeout=10)
    yield Bot(TOKEN, base_url=f"{server.base}/bot", request=calls, get_updates_request=calls)
    await calls.shutdown()


class TestUpdates:
    """getUpdates."""

    async def test_an_offset_confirms_what_is_before_it(self, server: TelegramServer, bot: Bot) -> None:
        """Unconfirmed updates come again, confirmed ones never."""
        for text in ("satu", "dua", "tiga"):
            server.world.says(GROUP, 184467, text)
        first = await bot.get_updates()
        again = await bot.get_updates(limit=2)
        rest = await bot.get_updates(offset=first[1].update_id + 1)
        gone = await bot.get_updates(offset=first[0].update_id)
        assert [len(first), len(again)] == [3, 2]
        assert [update.message.text for update in rest if update.message] == ["tiga"]
        assert gone == rest

    async def test_reactions_come_only_when_asked_for(self, server: TelegramServer, bot: Bot) -> None:
        """And only those that happen afterwards."""
        message_id = server.world.says(GROUP, 184467, "halo")
        server.world.reacts(GROUP, 184468, message_id, "👍")
        unasked = await bot.get_updates(allowed_updates=["message", "message_reaction"])
        server.world.reacts(GROUP, 184468, message_id, "❤")
        asked = await bot.get_updates(offset=unasked[-1].update_id + 1)
        assert [update.message_reaction is None for update in (*unasked, *asked)] == [True, False]

    async def test_a_newer_poll_ends_the_older(self, server: TelegramServer, bot: Bot) -> None:
        """The older one hears a 409."""
        older = asyncio.create_task(bot.get_updates(timeout=10))
        await server.until_called("getUpdates")
        await bot.get_updates(timeout=0)
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older

    async def test_a_webhook_and_polling_exclude_each_other(self, server: TelegramServer, bot: Bot) -> None:
        """Until it is deleted."""
        server.methods.webhook_url = "https://old.example/hook"
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert (await bot.get_webhook_info()).url == ""
        assert await bot.get_updates() == ()

    async def test_privacy_mode_hides_what_does_not_concern_the_bot(self) -> None:
        """A member sees commands, its name and answers to it; an administrator sees all."""
        seen = []
        for status in ("member", "administrator"):
            world = World(privacy_mode=True)
            world.add_group(bot_status=status)
            for text in ("halo semua", "/top", "@tani_bot halo"):
                world.says(GROUP, 184467, text)
            seen.append([update["message"]["text"] for update in world.pending])
        assert seen == [["/top", "@tani_bot halo"], ["halo semua", "/top", "@tani_bot halo"]]


class TestMethods:
    """Sending, changing and asking."""

    async def test_only_its_own_messages_can_be_changed(self, server: TelegramServer, bot: Bot) -> None:
        """And only to something else."""
        own = (await bot.send_message(GROUP, "satu")).message_id
        changed = await bot.edit_message_text("dua", chat_id=GROUP, message_id=own)
        assert getattr(changed, "text", None) == "dua"
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("dua", chat_id=GROUP, message_id=own)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text(
                "dua", chat_id=GROUP, message_id=server.world.says(GROUP, 184467, "milik orang")
            )
        with pytest.raises(BadRequest, match="to edit not found"):
            await bot.edit_message_text("dua", chat_id=GROUP, message_id=999)

    async def test_what_is_deleted_is_gone(self, bot: Bot) -> None:
        """It can be neither deleted nor answered again."""
        own = (await bot.send_message(GROUP, "satu")).message_id
        assert await bot.delete_message(GROUP, own)
        with pytest.raises(BadRequest, match="to delete not found"):
            await bot.delete_message(GROUP, own)
        with pytest.raises(BadRequest, match="to be replied not found"):
            await bot.send_message(GROUP, "dua", reply_to_message_id=own)

    async def test_a_callback_query_is_answered_once(self, server: TelegramServer, bot: Bot) -> None:
        """A second answer is too late."""
        server.world.waiting_presses.add("q1")
        assert await bot.answer_callback_query("q1")
        with pytest.raises(BadRequest, match="too old"):
            await bot.answer_callback_query("q1")

    @pytest.mark.parametrize(
        ("scope", "words"),
        [
            ({"type": "all_groups"}, "unsupported scope"),
            ({"type": "all_group_chats", "chat_id": GROUP}, "unknown fields"),
            ({"type": "chat"}, "not specified"),
            ({"type": "chat", "chat_id": -1}, "chat not found"),
            ({"type": "chat_member", "chat_id": GROUP, "user_id": 1}, "user not found"),
        ],
    )
    async def test_a_menu_is_for_chats_that_exist(
        self, server: TelegramServer, scope: dict[str, str | int], words: str
    ) -> None:
        """A scope of commands is one of seven, with all that belongs to it and nothing else."""
        menu = [{"command": "top", "description": "Siapa yang paling aktif"}]
        with pytest.raises(Refusal, match=words):
            server.methods.set_my_commands(commands=menu, scope=scope)
        assert server.methods.menus == {}

    async def test_what_the_api_does_not_know_is_refused(self, server: TelegramServer, bot: Bot) -> None:
        """Methods, parameters, parse modes, tokens."""
        with pytest.raises(InvalidToken, match="does not exist"):
            await bot.do_api_request("make_coffee")
        with pytest.raises(BadRequest, match="Unknown parameters"):
            await bot.get_chat(GROUP, api_kwargs={"chatid": "1"})
        with pytest.raises(BadRequest, match="parse_mode"):
            await bot.send_message(GROUP, "<b>a</b>", parse_mode="HTML")
        calls = BotRequest(connections=1, read_timeout=10)
        with pytest.raises(InvalidToken):
            await Bot("7000000001:revoked", base_url=f"{server.base}/bot", request=calls).get_me()
        await calls.shutdown()

    async def test_the_twenty_first_message_in_a_minute_is_too_many(self, server: TelegramServer, bot: Bot) -> None:
        """However well they were spaced; the wait is longer than for one message a second."""
        server.rate_limits = True
        for _ in range(20):
            await bot.send_message(GROUP, "halo")
            server.age_sends(1)
        with pytest.raises(FloodWait) as caught:
            await bot.send_message(GROUP, "halo")
        assert caught.value.retry_after > timedelta(seconds=1)
