"""What the outbox promises to a person who mends it, and to a worker that only waits, on every database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.ports.store import Store, UnitOfWork
from tests.contract.store_sample import BRAND, GROUP, a_message, later
from tests.contract.test_store_outbox import begun, claim, ids


def names(*of: str) -> Callable[[], str]:
    """Return a maker of these ids, in turn."""
    return iter(of).__next__


async def states(work: UnitOfWork, *message_ids: str) -> list[str]:
    """Return how these messages stand."""
    found = [await work.outbox.get(message_id) for message_id in message_ids]
    return [message.state for message in found if message is not None]


async def break_text(work: UnitOfWork, *, state: str) -> None:
    """Send the first of three parts and give the second up; another message waits behind them."""
    parts = [a_message(name, text_id="a1") for name in ("a1", "a2", "a3")]
    await work.outbox.add([*parts, a_message("b1")])
    (first,) = await claim(work)
    await work.outbox.sent(first, channel=GROUP, message_id="m1", at=later(1))
    (second,) = await claim(work)
    await work.outbox.give_up(second, state=state, reason="no answer")


async def test_a_postponed_send_was_not_begun(store: Store) -> None:
    """It counts no attempt, holds its lane, and whoever had claimed it has it no more."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2")])
        (first,) = await claim(work)
        await work.outbox.postpone(first, not_before=later(60), reason="quiet hours")
        found = await work.outbox.get("a1")
        assert found is not None
        assert (found.state, found.attempt, found.reason, found.lease_until) == ("retry", 0, "quiet hours", None)
        assert await claim(work, later(59)) == ()
        assert await work.outbox.next_due() == later(60)
        await work.outbox.sent(first, channel=GROUP, message_id="m1", at=later(1))
        assert await states(work, "a1") == ["retry"]
        assert await claim(work, later(60)) == (begun(found, later(60)),)


async def test_resending_goes_to_the_end_with_the_rest_of_the_text(store: Store) -> None:
    """Under new ids, behind what waits already; the old rows say what became of them."""
    for state in ("unknown", "failed"):
        async with store.work(state) as work:
            await break_text(work, state=state)
            assert await work.outbox.resend("a2", names("c1", "c2"), later(9)) == ("c1", "c2")
            assert await states(work, "a1", "a2", "a3") == ["sent", "dropped", "dropped"]
            old = await work.outbox.get("a2")
            assert old is not None
            assert old.reason == "sent anew as c1"
            order = []
            while claimed := await claim(work, later(9)):
                order += ids(claimed)
                await work.outbox.sent(claimed[0], channel=GROUP, message_id=claimed[0].id, at=later(9))
            assert order == ["b1", "c1", "c2"]


async def test_what_was_sent_or_waits_is_not_resent(store: Store) -> None:
    """Nor what was never there, nor what was resent already."""
    async with store.work(BRAND) as work:
        await break_text(work, state="unknown")
        assert await work.outbox.resend("a1", names(), later(9)) == ()
        assert await work.outbox.resend("b1", names(), later(9)) == ()
        assert await work.outbox.resend("zz", names(), later(9)) == ()
        assert await work.outbox.resend("a2", names("c1", "c2"), later(9)) != ()
        assert await work.outbox.resend("a2", names(), later(9)) == ()


async def test_a_message_resent_is_new_in_every_way(store: Store) -> None:
    """It waits for nothing, is never too late, and has no attempt and no doubt behind it."""
    stale = a_message("a1", not_before=later(-9), useful_until=later(60))
    async with store.work(BRAND) as work:
        await work.outbox.add([stale])
        (first,) = await claim(work)
        await work.outbox.retry(first, not_before=later(1), reason="lost", uncertain_since=later(1))
        (second,) = await claim(work, later(1))
        await work.outbox.give_up(second, state="unknown", reason="no answer")
        await work.outbox.resend("a1", names("c1"), later(9))
        fresh = replace(stale, id="c1", created_at=later(9), not_before=None, useful_until=None)
        assert await work.outbox.get("c1") == fresh


async def test_dropping_takes_the_rest_of_the_text_along(store: Store) -> None:
    """A text without its middle is not said; other messages go on."""
    async with store.work(BRAND) as work:
        await break_text(work, state="unknown")
        assert await work.outbox.drop("a2", "it arrived")
        assert await states(work, "a1", "a2", "a3", "b1") == ["sent", "dropped", "dropped", "pending"]
        assert ids(await claim(work)) == ["b1"]


async def test_what_is_under_way_or_over_is_not_dropped(store: Store) -> None:
    """Sent, being sent, dropped before, or never there."""
    async with store.work(BRAND) as work:
        await break_text(work, state="unknown")
        await claim(work)
        assert [await work.outbox.drop(name, "") for name in ("a1", "b1", "zz", "a2", "a2")] == [
            False,
            False,
            False,
            True,
            False,
        ]


async def test_dropping_a_waiting_head_lets_its_lane_go_on(store: Store) -> None:
    """What waited behind it is the next."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2")])
        assert await work.outbox.drop("a1", "not wanted")
        assert ids(await claim(work)) == ["a2"]
