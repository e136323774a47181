"""How a reply becomes rows, and how old rows go."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import ReplayClock
from bot.flows.forget_old import forget_old
from bot.flows.reply_rows import TICKET_LIVES, USEFUL_FOR, Addressee, reply_rows
from bot.messages import Span
from bot.ports.records import LoggedEvent, Outcome
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import NOW
from tests.unit.conversation.sample import BRAND, GROUP, SARI, command, message
from tests.unit.flows.sample import LIMITS, a_brand
from tests.unit.flows.test_answer_question import a_question

SHORT = (Span(text="halo"),)


def test_a_short_reply_is_one_row() -> None:
    """In answer to the message, for as long as it is of use, and no part of anything."""
    to = Addressee.of(message("halo"), "warung")
    (row,) = reply_rows(to, SHORT, limits=LIMITS, now=NOW, question_id="q1", private=True)
    assert (row.kind, row.channel, row.community, row.body.reply_to) == ("reply", GROUP, "warung", "m1")
    assert (row.useful_until, row.text_id, row.question_id, row.body.private) == (NOW + USEFUL_FOR, None, "q1", True)


def test_a_long_reply_answers_with_its_first_part() -> None:
    """The parts are tied together, in the order of their ids."""
    rows = reply_rows(Addressee.of(message("halo"), "warung"), (Span(text="kata " * 100),), limits=LIMITS, now=NOW)
    assert [row.body.reply_to for row in rows] == ["m1", None, None]
    assert {row.text_id for row in rows} == {rows[0].id}
    assert [row.id for row in rows] == sorted(row.id for row in rows)


def test_an_answer_through_a_handle_ends_with_the_handle() -> None:
    """Every part goes through it."""
    to = Addressee(community="warung", channel=GROUP, message_id=None, ticket="t1")
    (row,) = reply_rows(to, SHORT, limits=LIMITS, now=NOW)
    assert (row.body.ticket, row.useful_until) == ("t1", NOW + TICKET_LIVES)


def test_a_lasting_reply_never_becomes_useless() -> None:
    """A hand-over is worth reading whenever it arrives."""
    (row,) = reply_rows(Addressee.asking(a_question()), SHORT, limits=LIMITS, now=NOW, lasting=True)
    assert row.useful_until is None


def test_nothing_to_say_is_no_row() -> None:
    """White space alone is nothing."""
    assert reply_rows(Addressee.of(command("top"), None), (Span(text=" \n"),), limits=LIMITS, now=NOW) == ()


async def test_rows_are_kept_as_long_as_the_brand_says(store: Transactions, clock: ReplayClock) -> None:
    """Events and settled questions go when their time is over; an open question stays."""
    brand = a_brand()
    day = timedelta(days=1)
    events = [
        LoggedEvent(
            event_id=f"e{age}", kind="join", community="warung", channel="warung", at=NOW - age * day, author=SARI.ref
        )
        for age in (179, 181)
    ]
    async with store.work(BRAND.id) as work:
        await work.events.add("sandbox", events, {})
        questions = [a_question(id=f"q{age}", asked_at=NOW - age * day) for age in (89, 91, 92)]
        await work.questions.add(questions)
        for settled in questions[:2]:
            assert await work.questions.settle(settled, Outcome(state="answered", reason=""), NOW)
        await work.commit()
    assert await forget_old(brand, store=store, clock=clock) == (1, 1)
    async with store.read(BRAND.id) as work:
        assert [question.id for question, _ in await work.questions.recent(NOW - 99 * day)] == ["q92", "q89"]
        assert [event.event_id for event in await work.events.since("warung", NOW - 999 * day)] == ["e179"]
