"""An account's life against a Bot API server over real HTTP: log in, fetch, commit, send, close."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from adapters.telegram.adapter import TelegramPlatform
from adapters.telegram.settings import Account, Address
from bot.errors import ChannelLost, LoginRefused, PlatformDown, PostRejected, RateLimited, SendUncertain, StoreFault
from bot.messages import ChannelRef, Event, IncomingMessage, MemberJoined, OutgoingPost, ReactionGiven, Span
from bot.ports.platform import Closing, CommandSpec, Platform, Probing
from tests.servers.telegram_methods import Sent
from tests.servers.telegram_server import TOKEN, Fault, FaultKind, TelegramServer
from tests.servers.telegram_world import World

PATIENCE_S = 20

COMMANDS = (
    CommandSpec(
        name="top",
        descriptions={"en": "Who takes part most", "id": "Siapa yang paling aktif"},
        names={"en": "top", "id": "teratas"},
    ),
    CommandSpec(name="my-data", descriptions={"en": "What is kept about you"}, names={}),
)


class Store:
    """Takes batches; refuses the first `refusals`."""

    def __init__(self, *, refusals: int = 0) -> None:
        self.batches: list[tuple[Event, ...]] = []
        self.refused: list[tuple[Event, ...]] = []
        self._refusals = refusals
        self._changed = asyncio.Event()

    @property
    def events(self) -> list[Event]:
        """All that was committed."""
        return [event for batch in self.batches for event in batch]

    @property
    def texts(self) -> list[str]:
        """What was said, in order."""
        return [event.text for event in self.events if isinstance(event, IncomingMessage)]

    async def receive(self, batch: tuple[Event, ...]) -> None:
        """Commit a batch."""
        refused = len(self.refused) < self._refusals
        (self.refused if refused else self.batches).append(batch)
        self._changed.set()
        if refused:
            raise StoreFault("the database is away")

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds`; fail when that takes too long."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._changed.clear()
                await self._changed.wait()


class Pauses:
    """Waits no time, and remembers how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._changed = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        """Let others run instead of waiting."""
        self.seconds.append(seconds)
        self._changed.set()
        await asyncio.sleep(0.01)

    async def until(self, holds: Callable[[float], bool]) -> None:
        """Return once there was a wait for which `holds`."""
        while not any(map(holds, self.seconds)):
            self._changed.clear()
            await self._changed.wait()


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Give a server with a group the bot administers."""
    async with TelegramServer() as opened:
        opened.world.add_group()
        yield opened


GROUP = -1001234567890


def build(
    server: TelegramServer, *, pause: Callable[[float], object] | None = None, token: str = TOKEN
) -> TelegramPlatform:
    """Build the adapter of an account on `server`."""
    return TelegramPlatform(
        Account.model_validate({"token": token, "api_base": server.base}),
        commands=COMMANDS,
        places=(Address(chat=str(GROUP)).place("warung"),),
        pause=pause or Pauses(),
    )


@contextlib.asynccontextmanager
async def running(platform: TelegramPlatform, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    """Run `platform` into `store`, and stop it at the end."""
    task = asyncio.create_task(platform.run(store.receive))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE_S)


def post(text: str = "Ada cerita baru.", *, chat: int = GROUP, thread: str | None = None) -> OutgoingPost:
    """Make a post to the group."""
    channel = ChannelRef(platform="telegram", space=str(chat), channel=str(chat), thread=thread)
    return OutgoingPost(id="p-1", channel=channel, spans=(Span(text=text),))


async def test_it_meets_its_ports(server: TelegramServer) -> None:
    """Two verbs, closing and probing."""
    platform = build(server)
    assert isinstance(platform, Platform)
    assert isinstance(platform, Closing)
    assert isinstance(platform, Probing)
    await platform.close()


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


class TestMenu:
    """Members see the commands in their language."""

    async def test_each_language_has_its_menu(self, server: TelegramServer) -> None:
        """Names are spelt as Telegram allows; what has no translation is shown in English."""
        store = Store()
        server.world.says(GROUP, 184467, "halo")
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["halo"])
        english = [
            {"command": "top", "description": "Who takes part most"},
            {"command": "my_data", "description": "What is kept about you"},
        ]
        indonesian = [
            {"command": "teratas", "description": "Siapa yang paling aktif"},
            {"command": "my_data", "description": "What is kept about you"},
        ]
        assert server.methods.menus == {
            ("default", ""): english,
            ("default", "en"): english,
            ("default", "id"): indonesian,
        }

    async def test_a_menu_that_fails_is_no_reason_to_stop(self, server: TelegramServer) -> None:
        """It is an ornament."""
        store = Store()
        server.world.says(GROUP, 184467, "halo")
        server.fail_next("setMyCommands", Fault(kind="error_before"))
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["halo"])


class TestSending:
    """A post arrives once, or its fate is known, or the doubt is said."""

    async def test_a_post_arrives_whole(self, server: TelegramServer) -> None:
        """What was asked for is what the server took; no running adapter is needed."""
        platform = build(server)
        reference = await platform.post(post("*a* 😀"))
        await platform.close()
        assert server.sent == [
            Sent(
                chat_id=GROUP,
                message_id=int(reference.message_id),
                text="*a* 😀",
                entities=(),
                topic=None,
                reply_to=None,
                link_preview_options={"is_disabled": True},
                pinged=(),
            )
        ]

    async def test_a_post_in_a_topic_says_where_it_stands(self) -> None:
        """The reference names the topic."""
        async with TelegramServer() as server:
            server.world.add_group(forum=True)
            topic = server.world.add_topic(GROUP, "Seduh")
            platform = build(server)
            reference = await platform.post(post(thread=str(topic)))
            await platform.close()
        assert (server.sent[0].topic, reference.channel.thread) == (topic, str(topic))

    @pytest.mark.parametrize(
        ("fault", "kind", "taken"),
        [
            (Fault(kind="flood", seconds=7), RateLimited, 0),
            (Fault(kind="unauthorized"), LoginRefused, 0),
            (Fault(kind="forbidden"), ChannelLost, 0),
            (Fault(kind="bad_request"), PostRejected, 0),
            (Fault(kind="drop_before"), SendUncertain, 0),
            (Fault(kind="drop_after"), SendUncertain, 1),
            (Fault(kind="error_before"), SendUncertain, 0),
            (Fault(kind="error_after"), SendUncertain, 1),
            (Fault(kind="garbage_after"), SendUncertain, 1),
        ],
    )
    async def test_each_fault_is_named_and_nothing_sent_twice(
        self, server: TelegramServer, fault: Fault, kind: type[Exception], taken: int
    ) -> None:
        """The SDK does not repeat a send by itself, and neither does the adapter."""
        platform = build(server)
        server.fail_next("sendMessage", fault)
        with pytest.raises(kind) as caught:
            await platform.post(post())
        await platform.close()
        assert type(caught.value) is kind
        assert len(server.sent) == taken
        assert [method for method, _ in server.calls] == ["sendMessage"]

    async def test_a_server_that_is_away_took_nothing(self, server: TelegramServer) -> None:
        """A refused connection leaves no doubt, and the next send works."""
        platform = build(server)
        async with server.away():
            with pytest.raises(PlatformDown):
                await platform.post(post())
        await platform.post(post())
        await platform.close()
        assert len(server.sent) == 1

    async def test_a_lost_place_says_what_to_do(self, server: TelegramServer) -> None:
        """Unknown group, gone topic, closed topic, no right, and a group that has moved."""
        world, platform = server.world, build(server)
        with pytest.raises(ChannelLost, match="check `chat`"):
            await platform.post(post(chat=-1009))
        with pytest.raises(ChannelLost, match="change or remove `topic`"):
            await platform.post(post(thread="99"))
        world.add_group("Forum", chat_id=-1005, forum=True)
        topic = world.add_topic(-1005, "Seduh")
        world.chats[-1005].topics[topic].closed = True
        with pytest.raises(ChannelLost, match="reopen the topic"):
            await platform.post(post(chat=-1005, thread=str(topic)))
        world.chats[GROUP].members[world.me["id"]] = "restricted"
        with pytest.raises(ChannelLost, match="let the bot write"):
            await platform.post(post())
        world.migrate(GROUP, -1007)
        with pytest.raises(ChannelLost, match='write chat: "-1007"'):
            await platform.post(post())
        await platform.close()
        assert server.sent == []

    async def test_an_id_that_is_none_of_telegrams_is_refused(self, server: TelegramServer) -> None:
        """The ports know no other errors than their own."""
        platform = build(server)
        with pytest.raises(PostRejected, match="check `chat`"):
            await platform.post(post(thread="general"))
        await platform.close()

    async def test_the_documented_limits_are_kept_by_the_servers_word(self) -> None:
        """A fifth message in a second is too many for one group; the wait is what the server says."""
        async with TelegramServer(World(), rate_limits=True) as server:
            server.world.add_group()
            platform = build(server)
            for _ in range(4):
                await platform.post(post())
            with pytest.raises(RateLimited) as caught:
                await platform.post(post())
            await platform.close()
        assert caught.value.retry_after >= timedelta(seconds=1)
        assert len(server.sent) == 4

    async def test_closing_twice_is_safe_and_not_for_ever(self, server: TelegramServer) -> None:
        """A later post opens new connections."""
        platform = build(server)
        await platform.close()
        await platform.close()
        await platform.post(post())
        await platform.close()
        assert len(server.sent) == 1


async def test_the_token_is_never_logged(server: TelegramServer, caplog: pytest.LogCaptureFixture) -> None:
    """Neither ours, the SDK's nor httpx's log holds it, whatever happens; nor does an error's traceback."""
    caplog.set_level(logging.DEBUG)
    store, platform = Store(refusals=1), build(server)
    server.world.says(GROUP, 184467, "halo")
    server.fail_next("getUpdates", Fault(kind="drop_before"))
    server.fail_next("setMyCommands", Fault(kind="error_before"))
    with capture_logs(processors=[structlog.processors.format_exc_info]) as logs:
        async with running(platform, store):
            await store.until(lambda: store.texts == ["halo"])
            kinds: tuple[FaultKind, ...] = ("unauthorized", "drop_after", "error_after", "garbage_after")
            for kind in kinds:
                server.fail_next("sendMessage", Fault(kind=kind))
                with pytest.raises((LoginRefused, SendUncertain)) as caught:
                    await platform.post(post())
                assert TOKEN.partition(":")[2] not in str(caught.getrepr(chain=True))
    assert TOKEN.partition(":")[2] not in caplog.text + repr(logs)
