"""From a question to its answer: known, not known, handed over, or too late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.brand import Brand, JoinIn
from bot.clock import ReplayClock
from bot.flows.answer_question import AnswerQuestion
from bot.flows.ask_material import AskMaterial
from bot.messages import PersonRef
from bot.ports.answering import NO_VECTORS, Answer, Citation
from bot.ports.records import KnownBrand, LoggedEvent, Outcome, Question, Queued
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import NOW
from tests.unit.conversation.sample import BRAND, DIRECT, GROUP, SARI
from tests.unit.flows.sample import LIMITS, a_brand, move, waiting

if TYPE_CHECKING:
    from bot.ports.answering import Vectors

KNOWN = KnownBrand(id=BRAND.id, key=b"k" * 32)
DEWI = PersonRef(platform="sandbox", id="dewi")
CITED = Citation(source="faq", item="hours", title="Jam buka", url="https://kopi.example/faq", quote="07.00")
ANSWERED = Answer(
    verdict="answered",
    text="Buka jam 07.00.",
    confidence=0.9,
    citations=(CITED,),
    candidates=(),
    language="id",
    reason="it is in the FAQ",
)
UNSURE = replace(ANSWERED, verdict="unsure", text="", confidence=0.1, citations=(), reason="nothing fits")


class Book:
    """Knowledge that knows one thing, by its words."""

    embedders: frozenset[str] = frozenset()

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[tuple[str, str | None]] = []

    def wording(self, question: str, *, language: str | None = None) -> str:
        """Leave it as it is."""
        del language
        return question

    def answer(
        self, question: str, *, language: str | None = None, vectors: Mapping[str, Vectors] = NO_VECTORS
    ) -> Answer:
        """Give it, whatever is asked."""
        assert dict(vectors) == {}
        self.asked.append((question, language))
        return self._answer


def a_question(**changes: Any) -> Question:
    """Return what Sari asked in the warung just now."""
    values: dict[str, Any] = {
        "id": "q1",
        "community": "warung",
        "channel": GROUP,
        "person": SARI.ref,
        "message_id": "m1",
        "ticket": None,
        "command": "ask",
        "text": "jam berapa buka?",
        "language": "id",
        "only_if_known": False,
        "state": "waiting",
        "due_at": NOW,
        "asked_at": NOW,
    }
    return Question(**{**values, **changes})


async def ask(store: Transactions, **changes: Any) -> None:
    """Let Sari, whom the bot has met, ask."""
    async with store.work(BRAND.id) as work:
        await work.people.met([SARI.ref], NOW)
        await work.questions.add([a_question(**changes)])
        await work.commit()


def worker(
    store: Transactions, clock: ReplayClock, book: Book | None = None, *, brand: Brand | None = None
) -> AnswerQuestion:
    """Return the worker that answers from a book."""
    known = book or Book(ANSWERED)
    return AnswerQuestion(
        brand or a_brand(people={"dewi": (DEWI,)}),
        KNOWN,
        store=store,
        ask=AskMaterial(lambda: known),
        limits={"sandbox": LIMITS},
        clock=clock,
    )


async def dewi_replies(store: Transactions) -> None:
    """Let Dewi answer Sari's message herself."""
    reply = LoggedEvent(
        event_id="e1",
        kind="message",
        community="warung",
        channel=GROUP.channel,
        at=NOW,
        author=DEWI,
        message_id="m2",
        reply_to="m1",
    )
    async with store.work(BRAND.id) as work:
        await work.events.add("sandbox", [reply], {})
        await work.commit()


async def outcome(store: Transactions) -> Outcome:
    """Return how the one question stands."""
    async with store.read(BRAND.id) as work:
        ((_, found),) = await work.questions.recent(NOW)
    return found


def text_of(message: Queued) -> str:
    """Return what a message says."""
    return "".join(span.text for span in message.body.spans)


async def test_a_known_answer_is_queued_with_its_source(store: Transactions, clock: ReplayClock) -> None:
    """In answer to the message, once; the question is settled with the words it rests on."""
    book = Book(ANSWERED)
    await ask(store)
    answer = worker(store, clock, book)
    assert [await answer(), await answer()] == [True, False]
    assert book.asked == [("jam berapa buka?", "id")]
    (reply,) = await waiting(store)
    assert "Buka jam 07.00." in text_of(reply)
    assert "Jam buka" in text_of(reply)
    assert (reply.kind, reply.question_id, reply.body.reply_to) == ("reply", "q1", "m1")
    assert await outcome(store) == Outcome(
        state="answered", reason="it is in the FAQ", confidence=0.9, citations=(CITED,)
    )
    async with store.read(BRAND.id) as work:
        assert (await work.people.get([SARI.ref]))[SARI.ref].introduced_at == NOW


async def test_what_is_not_known_goes_to_a_person_after_the_wait(store: Transactions, clock: ReplayClock) -> None:
    """First the bot says so; when nobody else has answered, the person is named."""
    await ask(store)
    answer = worker(store, clock, Book(UNSURE))
    await answer()
    assert await outcome(store) == Outcome(
        state="unsure", reason="nothing fits", confidence=0.1, due_at=NOW + timedelta(minutes=15)
    )
    await move(clock, minutes=14)
    assert not await answer()
    await move(clock, minutes=1)
    assert await answer()
    first, second = await waiting(store)
    assert [span.mention for span in first.body.spans if span.mention] == []
    assert [span.mention for span in second.body.spans if span.mention] == [DEWI]
    assert second.useful_until is None
    assert (await outcome(store)).state == "handed_over"
    assert not await answer()


async def test_nobody_is_called_when_somebody_has_answered(store: Transactions, clock: ReplayClock) -> None:
    """A reply of another member settles it."""
    await ask(store)
    answer = worker(store, clock, Book(UNSURE))
    await answer()
    await dewi_replies(store)
    await move(clock, minutes=15)
    await answer()
    assert await outcome(store) == Outcome(state="unsure", reason="not known; somebody else answered")
    assert len(await waiting(store)) == 1


async def test_what_was_perhaps_a_remark_is_answered_only_if_known(store: Transactions, clock: ReplayClock) -> None:
    """Nobody is told "I don't know" who may have asked nothing, and no person is called."""
    await ask(store, only_if_known=True)
    await worker(store, clock, Book(UNSURE))()
    found = await outcome(store)
    assert (found.state, found.due_at, await waiting(store)) == ("expired", None, [])


def joining() -> Brand:
    """Return a brand that joins in after ten minutes."""
    join_in = JoinIn(wait=timedelta(minutes=10), per_day=3, communities=frozenset({"warung"}))
    return a_brand(people={"dewi": (DEWI,)}, answers=replace(BRAND.answers, join_in=join_in))


async def test_what_nobody_answered_is_answered_unasked_and_once(store: Transactions, clock: ReplayClock) -> None:
    """The first question put to nobody gets its answer; the same member's second is left to the others."""
    answer = worker(store, clock, brand=joining())
    question = "jam berapa kedainya buka kak, ada yang tau?"
    written = LoggedEvent(
        event_id="e1",
        kind="message",
        community="warung",
        channel=GROUP.channel,
        at=NOW - timedelta(seconds=3),
        author=SARI.ref,
        message_id="m1",
    )
    async with store.work(BRAND.id) as work:
        await work.events.add("sandbox", [written], {})
        await work.commit()
    for number in (1, 2):
        await ask(store, id=f"q{number}", text=question, unasked=True, only_if_known=True, due_at=NOW)
        await answer()
    async with store.read(BRAND.id) as work:
        first, second = [found for _, found in await work.questions.recent(NOW)]
    assert (first.state, second.state) == ("answered", "expired")
    assert second.reason == "not joined in: this member was answered unasked before, which is enough"
    assert len(await waiting(store)) == 1


async def test_what_somebody_answered_is_not_looked_up(store: Transactions, clock: ReplayClock) -> None:
    """The material is not even asked."""
    await ask(store, text="jam berapa kedainya buka kak?", unasked=True, only_if_known=True)
    await dewi_replies(store)
    book = Book(ANSWERED)
    await worker(store, clock, book, brand=joining())()
    assert (book.asked, (await outcome(store)).reason) == ([], "not joined in: somebody answered it")


async def test_what_is_overheard_waits_in_vain_when_joining_in_was_switched_off(
    store: Transactions, clock: ReplayClock
) -> None:
    """The configuration of the moment of speaking counts."""
    await ask(store, unasked=True, only_if_known=True)
    await worker(store, clock)()
    assert (await outcome(store)).reason == "not joined in: the configuration no longer lets the bot join in here"


async def test_without_a_hand_over_unsure_is_the_end(store: Transactions, clock: ReplayClock) -> None:
    """Nothing is due any more, in a direct conversation neither."""
    nobody = a_brand(answers=replace(BRAND.answers, handoff=None))
    await ask(store)
    await worker(store, clock, Book(UNSURE), brand=nobody)()
    assert (await outcome(store)).due_at is None


async def test_a_direct_question_that_is_not_known_is_settled(store: Transactions, clock: ReplayClock) -> None:
    """There is nobody else who could answer."""
    await ask(store, channel=DIRECT, community=None)
    await worker(store, clock, Book(UNSURE))()
    assert await outcome(store) == Outcome(state="unsure", reason="nothing fits", confidence=0.1)


async def test_who_asks_for_a_person_gets_one_at_once(store: Transactions, clock: ReplayClock) -> None:
    """The knowledge is not asked."""
    book = Book(ANSWERED)
    await ask(store, command="person")
    await worker(store, clock, book)()
    (reply,) = await waiting(store)
    assert [span.mention for span in reply.body.spans if span.mention] == [DEWI]
    assert (book.asked, (await outcome(store)).state) == ([], "handed_over")


async def test_where_nobody_is_named_the_wish_for_a_person_is_unsure(store: Transactions, clock: ReplayClock) -> None:
    """The bot says so instead of staying silent."""
    nobody = a_brand(answers=replace(BRAND.answers, handoff=None))
    await ask(store, command="person")
    await worker(store, clock, brand=nobody)()
    assert len(await waiting(store)) == 1
    assert (await outcome(store)).state == "unsure"


async def test_an_old_question_expires_in_silence(store: Transactions, clock: ReplayClock) -> None:
    """After an outage nobody is answered out of nowhere, and the knowledge is not asked."""
    book = Book(ANSWERED)
    await ask(store)
    await move(clock, minutes=30, seconds=1)
    await worker(store, clock, book)()
    assert await outcome(store) == Outcome(state="expired", reason="nobody got to it in time")
    assert (await waiting(store), book.asked) == ([], [])


async def test_a_hand_over_does_not_expire(store: Transactions, clock: ReplayClock) -> None:
    """Whoever was promised a person is not forgotten over a long outage."""
    await ask(store)
    answer = worker(store, clock, Book(UNSURE))
    await answer()
    await move(clock, hours=9)
    await answer()
    assert (await outcome(store)).state == "handed_over"


@pytest.mark.parametrize("command", ["top", "me", "privacy"])
async def test_a_page_is_worked_out_when_it_is_asked_for(store: Transactions, clock: ReplayClock, command: str) -> None:
    """Through the handle of the menu command, settled as answered."""
    book = Book(ANSWERED)
    await ask(store, command=command, ticket="t1", message_id=None)
    await worker(store, clock, book)()
    reply = (await waiting(store))[0]
    assert text_of(reply)
    assert (reply.body.ticket, reply.useful_until) == ("t1", NOW + timedelta(minutes=14))
    assert (await outcome(store)).reason == f"the command /{command}"
    assert book.asked == []


async def test_a_worker_that_died_leaves_the_question_to_the_next(store: Transactions, clock: ReplayClock) -> None:
    """Two minutes later it is answered all the same."""
    await ask(store)
    async with store.work(BRAND.id) as work:
        await work.questions.claim_due(NOW, lease=timedelta(minutes=2))
        await work.commit()
    answer = worker(store, clock)
    assert not await answer()
    await move(clock, minutes=2)
    assert await answer()
    assert (await outcome(store)).state == "answered"
