"""What `bot.ports.store.Outbox` promises about lanes, leases and what becomes of a message, on every database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.messages import ChannelRef
from bot.ports.records import Queued, RateKey, SentMessage, Taken
from bot.ports.store import Store, UnitOfWork
from tests.contract.store_sample import BRAND, GROUP, LEASE, NOW, a_full_body, a_message, channel, later


async def claim(
    work: UnitOfWork, now: datetime = NOW, *, rates: Sequence[RateKey] = (), most: int = 20
) -> tuple[Queued, ...]:
    """Claim of both kinds, for LEASE."""
    return await work.outbox.claim(now, kinds=("reply", "post"), rates={"chat": rates}, lease=LEASE, most=most)


def ids(messages: Sequence[Queued]) -> list[str]:
    """Return whose turn it was."""
    return [message.id for message in messages]


def begun(message: Queued, at: datetime = NOW, *, attempt: int = 1) -> Queued:
    """Return a message as its claim shows it."""
    return replace(message, state="sending", attempt=attempt, begun_at=at, lease_until=at + LEASE)


async def test_a_message_comes_back_as_it_was_queued(store: Store) -> None:
    """Everything a body can hold, and where it goes, survives the database."""
    forum = ChannelRef(platform="chat", space="warung", channel="forum", thread="7")
    message = a_message("a", body=a_full_body(), channel=forum, text_id="a", share_id="s", question_id="q")
    async with store.work(BRAND) as work:
        await work.outbox.add([])
        await work.outbox.add([message])
        await work.commit()
    async with store.read(BRAND) as work:
        assert await work.outbox.get("a") == message
        assert await work.outbox.get("b") is None
        assert await work.outbox.unsettled() == (message,)


async def test_only_the_head_of_a_lane_is_claimed(store: Store) -> None:
    """The next message of a lane waits until the first is settled; other lanes don't wait for it."""
    async with store.work(BRAND) as work:
        elsewhere = a_message("b1", channel=channel("pasar"))
        await work.outbox.add([a_message("a1"), a_message("a2"), elsewhere])
        assert await claim(work) == (begun(elsewhere), begun(a_message("a1")))
        assert await claim(work, later(1)) == ()
        await work.outbox.sent(begun(a_message("a1")), channel=GROUP, message_id="m1", at=later(1))
        assert ids(await claim(work, later(1))) == ["a2"]


async def test_a_thread_is_a_lane_of_its_own(store: Store) -> None:
    """Two topics of a forum don't wait for each other."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2", channel=replace(GROUP, thread="7"))])
        assert sorted(ids(await claim(work))) == ["a1", "a2"]


async def test_replies_go_before_posts(store: Store) -> None:
    """Whoever asked is answered first, however long a post has waited."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2", kind="reply", created_at=later(5))])
        assert ids(await claim(work, later(9), most=1)) == ["a2"]
        assert ids(await claim(work, later(9), most=1)) == ["a1"]


async def test_only_the_kinds_asked_for_are_claimed(store: Store) -> None:
    """A worker for replies leaves posts alone."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2", kind="reply")])
        only = await work.outbox.claim(NOW, kinds=("reply",), rates={}, lease=LEASE, most=20)
        assert ids(only) == ["a2"]


async def test_a_message_waits_for_its_time_and_holds_its_lane(store: Store) -> None:
    """What follows it in the lane follows it in time too."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1", not_before=later(60)), a_message("a2")])
        assert await claim(work) == ()
        assert await work.outbox.next_due() == later(60)
        assert ids(await claim(work, later(60))) == ["a1"]


async def test_next_due_is_the_earliest_lane(store: Store) -> None:
    """Nothing queued is nothing due, and an emptied lane is none either."""
    async with store.work(BRAND) as work:
        assert await work.outbox.next_due() is None
        await work.outbox.add([a_message("a1"), a_message("b1", channel=channel("pasar"), not_before=later(9))])
        assert await work.outbox.next_due() == NOW
        (first,) = await claim(work)
        await work.outbox.sent(first, channel=GROUP, message_id="m1", at=NOW)
        assert await claim(work) == ()
        assert await work.outbox.next_due() == later(9)


async def test_what_is_too_late_is_dropped_and_said(store: Store) -> None:
    """A reply past its usefulness is handed back as dropped, settled, and its lane goes on."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1", useful_until=later(60)), a_message("a2")])
        (dropped,) = await claim(work, later(60))
        assert (dropped.id, dropped.state, dropped.attempt) == ("a1", "dropped", 0)
        assert ids(await claim(work, later(60))) == ["a2"]
        assert await work.outbox.get("a1") == dropped
        assert ids(await work.outbox.unsettled()) == ["a2"]


async def test_a_retry_holds_its_lane(store: Store) -> None:
    """Put back, it is still the first, and counts its attempts."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2")])
        (first,) = await claim(work)
        await work.outbox.retry(first, not_before=later(2), reason="away", uncertain_since=later(-1))
        assert await claim(work, later(1)) == ()
        assert await work.outbox.next_due() == later(2)
        waiting = replace(
            first, state="retry", not_before=later(2), reason="away", uncertain_since=later(-1), lease_until=None
        )
        assert await work.outbox.get("a1") == waiting
        assert await claim(work, later(2)) == (begun(waiting, later(2), attempt=2),)


async def test_many_sends_are_recorded_at_once(store: Store) -> None:
    """Each lane goes on, and each message says where it stands; one that another attempt has begun since is left."""
    places = [channel(f"c{number}") for number in range(4)]
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message(f"a{number}", channel=place) for number, place in enumerate(places)])
        await work.outbox.add([a_message(f"b{number}", channel=place) for number, place in enumerate(places)])
        claimed = sorted(await claim(work), key=lambda message: message.id)
        await work.outbox.retry(claimed[3], not_before=NOW, reason="lost", uncertain_since=NOW)
        assert [(message.id, message.attempt) for message in await claim(work)] == [("a3", 2)]
        await work.outbox.sent_all(
            [Taken(message=one, channel=one.channel, message_id=f"m-{one.id}", at=NOW) for one in claimed]
        )
        assert [(one.id, one.message_id) for one in await work.outbox.sent_since(NOW)] == [
            (f"a{number}", f"m-a{number}") for number in range(3)
        ]
        assert sorted(ids(await claim(work))) == ["b0", "b1", "b2"]


async def test_an_answer_that_came_late_is_still_an_answer(store: Store) -> None:
    """A send that was put back because its worker seemed dead need not be repeated once the worker says it arrived."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1")])
        (first,) = await claim(work)
        await work.outbox.retry(first, not_before=NOW, reason="its process ended", uncertain_since=NOW)
        await work.outbox.sent(first, channel=GROUP, message_id="m1", at=NOW)
        assert await claim(work) == ()
        assert [one.message_id for one in await work.outbox.sent_since(NOW)] == ["m1"]


async def test_a_retry_without_a_doubt_has_none(store: Store) -> None:
    """Whether an older doubt remains is for whoever puts the message back to say."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1", uncertain_since=NOW)])
        (first,) = await claim(work)
        await work.outbox.retry(first, not_before=NOW, reason="away")
        found = await work.outbox.get("a1")
        assert found is not None
        assert found.uncertain_since is None


async def test_an_unknown_one_does_not_hold_its_lane(store: Store) -> None:
    """Nor does a failed one: a person looks at it, and the lane goes on."""
    for state in ("unknown", "failed"):
        async with store.work(state) as work:
            await work.outbox.add([a_message("a1"), a_message("a2")])
            (first,) = await claim(work)
            await work.outbox.give_up(first, state=state, reason="no answer")
            assert ids(await claim(work)) == ["a2"]
            given_up = await work.outbox.get("a1")
            assert given_up == replace(first, state=state, reason="no answer", lease_until=None)
            assert ids(await work.outbox.unsettled()) == ["a1", "a2"]


async def test_an_unsent_part_keeps_back_the_rest_of_its_text(store: Store) -> None:
    """The rest of an unknown part is held for a person, that of a failed one has failed; other texts go on."""
    for state, rest in (("unknown", "held"), ("failed", "failed")):
        async with store.work(state) as work:
            parts = [a_message(name, text_id="a1") for name in ("a1", "a2", "a3")]
            await work.outbox.add([*parts, a_message("b1"), a_message("c1", text_id="c1", channel=channel("pasar"))])
            first, _ = sorted(await claim(work), key=lambda message: message.id)
            await work.outbox.sent(first, channel=GROUP, message_id="m1", at=NOW)
            (second,) = await claim(work)
            assert second.id == "a2"
            await work.outbox.give_up(second, state=state, reason="no answer")
            states = {message.id: message.state for message in await work.outbox.unsettled()}
            assert states == {"a2": state, "a3": rest, "b1": "pending", "c1": "sending"}
            assert ids(await claim(work)) == ["b1"]


async def test_a_lease_that_ran_out_is_abandoned_not_claimed(store: Store) -> None:
    """Nobody sends it again blindly: it is for recovery to judge, and its lane waits for that."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2")])
        (first,) = await claim(work)
        assert not await work.outbox.any_abandoned(later(89))
        assert await work.outbox.abandoned(later(89)) == ()
        assert await claim(work, later(90)) == ()
        assert await work.outbox.any_abandoned(later(90))
        assert await work.outbox.abandoned(later(90)) == (first,)
        await work.outbox.retry(first, not_before=later(90), reason="the process died")
        assert not await work.outbox.any_abandoned(later(999))
        assert [(one.id, one.attempt) for one in await claim(work, later(90))] == [("a1", 2)]


async def test_orphans_are_abandoned_at_once(store: Store) -> None:
    """The only process on a database need not wait for the lease of the one before it."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1")])
        (first,) = await claim(work)
        await work.outbox.orphan_all(later(1))
        assert await work.outbox.abandoned(later(1)) == (replace(first, lease_until=later(1)),)


async def test_a_worker_that_comes_late_changes_nothing(store: Store) -> None:
    """The attempt is the fence: whatever an old one reports, the message, its text and its lane stay as they are."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1", text_id="a1"), a_message("a2", text_id="a1")])
        (old,) = await claim(work)
        await work.outbox.retry(old, not_before=later(90), reason="the process died")
        (new,) = await claim(work, later(90))
        due = await work.outbox.next_due()
        await work.outbox.sent(old, channel=GROUP, message_id="m9", at=later(91))
        await work.outbox.retry(old, not_before=later(999), reason="away")
        await work.outbox.give_up(old, state="failed", reason="gone")
        assert await work.outbox.unsettled() == (new, a_message("a2", text_id="a1"))
        assert await work.outbox.next_due() == due
        await work.outbox.sent(new, channel=GROUP, message_id="m1", at=later(92))
        assert ids(await claim(work, later(92))) == ["a2"]


async def test_an_earlier_id_that_comes_late_waits_for_what_is_under_way(store: Store) -> None:
    """Two processes may commit out of the order of their ids: still never two of one lane at once."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a2")])
        (first,) = await claim(work)
        await work.outbox.add([a_message("a1")])
        assert await claim(work) == ()
        await work.outbox.sent(first, channel=GROUP, message_id="m1", at=NOW)
        assert ids(await claim(work)) == ["a1"]


async def test_a_sent_message_is_found_by_its_platforms_name_for_it(store: Store) -> None:
    """By where it stands now, which may not be where it was sent."""
    moved = ChannelRef(platform="chat", space="warung", channel="super-warung")
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1", kind="reply", share_id="s", question_id="q")])
        (first,) = await claim(work)
        await work.outbox.sent(first, channel=moved, message_id="m1", at=later(1))
        found = SentMessage(outbox_id="a1", kind="reply", question_id="q", share_id="s")
        assert await work.outbox.find_sent(moved, "m1") == found
        assert await work.outbox.find_sent(GROUP, "m1") is None
        assert await work.outbox.find_sent(replace(moved, platform="forum"), "m1") is None
        assert await work.outbox.find_sent(moved, "m2") is None
        sent = replace(first, state="sent", message_id="m1", sent_at=later(1), lease_until=None)
        assert await work.outbox.sent_since(later(1)) == (sent,)
        assert await work.outbox.sent_since(later(2)) == ()
        assert await work.outbox.unsettled() == ()
