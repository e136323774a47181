"""How an account speaks, against a Bot API server over real HTTP: once, or with the doubt said."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from bot.errors import ChannelLost, LoginRefused, PlatformDown, PostRejected, RateLimited, SendUncertain
from bot.ports.platform import Closing, Platform, Probing
from tests.adapters.telegram.driving import GROUP, Store, build, post, running
from tests.servers.telegram_methods import Sent
from tests.servers.telegram_server import TOKEN, Fault, FaultKind, TelegramServer
from tests.servers.telegram_world import World


async def test_it_meets_its_ports(server: TelegramServer) -> None:
    """Two verbs, closing and probing."""
    platform = build(server)
    assert isinstance(platform, Platform)
    assert isinstance(platform, Closing)
    assert isinstance(platform, Probing)
    await platform.close()


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
        """Unknown group, gone topic, closed topic, topics switched off, no right, and a group that has moved."""
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
        world.chats[-1005].is_forum = False
        with pytest.raises(ChannelLost, match="the group has no topics any more"):
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
