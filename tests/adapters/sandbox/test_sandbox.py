"""What is particular to the sandbox: those who act as members, and what onlookers see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.sandbox.adapter import SandboxPlatform
from adapters.sandbox.room import Message
from adapters.sandbox.settings import Address
from bot.errors import ChannelLost, PlatformDown, PostRejected
from bot.messages import (
    ChannelRef,
    CommandGiven,
    IncomingMessage,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessageRef,
    OutgoingPost,
    Person,
    PersonRef,
    ReactionGiven,
    ReactionRemoved,
    Span,
)
from bot.ports.platform import Closing
from tests.contract.harness import COMMANDS
from tests.contract.listening import Listening

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WARUNG = ChannelRef(platform="sandbox", space="warung", channel="warung")
DEWI = Person(ref=PersonRef(platform="sandbox", id="dewi"), name="Dewi Lestari", language="id")


class Watch:
    """A clock its owner moves."""

    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.at


def _sandbox(
    spaces: Iterable[str] = ("warung",), *, run_id: str | None = "r", watch: Watch | None = None
) -> SandboxPlatform:
    platform = SandboxPlatform(
        places=[Address().place(space) for space in spaces],
        now=(watch or Watch()).now,
        commands=COMMANDS,
        bot_name="Kopi Tani",
        run_id=run_id,
    )
    platform.introduce(DEWI)
    return platform


def _post(text: str, *, id: str = "p-1", reply_to: str | None = None, private: bool = False) -> OutgoingPost:  # noqa: A002  # the field's own name
    return OutgoingPost(id=id, channel=WARUNG, spans=(Span(text=text),), reply_to=reply_to, private=private)


async def test_a_message_is_an_event_with_everything_known() -> None:
    """Who, where, when, what it answers and who is named."""
    platform = _sandbox()
    platform.joins("warung", "budi")
    first = platform.says("warung", "budi", "ada yang tahu?")
    answer = platform.says("warung", "dewi", "@budi coba tanya @kopitani", reply_to=first, thread="t1")
    async with Listening(platform) as heard:
        events = await heard.until(3)
    assert events[2] == IncomingMessage(
        event_id="r-e5",
        at=MONDAY,
        channel=ChannelRef(platform="sandbox", space="warung", channel="warung", thread="t1"),
        message_id=answer,
        author=DEWI,
        text="@budi coba tanya",
        reply_to=MessageRef(channel=WARUNG, id=first, author=PersonRef(platform="sandbox", id="budi")),
        mentions=(PersonRef(platform="sandbox", id="budi"),),
        mentions_bot=True,
    )


async def test_a_slash_line_is_a_command() -> None:
    """A command carries its canonical name and the message it came in."""
    platform = _sandbox()
    message_id = platform.says("warung", "dewi", "/teratas 5")
    async with Listening(platform) as heard:
        events = await heard.until(1)
    assert events == [
        CommandGiven(
            event_id="r-e2",
            at=MONDAY,
            channel=WARUNG,
            name="top",
            arguments="5",
            author=DEWI,
            message_id=message_id,
        )
    ]


async def test_what_members_do_besides_writing_comes_in_order() -> None:
    """Joining, reacting, taking back, editing, deleting and leaving are facts of their own, each at its time."""
    watch = Watch()
    platform = _sandbox(watch=watch)
    acts = [
        lambda: platform.joins("warung", "dewi"),
        lambda: platform.says("warung", "dewi", "halo"),
        lambda: platform.reacts("warung", "dewi", "r-m2", "👍"),
        lambda: platform.unreacts("warung", "dewi", "r-m2", "👍"),
        lambda: platform.edits("warung", "r-m2", "@bot halo semua"),
        lambda: platform.deletes("warung", "r-m2"),
        lambda: platform.leaves("warung", "dewi"),
    ]
    for act in acts:
        act()
        watch.at += timedelta(minutes=1)
    async with Listening(platform) as heard:
        events = await heard.until(7)
    message = MessageRef(channel=WARUNG, id="r-m2", author=DEWI.ref)
    at = [MONDAY + timedelta(minutes=minute) for minute in range(7)]
    assert events == [
        MemberJoined(event_id="r-e1", at=at[0], channel=WARUNG, author=DEWI),
        IncomingMessage(event_id="r-e3", at=at[1], channel=WARUNG, message_id="r-m2", author=DEWI, text="halo"),
        ReactionGiven(event_id="r-e4", at=at[2], channel=WARUNG, message=message, author=DEWI, emoji="👍"),
        ReactionRemoved(event_id="r-e5", at=at[3], channel=WARUNG, message=message, author=DEWI, emoji="👍"),
        MessageEdited(event_id="r-e6", at=at[4], channel=WARUNG, message=message, author=DEWI, text="halo semua"),
        MessageDeleted(event_id="r-e7", at=at[5], channel=WARUNG, message=message),
        MemberLeft(event_id="r-e8", at=at[6], channel=WARUNG, author=DEWI),
    ]


async def test_doing_again_what_is_done_is_no_event() -> None:
    """One can't join, react, take back or leave twice."""
    platform = _sandbox()
    platform.leaves("warung", "dewi")
    for _ in range(2):
        platform.joins("warung", "dewi")
    message_id = platform.says("warung", "dewi", "halo")
    for _ in range(2):
        platform.reacts("warung", "dewi", message_id, "👍")
    for _ in range(2):
        platform.unreacts("warung", "dewi", message_id, "👍")
    async with Listening(platform) as heard:
        events = await heard.until(4)
    assert [type(event) for event in events] == [MemberJoined, IncomingMessage, ReactionGiven, ReactionRemoved]


async def test_ids_differ_between_runs_unless_one_is_given() -> None:
    """A store that outlives the process never takes a new event for an old one."""
    ids = set()
    for _ in range(2):
        platform = _sandbox(run_id=None)
        platform.says("warung", "dewi", "halo")
        async with Listening(platform) as heard:
            ids |= {event.event_id for event in await heard.until(1)}
    assert len(ids) == 2


async def test_committed_waits_for_the_core() -> None:
    """A driver that waits sees the world after its events, not before."""
    platform = _sandbox()
    await platform.committed()
    async with Listening(platform, refusals=1) as heard:
        platform.says("warung", "dewi", "halo")
        await platform.committed()
        assert len(heard.events) == 1


async def test_events_wait_for_the_next_run() -> None:
    """What a cancelled run could not commit is the first thing the next one delivers."""
    platform = _sandbox()
    async with Listening(platform, refusals=1_000) as refused:
        platform.says("warung", "dewi", "halo")
        await refused.was_refused.wait()
    async with Listening(platform) as heard:
        events = await heard.until(1)
    assert refused.refused[0] == tuple(events)


async def test_a_transcript_shows_both_sides() -> None:
    """Members and the bot stand in one list, oldest first, with what was made of it."""
    platform = _sandbox()
    question = platform.says("warung", "dewi", "@bot berapa?")
    posted = await platform.post(_post("Rp90.000", reply_to=question))
    platform.reacts("warung", "dewi", posted.message_id, "❤️")
    assert platform.transcript("warung") == (
        Message(id=question, author=DEWI, at=MONDAY, spans=(Span(text="@bot berapa?"),)),
        Message(
            id=posted.message_id,
            author=None,
            at=MONDAY,
            spans=(Span(text="Rp90.000"),),
            reply_to=question,
            reactions={"❤️": ("dewi",)},
        ),
    )


async def test_a_private_answer_is_for_the_asker_alone() -> None:
    """The one who asked is the only reader."""
    platform = _sandbox()
    question = platform.says("warung", "dewi", "/me")
    await platform.post(_post("Skormu 12", reply_to=question, private=True))
    assert [message.private_to for message in platform.transcript("warung")] == [None, "dewi"]


async def test_a_private_answer_to_nobody_is_refused() -> None:
    """What is meant for one must not be shown to all."""
    platform = _sandbox()
    with pytest.raises(PostRejected, match="set reply_to"):
        await platform.post(_post("Skormu 12", private=True))
    assert platform.transcript("warung") == ()


async def test_onlookers_are_told_of_each_change_until_they_leave() -> None:
    """A page can show a community as it lives."""
    platform = _sandbox()
    seen: list[tuple[str, Message | None]] = []
    leave = platform.listen("warung", lambda message_id, message: seen.append((message_id, message)))
    message_id = platform.says("warung", "dewi", "halo")
    platform.deletes("warung", message_id)
    leave()
    platform.says("warung", "dewi", "lagi")
    halo = Message(id=message_id, author=DEWI, at=MONDAY, spans=(Span(text="halo"),))
    assert seen == [(message_id, halo), (message_id, None)]


async def test_communities_are_apart() -> None:
    """Each has its own members and messages; one that is not there is lost."""
    platform = _sandbox(["warung", "roasters"])
    platform.says("warung", "dewi", "halo")
    assert platform.transcript("roasters") == ()
    assert (platform.members("warung"), platform.members("roasters")) == ((DEWI,), ())
    nowhere = ChannelRef(platform="sandbox", space="nowhere", channel="nowhere")
    with pytest.raises(ChannelLost, match='"nowhere"'):
        await platform.post(OutgoingPost(id="p-1", channel=nowhere, spans=(Span(text="halo"),)))


async def test_a_closed_sandbox_takes_no_post() -> None:
    """After `close` nothing is said any more, and closing again does no harm."""
    platform = _sandbox()
    assert isinstance(platform, Closing)
    await platform.close()
    await platform.close()
    with pytest.raises(PlatformDown, match="start it again"):
        await platform.post(_post("halo"))


def test_the_bots_id_is_its_own() -> None:
    """Nobody can act as the bot."""
    with pytest.raises(ValueError, match="is the bot itself"):
        _sandbox().says("warung", "bot", "halo")


async def test_the_bots_posts_are_not_members_to_edit() -> None:
    """Only a member's message can be edited by a member."""
    platform = _sandbox()
    posted = await platform.post(_post("halo"))
    with pytest.raises(KeyError, match=posted.message_id):
        platform.edits("warung", posted.message_id, "diubah")
