"""What `bot.ports.store.EventLog` promises, on every database."""

from __future__ import annotations

from datetime import timedelta, timezone

from bot.messages import ChannelRef
from bot.ports.platform import Heard
from bot.ports.records import Toward
from bot.ports.store import Store
from tests.contract.store_sample import BRAND, BUDI, GROUP, NOW, SARI, an_event, later


async def test_an_event_comes_back_as_it_was_logged(store: Store) -> None:
    """Nothing of an event is lost on its way through the database."""
    toward = (Toward(person=BUDI, kind="reply"), Toward(person=BUDI, kind="mention"))
    full = an_event("e1", toward=toward, reply_to="m-0", at=later(0.123456), part_of="album-1")
    bare = an_event("e2", kind="reaction", author=None, message_id=None, emoji="👍🏽", at=later(1))
    async with store.work(BRAND) as work:
        await work.events.add("chat", [full, bare], {})
        await work.commit()
    async with store.read(BRAND) as work:
        assert await work.events.since("warung", NOW) == (full, bare)


async def test_a_moment_of_another_zone_is_the_same_moment(store: Store) -> None:
    """A time given with the offset of Jakarta comes back as the same instant."""
    at = NOW.astimezone(timezone(timedelta(hours=7)))
    async with store.work(BRAND) as work:
        await work.events.add("chat", [an_event("e1", at=at)], {})
        (found,) = await work.events.since("warung", NOW)
        assert found.at == NOW


async def test_an_event_is_logged_once(store: Store) -> None:
    """A platform that delivers again, in the same batch or later, changes nothing."""
    async with store.work(BRAND) as work:
        await work.events.add("chat", [an_event("e1"), an_event("e1", author=BUDI)], {})
        await work.commit()
    async with store.work(BRAND) as work:
        await work.events.add("chat", [an_event("e1", author=BUDI)], {"e1": "other words"})
        await work.commit()
    async with store.read(BRAND) as work:
        assert await work.events.since("warung", NOW) == (an_event("e1"),)


async def test_event_ids_are_a_platforms_own(store: Store) -> None:
    """Two platforms may call different events by one id."""
    async with store.work(BRAND) as work:
        assert await work.events.add("chat", [an_event("e1")], {}) == frozenset({"e1"})
        assert await work.events.add("forum", [an_event("e1")], {}) == frozenset({"e1"})
        assert await work.events.add("chat", [an_event("e1"), an_event("e2")], {}) == frozenset({"e2"})


async def test_nothing_asked_is_nothing_found(store: Store) -> None:
    """Empty questions get empty answers, and an empty batch is no fault."""
    async with store.work(BRAND) as work:
        assert await work.events.add("chat", [], {}) == frozenset()
        assert await work.events.authors("chat", []) == {}


async def test_authors_are_those_of_messages(store: Store) -> None:
    """Who wrote a message is known by channel and id; who reacted to it is not its author, nor is nobody."""
    events = [
        an_event("e1", message_id="m1"),
        an_event("e2", message_id="m1", channel="other", author=BUDI),
        an_event("e3", message_id="m2", kind="reaction", author=BUDI),
        an_event("e4", message_id="m3", author=None),
    ]
    async with store.work(BRAND) as work:
        await work.events.add("chat", events, {})
        asked = [("warung", "m1"), ("other", "m1"), ("warung", "m2"), ("warung", "m3"), ("warung", "m9")]
        assert await work.events.authors("chat", asked) == {("warung", "m1"): SARI, ("other", "m1"): BUDI}


async def test_since_is_a_communitys_from_a_moment_on(store: Store) -> None:
    """The start is included, other communities are not, and direct conversations count for nobody."""
    events = [
        an_event("e3", at=later(2)),
        an_event("e1", at=later(-1)),
        an_event("e2"),
        an_event("e4", community="pasar", at=later(1)),
        an_event("e5", community="", at=later(1)),
    ]
    async with store.work(BRAND) as work:
        await work.events.add("chat", events, {})
        assert [event.event_id for event in await work.events.since("warung", NOW)] == ["e2", "e3"]
        assert [event.event_id for event in await work.events.since(None, NOW)] == ["e2", "e4", "e3"]


async def test_a_question_is_answered_by_others_alone(store: Store) -> None:
    """The asker's own reply, a nameless one that may be theirs, and one elsewhere are no answer of somebody else's."""
    events = [
        an_event("e1", reply_to="m1"),
        an_event("e2", reply_to="m1", author=None),
        an_event("e3", reply_to="m1", author=BUDI, channel="other"),
        an_event("e4", reply_to="m1", author=BUDI, kind="reaction"),
    ]
    async with store.work(BRAND) as work:
        await work.events.add("chat", events, {})
        assert not await work.events.answered_by_others(GROUP, "m1", SARI)
        await work.events.add("chat", [an_event("e5", reply_to="m1", author=BUDI)], {})
        assert await work.events.answered_by_others(GROUP, "m1", SARI)
        elsewhere = ChannelRef(platform="forum", space="warung", channel="warung")
        assert not await work.events.answered_by_others(elsewhere, "m1", SARI)


async def test_whoever_opted_out_answers_as_well(store: Store) -> None:
    """A reply without a name is somebody else's when the asker is logged by name; their own reply stays their own."""
    async with store.work(BRAND) as work:
        await work.events.add("chat", [an_event("e1", message_id="m1"), an_event("e2", reply_to="m1")], {})
        assert not await work.events.answered_by_others(GROUP, "m1", SARI)
        await work.events.add("chat", [an_event("e3", reply_to="m1", author=None)], {})
        assert await work.events.answered_by_others(GROUP, "m1", SARI)


async def test_forgetting_takes_what_is_older(store: Store) -> None:
    """What happened before the moment goes and is counted; what happened at it stays."""
    async with store.work(BRAND) as work:
        await work.events.add("chat", [an_event("e1", at=later(-1)), an_event("e2")], {"e1": "old words"})
        assert await work.events.forget_before(NOW) == 1
        assert [event.event_id for event in await work.events.since("warung", later(-9))] == ["e2"]


async def test_the_newest_message_of_each_channel_says_how_far_was_heard(store: Store) -> None:
    """Reactions and older times do not count, nor do other communities."""
    async with store.work(BRAND) as work:
        events = [
            an_event("e1", at=later(1)),
            an_event("e2", at=later(3)),
            an_event("e3", at=later(2)),
            an_event("e4", at=later(5), kind="reaction"),
            an_event("e5", at=later(4), channel="sumatra"),
            an_event("e6", at=later(-9), channel="bali"),
            an_event("e7", at=later(9), channel="kedai", community="kedai"),
        ]
        await work.events.add("chat", events, {})
        assert await work.events.newest_messages(["warung"], NOW) == {
            "warung": Heard(message_id="m-e2", at=later(3)),
            "sumatra": Heard(message_id="m-e5", at=later(4)),
        }
        assert await work.events.newest_messages([], NOW) == {}


async def test_people_who_write_are_counted_by_the_hour(store: Store) -> None:
    """Each once an hour, in UTC; neither the unnamed, nor other communities, nor what is no message."""
    async with store.work(BRAND) as work:
        await work.events.add(
            "chat",
            [
                an_event("e1"),
                an_event("e2", at=later(1)),
                an_event("e3", at=later(3599.5), author=BUDI),
                an_event("e4", at=later(3600), author=BUDI),
                an_event("e5", author=None),
                an_event("e6", kind="join", author=BUDI),
                an_event("e7", community="pasar", author=BUDI),
                an_event("e8", at=later(7200)),
            ],
            {},
        )
        assert await work.events.writers_by_hour("warung", NOW, later(7200)) == {NOW: 2, later(3600): 1}
