"""How an account listens, against a Bot API server over real HTTP: log in, fetch, commit, stop."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from adapters.telegram.menu import menus_of
from bot.errors import LoginRefused
from bot.messages import Event, IncomingMessage, MemberJoined, ReactionGiven
from bot.ports.platform import CommandSpec
from tests.adapters.telegram.driving import GROUP, PATIENCE_S, Pauses, Store, build, post, running
from tests.servers.telegram_server import Fault, FaultKind, TelegramServer


class TestReceiving:
    """An update is confirmed to Telegram only after it was committed here."""

    async def test_what_happened_before_the_start_is_heard(self, server: TelegramServer) -> None:
        """Telegram keeps updates for a day; all of a batch come at once, oldest first."""
        store = Store()
        for text in ("satu", "dua", "tiga"):
            server.world.says(GROUP, 184467, text)
        async with running(build(server), store):
            await store.until(lambda: len(store.texts) == 3)
        assert [len(batch) for batch in store.batches] == [3]
        assert store.texts == ["satu", "dua", "tiga"]

    async def test_nothing_is_confirmed_before_the_commit(self, server: TelegramServer) -> None:
        """Killed inside `receive`, the same update comes to the next process."""
        reached, never = asyncio.Event(), asyncio.Event()

        async def hang(_batch: tuple[Event, ...]) -> None:
            reached.set()
            await never.wait()

        server.world.says(GROUP, 184467, "jangan hilang")
        task = asyncio.create_task(build(server).run(hang))
        await asyncio.wait_for(reached.wait(), PATIENCE_S)
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE_S)
        assert len(server.world.pending) == 1

        store = Store()
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["jangan hilang"])
            server.world.says(GROUP, 184467, "dan ini")
            await store.until(lambda: len(store.texts) == 2)
        assert store.texts == ["jangan hilang", "dan ini"]

    async def test_a_press_that_is_none_of_ours_is_answered_in_silence(self, server: TelegramServer) -> None:
        """A game's button: no event, and nobody is kept waiting."""
        store = Store()
        async with running(build(server), store):
            # an account asks for presses with its first poll
            await server.until_called("getUpdates")
            query = server.world.presses_something(GROUP, 184467, {"game_short_name": "kopi"})
            server.world.says(GROUP, 184467, "halo")
            await store.until(lambda: store.texts == ["halo"])
        assert server.world.notices == [(query, "")]

    async def test_what_was_refused_comes_again(self, server: TelegramServer) -> None:
        """A database that is away costs time, no events; the waits grow."""
        store, pauses = Store(refusals=3), Pauses()
        server.world.says(GROUP, 184467, "halo")
        async with running(build(server, pause=pauses), store):
            await store.until(lambda: store.texts == ["halo"])
        assert [batch[0].event_id for batch in store.refused] == [store.events[0].event_id] * 3
        assert len(pauses.seconds) == 3
        assert 0.5 <= pauses.seconds[0] <= 1 < pauses.seconds[2] <= 4

    async def test_reactions_and_members_are_asked_for(self, server: TelegramServer) -> None:
        """They come only to those who name them in allowed_updates."""
        store = Store()
        message_id = server.world.says(GROUP, 184467, "halo")
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["halo"])
            server.world.reacts(GROUP, 184468, message_id, "👍")
            server.world.joins(GROUP, 184469)
            await store.until(lambda: len({event.event_id for event in store.events}) == 3)
        assert {type(event) for event in store.events} == {IncomingMessage, ReactionGiven, MemberJoined}

    async def test_a_reaction_is_in_the_topic_of_its_message(self) -> None:
        """Of a member's message and of the bot's own."""
        async with TelegramServer() as server:
            server.world.add_group(forum=True)
            topic = server.world.add_topic(GROUP, "Seduh")
            store, platform = Store(), build(server)
            theirs = server.world.says(GROUP, 184467, "halo", topic=topic)
            async with running(platform, store):
                await store.until(lambda: store.texts == ["halo"])
                ours = int((await platform.post(post(thread=str(topic)))).message_id)
                server.world.reacts(GROUP, 184468, theirs, "👍")
                server.world.reacts(GROUP, 184468, ours, "👍")
                await store.until(lambda: len(store.events) == 3)
        assert [event.channel.thread for event in store.events] == [str(topic)] * 3

    async def test_an_unreadable_update_holds_up_none(self, server: TelegramServer) -> None:
        """What the SDK can't parse is passed over, and confirmed."""
        store = Store()
        server.world.says(GROUP, 184467, "satu")
        server.world.push("message", {"message_id": 5, "text": "without a chat or date"})
        server.world.says(GROUP, 184467, "dua")
        async with running(build(server), store):
            await store.until(lambda: len(store.texts) == 2)
            server.world.says(GROUP, 184467, "tiga")
            await store.until(lambda: len(store.texts) == 3)
        assert store.texts == ["satu", "dua", "tiga"]

    async def test_a_server_that_was_away_is_found_again(self, server: TelegramServer) -> None:
        """`run` outlives any outage, also one at the very start."""
        store, pauses = Store(), Pauses()
        await server.stop()
        async with running(build(server, pause=pauses), store):
            async with asyncio.timeout(PATIENCE_S):
                await pauses.until(lambda seconds: seconds > 0)
            await server.start()
            server.world.says(GROUP, 184467, "satu")
            await store.until(lambda: store.texts == ["satu"])
            async with server.away():
                server.world.says(GROUP, 184467, "dua")
            await store.until(lambda: store.texts == ["satu", "dua"])

    @pytest.mark.parametrize("kind", ["error_before", "garbage_after", "drop_after", "flood"])
    async def test_a_bad_answer_is_asked_again(self, server: TelegramServer, kind: FaultKind) -> None:
        """Nothing that a poll can meet ends `run` or loses an update."""
        store = Store()
        server.world.says(GROUP, 184467, "halo")
        server.fail_next("getUpdates", Fault(kind=kind, seconds=2))
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["halo"])

    async def test_a_second_poller_is_told_to_the_operator(self, server: TelegramServer) -> None:
        """Two programs with one token steal each other's messages."""
        pauses = Pauses()
        with capture_logs() as logs:
            async with running(build(server, pause=pauses), Store()):
                async with asyncio.timeout(PATIENCE_S):
                    await server.until_called("getUpdates")
                    async with running(build(server, pause=pauses), Store()):
                        await pauses.until(lambda seconds: seconds == 30)
        reasons = [entry["reason"] for entry in logs if entry["event"] == "telegram can't be read now"]
        assert "another program is reading this bot's messages with the same token" in reasons[0]

    async def test_a_refused_token_ends_it(self, server: TelegramServer) -> None:
        """No waiting cures a wrong token."""
        with pytest.raises(LoginRefused, match="@BotFather"):
            await build(server, token="7000000001:revoked").run(Store().receive)

    async def test_cancelling_ends_a_waiting_poll(self, server: TelegramServer) -> None:
        """A service that stops does not wait 25 seconds for Telegram."""
        async with running(build(server), Store()) as task:
            async with asyncio.timeout(PATIENCE_S):
                await server.until_called("getUpdates")
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=5)
        assert done == {task}
        assert task.cancelled()

    async def test_looking_at_rights_disturbs_nothing(self, server: TelegramServer) -> None:
        """An account can be probed while it runs: no poll is cut, so none has to wait and try again."""
        store, pauses = Store(), Pauses()
        platform = build(server, pause=pauses)
        async with running(platform, store):
            async with asyncio.timeout(PATIENCE_S):
                await server.until_called("getUpdates")
            await platform.probe((str(GROUP),))
            server.world.says(GROUP, 184467, "halo")
            await store.until(lambda: store.texts == ["halo"])
        assert pauses.seconds == []

    async def test_an_unknown_group_is_named_in_the_log(self, server: TelegramServer) -> None:
        """That is how a marketer finds a group's number."""
        server.world.add_group("Kelas Seduh", chat_id=-1005)
        server.world.says(-1005, 184467, "halo")
        store = Store()
        with capture_logs() as logs:
            async with running(build(server), store):
                await store.until(lambda: store.texts == ["halo"])
        assert {"chat": "-1005", "title": "Kelas Seduh"}.items() <= next(
            entry for entry in logs if entry["event"] == "telegram group is in no community of config.yaml"
        ).items()


async def test_what_no_sdk_can_read_is_passed_over_openly(server: TelegramServer) -> None:
    """An update that is not what the Bot API documents is logged by its number, and those behind it are heard."""
    store = Store()
    server.world.push("message", {"message_id": "one"})
    server.world.says(GROUP, 184467, "halo")
    with capture_logs() as logs:
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["halo"])
    passed_over = [entry for entry in logs if entry["log_level"] == "error"]
    assert [set(entry) for entry in passed_over] == [{"event", "exc_info", "log_level", "update_id"}]


class TestMenu:
    """Members see the commands in their language."""

    async def test_each_language_has_its_menu(self, server: TelegramServer) -> None:
        """Names are spelt as Telegram allows; what has no translation is shown in English."""
        await self._show_menus(server)
        kept = {"command": "my_data", "description": "What is kept about you"}
        english = [{"command": "top", "description": "Who takes part most"}, kept]
        indonesian = [{"command": "teratas", "description": "Siapa yang paling aktif"}, kept]
        assert {language: server.methods.menus["all_private_chats", language] for language in ("", "en", "id")} == {
            "": english,
            "en": english,
            "id": indonesian,
        }

    async def test_each_kind_of_chat_has_its_menu(self, server: TelegramServer) -> None:
        """A group is not shown what everybody would read there; somebody alone with the bot is shown all."""
        await self._show_menus(server)
        alone = server.world.add_private(184467)
        shown = {
            (where, language): server.methods.menu_shown(where, language)
            for where in (GROUP, alone)
            for language in ("id", "en", "de")
        }
        assert shown == {
            (GROUP, "id"): ["teratas"],
            (GROUP, "en"): ["top"],
            (GROUP, "de"): ["top"],
            (alone, "id"): ["teratas", "my_data"],
            (alone, "en"): ["top", "my_data"],
            (alone, "de"): ["top", "my_data"],
        }

    def test_what_is_for_admins_only_they_are_shown(self) -> None:
        """In every language there is; members and those alone with the bot are not tempted."""
        everybody = CommandSpec(name="top", descriptions={"en": "Top"}, names={})
        few = CommandSpec(name="pause", descriptions={"en": "Pause"}, names={}, for_admins=True)
        shown = {
            (menu.scope.type, menu.language): [command.command for command in menu.commands]
            for menu in menus_of((everybody, few))
        }
        assert {where for where, names in shown.items() if "pause" in names} == {
            ("all_chat_administrators", None),
            ("all_chat_administrators", "en"),
        }
        assert all("top" in names for names in shown.values())

    async def test_where_telegram_knows_no_kind_of_chat_the_menu_is_a_groups(self, server: TelegramServer) -> None:
        """The default menu tempts nobody to ask for their data where everybody reads it."""
        await self._show_menus(server)
        assert [command["command"] for command in server.methods.menus["default", "id"]] == ["teratas"]

    async def _show_menus(self, server: TelegramServer) -> None:
        store = Store()
        server.world.says(GROUP, 184467, "halo")
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["halo"])

    async def test_a_menu_that_fails_is_no_reason_to_stop(self, server: TelegramServer) -> None:
        """It is an ornament."""
        store = Store()
        server.world.says(GROUP, 184467, "halo")
        server.fail_next("setMyCommands", Fault(kind="error_before"))
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["halo"])
