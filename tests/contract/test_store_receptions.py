"""What `bot.ports.store.Receptions` promises, on every database."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.ports.records import Received, Remark
from bot.ports.store import Store, UnitOfWork
from tests.contract.store_sample import (
    BRAND,
    BUDI,
    GROUP,
    LEASE,
    NOW,
    SARI,
    a_message,
    a_question,
    a_share,
    an_event,
    an_outcome,
    channel,
    later,
)


async def _send(work: UnitOfWork, message_id: str, **changes: Any) -> None:
    await work.outbox.add([a_message(message_id, **changes)])
    kind = changes.get("kind", "post")
    (message,) = await work.outbox.claim(later(1), kinds=(kind,), rates={}, lease=LEASE, most=9)
    await work.outbox.sent(message, channel=message.channel, message_id=f"m-{message_id}", at=later(1))


async def _post(work: UnitOfWork, share_id: str, **changes: Any) -> None:
    """Let a share of the news stand in the group."""
    await work.shares.add(a_share(share_id, post_id=share_id, **changes))
    await work.shares.move(share_id, "queued", reason="", until=None, at=NOW)
    await _send(work, f"o-{share_id}", share_id=share_id)


async def _answer(work: UnitOfWork, question_id: str, **outcome: Any) -> None:
    """Let a question have been replied to in the group."""
    await work.questions.add([a_question(question_id)])
    await work.questions.settle(a_question(question_id), an_outcome(**outcome), NOW)
    await _send(work, f"o-{question_id}", kind="reply", question_id=question_id)


def _reaction(event_id: str, message_id: str, emoji: str = "👍", **changes: Any) -> Any:
    return an_event(event_id, **{"kind": "reaction", "message_id": message_id, "emoji": emoji, **changes})


async def test_posts_and_answers_come_with_what_members_did(store: Store) -> None:
    """Reactions that are still on, who replied, what was remarked, and when it was taken away."""
    async with store.work(BRAND) as work:
        await _post(work, "s1")
        await _answer(work, "q1")
        events = [
            _reaction("e1", "m-o-q1"),
            _reaction("e2", "m-o-q1", "👎", author=BUDI),
            _reaction("e3", "m-o-q1", "👎", author=BUDI, kind="reaction_removed", at=later(1)),
            _reaction("e4", "m-o-q1", "🎉", author=None),
            _reaction("e5", "somebody-elses"),
            an_event("e6", reply_to="m-o-s1"),
            an_event("e7", reply_to="m-o-s1", author=BUDI),
            an_event("e8", kind="delete", message_id="m-o-s1", at=later(9)),
        ]
        await work.events.add("chat", events, {})
        thanks = Remark(community="warung", channel=GROUP, message_id="m-o-q1", kind="thanks", at=NOW)
        await work.receptions.add_remarks([thanks, thanks])
        await work.receptions.add_remarks([])
        post = Received(
            kind="post",
            about="s1",
            campaign="news",
            sent_at=later(1),
            repliers=frozenset({SARI.id, BUDI.id}),
            removed_at=later(9),
        )
        answer = Received(
            kind="answer",
            about="q1",
            campaign="",
            sent_at=later(1),
            reactions=((SARI.id, "👍"), ("", "🎉")),
            remarks=frozenset({"thanks"}),
        )
        found = await work.receptions.since("warung", NOW)
        assert {one.about: one for one in found} == {"s1": post, "q1": answer}
        assert await work.receptions.since("warung", later(2)) == ()
        assert await work.receptions.since("pasar", NOW) == ()


async def test_only_answers_to_questions_are_answers(store: Store) -> None:
    """Neither "I don't know", nor what a command brings, nor a fixed reply, nor what was not sent."""
    async with store.work(BRAND) as work:
        await _answer(work, "q1", state="unsure")
        await work.questions.add([a_question("q2", command="top")])
        await work.questions.settle(a_question("q2", command="top"), an_outcome(), NOW)
        await _send(work, "o2", kind="reply", question_id="q2")
        await _send(work, "o3", kind="reply")
        await work.outbox.add([a_message("o4", share_id="s1")])
        assert await work.receptions.since("warung", NOW) == ()


async def test_what_the_brand_takes_back_was_not_removed(store: Store) -> None:
    """The platform tells of that deletion as well."""
    async with store.work(BRAND) as work:
        await _post(work, "s1")
        await work.shares.move("s1", "skipped", reason="taken back", until=None, at=NOW)
        await work.events.add("chat", [an_event("e1", kind="delete", message_id="m-o-s1")], {})
        (found,) = await work.receptions.since("warung", NOW)
        assert found.removed_at is None


async def test_members_who_left_are_dated(store: Store) -> None:
    """Those of the community, from the moment asked for, oldest first."""
    left = {"kind": "leave", "message_id": None}
    async with store.work(BRAND) as work:
        await work.events.add(
            "chat",
            [
                an_event("e1", at=later(5), **left),
                an_event("e2", at=later(3), author=BUDI, **left),
                an_event("e3", at=later(-1), **left),
                an_event("e4", at=later(4), community="pasar", channel="pasar", **left),
                an_event("e5", at=later(4)),
            ],
            {},
        )
        assert await work.receptions.departures_since("warung", NOW) == (later(3), later(5))


async def test_old_remarks_are_forgotten(store: Store) -> None:
    """Those before the moment go, the others stay."""
    async with store.work(BRAND) as work:
        await _answer(work, "q1")
        await work.receptions.add_remarks(
            [
                Remark(community="warung", channel=GROUP, message_id="m-o-q1", kind="thanks", at=later(-1)),
                Remark(community="warung", channel=GROUP, message_id="m-o-q1", kind="stop", at=NOW),
                Remark(community="pasar", channel=channel("pasar"), message_id="m", kind="stop", at=later(-1)),
            ]
        )
        assert await work.receptions.forget_before(NOW) == 2
        (found,) = await work.receptions.since("warung", NOW)
        assert found.remarks == {"stop"}


async def test_clicks_are_counted_on_what_was_let_out(store: Store) -> None:
    """All at once or one by one, and on nothing that waits, is unknown, or belongs to another brand."""

    async def click(brand: str, share_id: str) -> None:
        async with store.work(brand) as work:
            await work.shares.count_click(share_id)
            await work.commit()

    async with store.work(BRAND) as work:
        await work.shares.add(a_share("s1", post_id="s1"))
        await work.commit()
    await click(BRAND, "s1")
    async with store.work(BRAND) as work:
        await _post(work, "s2")
        await _post(work, "s3")
        await work.shares.move("s1", "queued", reason="", until=None, at=NOW)
        await _send(work, "o-s1", share_id="s1")
        await work.commit()
    await asyncio.gather(*(click(BRAND, "s2") for _ in range(8)), click(BRAND, "nothing"), click("another", "s3"))
    async with store.read(BRAND) as work:
        found = await work.receptions.since("warung", NOW)
        assert {one.about: one.clicks for one in found} == {"s1": 0, "s2": 8, "s3": 0}
