"""A community whose channel has a new address: nothing is lost there, and nothing said twice, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from bot.brand import Brand
from bot.clock import ReplayClock
from bot.errors import ChannelLost
from bot.flows.deliver_posts import DeliverPosts
from bot.flows.move_channel import at_current_addresses, remind_of_moves
from bot.flows.receive_events import ReceiveEvents
from bot.flows.release_shares import release_shares
from bot.messages import ChannelMoved, ChannelRef, Event, IncomingMessage, Person, PersonRef, Span
from bot.ports.records import Body, Moved, Queued
from bot.ports.store import Store
from tests.contract.store_sample import a_message as a_stored_message
from tests.contract.store_sample import a_question
from tests.unit.campaigns.sample import NOW, a_post, a_share
from tests.unit.conversation.sample import GROUP
from tests.unit.flows.sample import LIMITS, Room, a_brand, a_message, found, queue, save

NEW = ChannelRef(platform=GROUP.platform, space="new", channel="new")
MOVED = Moved(old=GROUP, new=NEW, at=NOW)
SARI = Person(ref=PersonRef(platform=GROUP.platform, id="sari"), name="Sari")


def heard(number: int, channel: ChannelRef) -> IncomingMessage:
    """Return something Sari wrote."""
    return IncomingMessage(
        event_id=f"{channel.channel}:{number}",
        at=NOW,
        channel=channel,
        message_id=str(number),
        author=SARI,
        text="halo semua",
    )


def moved_event() -> ChannelMoved:
    """Return what the platform says."""
    return ChannelMoved(event_id="moved", at=NOW, channel=GROUP, to=NEW)


def receiving(store: Store, brand: Brand) -> ReceiveEvents:
    """Return the way in of a brand."""
    return ReceiveEvents(brand, GROUP.platform, limits=LIMITS, store=store, clock=ReplayClock(NOW))


async def logged(store: Store, brand: Brand) -> list[tuple[str, str]]:
    """Return the channels of what the log holds of the warung, with the ids there."""
    async with store.read(brand.id) as work:
        found = await work.events.since("warung", NOW)
    return sorted((event.channel, event.message_id or "") for event in found)


class TestHearing:
    """Who writes at the new address belongs to the community, whatever the configuration still says."""

    async def test_what_is_written_there_counts(self, store: Store) -> None:
        """In the very batch that tells of the move, in later ones, and in a process that was not told."""
        brand = a_brand()
        batch: tuple[Event, ...] = (heard(1, GROUP), moved_event(), heard(1, NEW))
        await receiving(store, brand)(batch)
        await receiving(store, brand)((heard(2, NEW),))
        assert await logged(store, brand) == [("new", "1"), ("new", "2"), (GROUP.channel, "1")]

    async def test_a_late_word_from_the_old_address_counts(self, store: Store) -> None:
        """Also when the configuration names the new one already."""
        await receiving(store, a_brand())((moved_event(),))
        brand = at_current_addresses(a_brand(), [MOVED])
        await receiving(store, brand)((heard(7, GROUP), heard(1, NEW)))
        assert await logged(store, brand) == [("new", "1"), (GROUP.channel, "7")]

    async def test_a_strange_channel_moves_nobody(self, store: Store) -> None:
        """Only a community of the brand is followed."""
        strange = replace(GROUP, space="strange", channel="strange")
        await receiving(store, a_brand())((replace(moved_event(), channel=strange), heard(1, NEW)))
        async with store.read(a_brand().id) as work:
            assert await work.moves.all() == ()
        assert await logged(store, a_brand()) == []

    async def test_the_operator_is_told_once_and_at_every_start(self, store: Store) -> None:
        """However often the platform says it; no more once the configuration names the new address."""
        brand = a_brand()
        with capture_logs() as logs:
            for _ in range(2):
                await receiving(store, brand)((moved_event(),))
        with capture_logs() as at_start:
            await remind_of_moves(brand, store=store)
        with capture_logs() as afterwards:
            await remind_of_moves(at_current_addresses(brand, [MOVED]), store=store)
        told = {"community": "warung", "platform": GROUP.platform, "old": GROUP.channel, "new": "new"}
        said = [told.items() <= entry.items() for entry in (*logs, *at_start) if entry["log_level"] == "warning"]
        assert (said, afterwards) == ([True, True], [])


class TestSaying:
    """What was to be said at the old address is said at the new one."""

    async def test_a_refused_send_follows(self, store: Store) -> None:
        """It was certainly not sent, so it goes out once, and so does all that waits behind it."""
        clock, brand = ReplayClock(NOW), a_brand()
        room = Room(ChannelLost("moved", moved_to=NEW))
        await queue(store, a_message("a1"), a_message("a2"))
        send = DeliverPosts(brand, store=store, platforms={"sandbox": room}, clock=clock)
        for _ in range(4):
            await send()
            await clock.advance(clock.now() + timedelta(seconds=5), workers=0)
        assert [(post.id, post.channel.channel) for post in room.posts] == [
            ("a1", GROUP.channel),
            ("a1", "new"),
            ("a2", "new"),
        ]
        assert [(await found(store, each)).state for each in ("a1", "a2")] == ["sent", "sent"]

    async def test_a_process_that_was_not_told_finds_out(self, store: Store) -> None:
        """What it queues for the old address after the move follows too."""
        clock, brand = ReplayClock(NOW), a_brand()
        await receiving(store, brand)((moved_event(),))
        await queue(store, a_message("a1"))
        room = Room(ChannelLost("moved", moved_to=NEW))
        send = DeliverPosts(brand, store=store, platforms={"sandbox": room}, clock=clock)
        for _ in range(2):
            await send()
            await clock.advance(clock.now() + timedelta(seconds=5), workers=0)
        assert [post.channel.channel for post in room.posts] == [GROUP.channel, "new"]

    async def test_what_waits_follows_without_its_reference(self, store: Store) -> None:
        """A message number of the old address means another message at the new one."""
        brand = a_brand()
        body = Body(spans=(Span(text="jawab"),), reply_to="5")
        await queue(store, a_message("a1", kind="reply", body=body), a_message("a2"))
        await receiving(store, brand)((moved_event(),))
        after = [await found(store, each) for each in ("a1", "a2")]
        assert [(message.channel, message.body.reply_to, message.state) for message in after] == [
            (NEW, None, "pending"),
            (NEW, None, "pending"),
        ]
        async with store.work(brand.id) as work:
            claimed = await work.outbox.claim(
                NOW, kinds=("reply", "post"), rates={}, lease=timedelta(seconds=90), most=9
            )
        assert [message.id for message in claimed] == ["a1", "a2"]

    async def test_what_was_said_stays_where_it_was(self, store: Store) -> None:
        """Its number is found under the old address only; so is a correction of it."""
        brand = a_brand()
        await queue(store, a_message("a1"), a_message("a2", kind="edit", target="m-a1"))
        room = Room()
        await DeliverPosts(brand, store=store, platforms={"sandbox": room}, clock=ReplayClock(NOW))()
        await receiving(store, brand)((moved_event(),))
        async with store.read(brand.id) as work:
            assert await work.outbox.find_sent(NEW, "m-a1") is None
            assert await work.outbox.find_sent(GROUP, "m-a1") is not None
        assert (await found(store, "a2")).channel == GROUP

    async def test_a_share_goes_to_the_new_address(self, store: Store) -> None:
        """Though the configuration names the old one."""
        brand = a_brand()
        await save(store, a_post("p1"))
        async with store.work(brand.id) as work:
            await work.shares.add(a_share("s1"))
            await work.moves.record(MOVED)
            await work.commit()
        await release_shares(brand, store=store, limits={"sandbox": LIMITS}, clock=ReplayClock(NOW))
        async with store.read(brand.id) as work:
            assert [message.channel for message in await work.outbox.unsettled()] == [NEW]


async def test_an_open_question_is_answered_at_the_new_address(store: Store) -> None:
    """One that is settled stays where it was asked."""
    async with store.work("kopi") as work:
        old = a_question("q1").channel
        await work.questions.add([a_question("q1"), a_question("q2", due_at=None, state="answered")])
        await work.moves.record(Moved(old=old, new=NEW, at=NOW))
        asked = {question.id: question for question, _ in await work.questions.recent(NOW - timedelta(days=999))}
    assert (asked["q1"].channel, asked["q1"].message_id) == (replace(NEW, platform=old.platform), None)
    assert (asked["q2"].channel, asked["q2"].message_id) == (old, "m-q2")


async def test_moves_lead_to_where_the_channel_is_by_now(store: Store) -> None:
    """Also over several stations."""
    last = replace(NEW, space="last", channel="last")
    async with store.work("kopi") as work:
        assert await work.moves.record(MOVED)
        assert not await work.moves.record(MOVED)
        assert await work.moves.record(Moved(old=NEW, new=last, at=NOW))
        assert {(moved.old.channel, moved.new.channel) for moved in await work.moves.all()} == {
            (GROUP.channel, "last"),
            ("new", "last"),
        }


async def test_a_message_in_somebodys_hands_is_left_to_them(store: Store) -> None:
    """Whoever sends it hears of the move from the platform; nobody else sends it meanwhile."""
    async with store.work("kopi") as work:
        message: Queued = a_stored_message("a1")
        await work.outbox.add([message])
        arguments: dict[str, Any] = {"rates": {}, "lease": timedelta(seconds=90), "most": 9}
        await work.outbox.claim(message.created_at, kinds=("post", "reply"), **arguments)
        await work.moves.record(Moved(old=message.channel, new=NEW, at=message.created_at))
        assert (await work.outbox.get("a1") or message).channel == message.channel
        assert await work.outbox.claim(message.created_at, kinds=("post", "reply"), **arguments) == ()
