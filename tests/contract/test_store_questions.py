"""What `bot.ports.store.Questions` promises, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.ports.records import Joined, Outcome, Ratings
from bot.ports.store import Store
from tests.contract.store_sample import BRAND, BUDI, LEASE, NOW, SARI, a_question, an_outcome, later


async def test_a_question_comes_back_as_it_was_asked(store: Store) -> None:
    """Nothing of a question is lost, and it has no outcome yet."""
    asked = a_question("q1", ticket="t", text="apa kabar? 🙂", community=None, only_if_known=True)
    async with store.work(BRAND) as work:
        await work.questions.add([])
        await work.questions.add([asked])
        await work.commit()
    async with store.read(BRAND) as work:
        waiting = Outcome(state="waiting", reason="", due_at=NOW)
        assert await work.questions.recent(NOW) == ((asked, waiting),)


async def test_questions_are_counted_per_person_from_a_moment(store: Store) -> None:
    """The start is included; who asked nothing is left out."""
    async with store.work(BRAND) as work:
        await work.questions.add(
            [a_question("q1", asked_at=later(-1)), a_question("q2"), a_question("q3", asked_at=later(1))]
        )
        assert await work.questions.asked_since([SARI, BUDI], NOW) == {SARI: 2}
        assert await work.questions.asked_since([], NOW) == {}


async def test_a_claimed_question_is_out_of_reach_for_its_lease(store: Store) -> None:
    """One worker has it; when its lease runs out another takes it over, as it was."""
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("q1")])
        first = await work.questions.claim_due(NOW, lease=LEASE)
        assert first == a_question("q1", due_at=NOW + LEASE)
        assert await work.questions.claim_due(later(89), lease=LEASE) is None
        assert await work.questions.next_due() == NOW + LEASE
        taken_over = await work.questions.claim_due(later(90), lease=LEASE)
        assert taken_over == a_question("q1", due_at=later(90) + LEASE)


async def test_what_is_not_due_waits(store: Store) -> None:
    """The earliest due is taken first, and nothing before its time."""
    async with store.work(BRAND) as work:
        assert await work.questions.next_due() is None
        await work.questions.add([a_question("q1", due_at=later(2)), a_question("q2", due_at=later(1))])
        assert await work.questions.claim_due(NOW, lease=LEASE) is None
        assert await work.questions.next_due() == later(1)
        first = await work.questions.claim_due(later(3), lease=LEASE)
        second = await work.questions.claim_due(later(3), lease=LEASE)
        assert [found.id for found in (first, second) if found] == ["q2", "q1"]


async def test_workers_side_by_side_take_different_questions(store: Store) -> None:
    """Twenty questions and four workers: each question is taken once."""
    async with store.work(BRAND) as work:
        await work.questions.add([a_question(f"q{number}") for number in range(20)])
        await work.commit()

    async def worker() -> list[str]:
        taken = []
        while True:
            async with store.work(BRAND) as work:
                found = await work.questions.claim_due(NOW, lease=LEASE)
                await work.commit()
            if found is None:
                return taken
            taken.append(found.id)

    taken = [one for each in await asyncio.gather(*(worker() for _ in range(4))) for one in each]
    assert sorted(taken) == sorted(f"q{number}" for number in range(20))


async def test_a_settled_question_is_never_due(store: Store) -> None:
    """How it ended is kept with its sources."""
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("q1")])
        assert await work.questions.settle(a_question("q1"), an_outcome(), later(1))
        assert await work.questions.next_due() is None
        assert await work.questions.claim_due(later(999), lease=LEASE) is None
        assert await work.questions.recent(NOW) == ((a_question("q1", state="answered", due_at=None), an_outcome()),)


async def test_an_unsure_one_comes_back_as_unsure(store: Store) -> None:
    """A hand-over to come is due in its time, and whoever takes it sees what it waits for, also after a takeover."""
    unsure = Outcome(state="unsure", reason="not known", confidence=0.1, due_at=later(60))
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("q1")])
        claimed = await work.questions.claim_due(NOW, lease=LEASE)
        assert claimed is not None
        assert await work.questions.settle(claimed, unsure, NOW)
        assert await work.questions.claim_due(later(59), lease=LEASE) is None
        for moment in (later(60), later(150)):
            assert await work.questions.claim_due(moment, lease=LEASE) == a_question(
                "q1", state="unsure", due_at=moment + LEASE
            )


async def test_orphans_are_due_at_once(store: Store) -> None:
    """What a former process had in hand need not wait for its lease; what waits for its time still does."""
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("q1"), a_question("q2", due_at=later(600))])
        await work.questions.claim_due(NOW, lease=LEASE)
        await work.questions.orphan_all()
        assert await work.questions.claim_due(later(1), lease=LEASE) == a_question("q1", due_at=later(1) + LEASE)
        assert await work.questions.claim_due(later(1), lease=LEASE) is None


async def test_an_orphaned_handover_is_due_at_once_too(store: Store) -> None:
    """One that was being handed over when its process died is unsure still, and waits for no lease."""
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("q1", state="unsure", due_at=later(5))])
        await work.questions.claim_due(later(5), lease=LEASE)
        await work.questions.orphan_all()
        expected = a_question("q1", state="unsure", due_at=later(6) + LEASE)
        assert await work.questions.claim_due(later(6), lease=LEASE) == expected


async def test_a_worker_whose_lease_ran_out_settles_nothing(store: Store) -> None:
    """Once another has taken the question, only that one's outcome counts; and once it is settled nobody's."""
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("q1")])
        late = await work.questions.claim_due(NOW, lease=LEASE)
        owner = await work.questions.claim_due(NOW + LEASE, lease=LEASE)
        assert late is not None
        assert owner is not None
        assert not await work.questions.settle(late, an_outcome(reason="late"), NOW)
        assert await work.questions.settle(owner, an_outcome(), NOW)
        assert not await work.questions.settle(late, an_outcome(reason="late"), NOW)
        assert await work.questions.recent(NOW) == ((a_question("q1", state="answered", due_at=None), an_outcome()),)


async def test_only_settled_ones_are_forgotten(store: Store) -> None:
    """Old age alone forgets nothing that is still open."""
    old = a_question("q1", asked_at=later(-99))
    async with store.work(BRAND) as work:
        await work.questions.add([old, replace(old, id="q2"), a_question("q3", due_at=None, state="expired")])
        assert await work.questions.settle(old, an_outcome(), NOW)
        assert await work.questions.forget_before(NOW) == 1
        kept = [question.id for question, _ in await work.questions.recent(NOW - timedelta(days=1))]
        assert kept == ["q2", "q3"]


async def test_what_was_put_to_nobody_is_apart_from_what_was_asked(store: Store) -> None:
    """It does not count as asked, and the times it was answered are found, oldest first."""
    async with store.work(BRAND) as work:
        heard = [a_question(f"q{n}", unasked=True, person=who) for n, who in enumerate((SARI, BUDI, SARI))]
        await work.questions.add([*heard, a_question("q3")])
        assert await work.questions.asked_since([SARI, BUDI], NOW) == {SARI: 1}
        assert await work.questions.joined_since("warung", NOW) == ()
        assert await work.questions.settle(heard[1], an_outcome(), later(2))
        assert await work.questions.settle(heard[0], an_outcome(), later(1))
        assert await work.questions.settle(heard[2], an_outcome(state="expired"), later(1))
        first, second = Joined(person=SARI, at=later(1)), Joined(person=BUDI, at=later(2))
        assert await work.questions.joined_since("warung", NOW) == (first, second)
        assert await work.questions.joined_since("warung", later(1)) == ()
        assert await work.questions.joined_since("pasar", NOW) == ()


async def test_overheard_words_are_kept_only_when_answered(store: Store) -> None:
    """Nobody said them to the bot."""
    async with store.work(BRAND) as work:
        asked = [a_question("q1", unasked=True), a_question("q2", unasked=True), a_question("q3")]
        await work.questions.add(asked)
        for question, state in zip(asked, ("expired", "answered", "expired"), strict=True):
            assert await work.questions.settle(question, an_outcome(state=state), NOW)
        kept = {question.id: question.text for question, _ in await work.questions.recent(NOW)}
        assert kept == {"q1": "", "q2": asked[1].text, "q3": asked[2].text}


async def test_a_member_has_one_vote_on_an_answer_and_the_last_one_holds(store: Store) -> None:
    """Changing one's mind adds no vote; answers nobody rated are left out, and so are those asked before."""
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("q1"), a_question("q2"), a_question("q0", asked_at=later(-1))])
        for rating in ("helpful", "helpful", "unhelpful"):
            await work.questions.rate("q1", SARI, rating, NOW)
        await work.questions.rate("q1", BUDI, "helpful", NOW)
        await work.questions.rate("q0", BUDI, "helpful", NOW)
        assert await work.questions.ratings(NOW) == {"q1": Ratings(helpful=1, unhelpful=1)}
        assert await work.questions.ratings(later(-1)) == {
            "q0": Ratings(helpful=1),
            "q1": Ratings(helpful=1, unhelpful=1),
        }


async def test_votes_go_with_their_question_and_with_their_giver(store: Store) -> None:
    """Nothing is left of a vote when the question or the member is forgotten."""
    async with store.work(BRAND) as work:
        settled = a_question("q0", asked_at=later(-1))
        await work.questions.add([settled, a_question("q1")])
        assert await work.questions.settle(settled, an_outcome(), NOW)
        await work.questions.rate("q0", BUDI, "helpful", later(-1))
        await work.questions.rate("q1", BUDI, "helpful", later(-1))
        assert len((await work.forgetting.everything_about(BUDI))["ratings"]) == 2
        assert await work.questions.forget_before(NOW) == 1
        assert len((await work.forgetting.everything_about(BUDI))["ratings"]) == 1
        assert (await work.forgetting.erase(BUDI))["ratings"] == 1
        assert await work.questions.ratings(later(-9)) == {}


async def test_a_person_is_called_once_for_an_answer(store: Store) -> None:
    """Whoever asks first; what waited for its own hand-over waits no more, and an unknown question calls nobody."""
    async with store.work(BRAND) as work:
        unsure = a_question("q1")
        await work.questions.add([unsure])
        assert await work.questions.settle(unsure, an_outcome(state="unsure", due_at=later(15)), NOW)
        assert await work.questions.next_due() == later(15)
        assert [await work.questions.call_person("q1", NOW) for _ in range(2)] == [True, False]
        assert await work.questions.next_due() is None
        assert not await work.questions.call_person("q9", NOW)
        assert await work.questions.get("q9") is None
        assert (await work.questions.get("q1")) == replace(unsure, state="unsure", due_at=None)
