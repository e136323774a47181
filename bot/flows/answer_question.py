"""One question from the table: claim it, work out what to say, and settle it with the reply in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import structlog

from bot.brand import Brand
from bot.clock import Clock
from bot.conversation.choices import offer_choices
from bot.conversation.commands import SPECS
from bot.conversation.join_in import LOOK_BACK, listen_back, why_not_join
from bot.conversation.my_data import compose_my_data
from bot.conversation.pages import Standing, TopLine, compose_me, compose_privacy, compose_top
from bot.conversation.pausing import FOR_ADMINS
from bot.conversation.reply import compose_answer, compose_handover
from bot.conversation.wording import TextKey, Wording
from bot.flows.ask_material import AskMaterial
from bot.flows.forget_member import hand_over
from bot.flows.heed_admins import find_refusal, heed_admin
from bot.flows.member_state import member_state
from bot.flows.notice import Notice, ignore
from bot.flows.rank_members import MemberRank, pseudonym_of, rank_members
from bot.flows.reply_rows import Addressee, reply_rows
from bot.flows.vitals import Vitals
from bot.messages import Button, PersonRef, Span
from bot.ports.answering import Answer
from bot.ports.platform import KnowingAdmins, PlatformLimits
from bot.ports.records import KnownBrand, Member, Outcome, Question
from bot.ports.store import Transactions, UnitOfWork

#: How long one worker may think about a question before another takes it.
LEASE = timedelta(minutes=2)
#: How many lines /top shows.
TOP_LINES = 10
#: A question nobody got to for so long is let go: an answer would come out of nowhere.
EXPIRES_AFTER = timedelta(minutes=30)
#: How many messages of a channel are looked through before the bot joins in.
_MOST_TALK = 1_000

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Decided:
    """What is said, and how the question ends."""

    spans: tuple[Span, ...]
    outcome: Outcome
    private: bool = False
    #: What can be chosen below it.
    buttons: tuple[Button, ...] = ()


class AnswerQuestion:
    """Answers what members asked, for one brand."""

    def __init__(
        self,
        brand: Brand,
        known: KnownBrand,
        *,
        store: Transactions,
        ask: AskMaterial,
        limits: Mapping[str, PlatformLimits],
        clock: Clock,
        notice: Notice = ignore,
        vitals: Vitals | None = None,
        lease: timedelta = LEASE,
        knowing: Mapping[str, KnowingAdmins] = MappingProxyType({}),
    ) -> None:
        """`notice` is told each time how a question ended and why; `lease` is how long one is left to a worker.

        `knowing` is the platforms, by name, that tell who is an admin.
        """
        self._knowing = knowing
        self._lease = lease
        self._brand = brand
        self._known = known
        self._store = store
        self._ask = ask
        self._limits = limits
        self._clock = clock
        self._notice = notice
        self._vitals = vitals or Vitals()

    async def __call__(self) -> bool:
        """Take one question that is due; False when there is none."""
        async with self._store.work(self._brand.id) as work:
            question = await work.questions.claim_due(self._clock.now(), lease=self._lease)
            if question is None:
                return False
            member = (await work.people.get((question.person,))).get(question.person)
            why_not = await self._why_not_join(question, work) if question.unasked else None
            await work.commit()
        refusal = None
        if question.command in FOR_ADMINS and not self._is_stale(question):
            refusal = await find_refusal(question, brand=self._brand, knowing=self._knowing)
        answer = None
        waits = question.command == "ask" and question.state == "waiting"
        if waits and why_not is None and not self._is_stale(question):
            answer = await self._ask(question.text, language=question.language)
        async with self._store.work(self._brand.id) as work:
            if why_not is not None:
                decided = _Decided(spans=(), outcome=Outcome(state="expired", reason=f"not joined in: {why_not}"))
            else:
                decided = await self._decide(question, member, answer, refusal, work)
            if not await self._settle(question, decided, work):
                log.warning("question answered by another worker meanwhile", community=question.community)
                return True
            await work.commit()
        log.info(
            "question settled",
            community=question.community,
            command=question.command,
            state=decided.outcome.state,
            reason=decided.outcome.reason,
        )
        self._vitals.questions[decided.outcome.state] += 1
        self._notice(f"{decided.outcome.state}: {decided.outcome.reason}", question.channel, question.message_id)
        return True

    def _is_stale(self, question: Question) -> bool:
        join_in = self._brand.answers.join_in
        waited = join_in.wait if question.unasked and join_in is not None else timedelta(0)
        return self._clock.now() - question.asked_at > waited + EXPIRES_AFTER

    async def _why_not_join(self, question: Question, work: UnitOfWork) -> str | None:
        """Return why a question put to nobody is left to others; None when an answer may be looked for."""
        join_in = self._brand.answers.join_in
        if join_in is None or question.community is None or question.community not in join_in.communities:
            return "the configuration no longer lets the bot join in here"
        if question.message_id is None:
            return "there is no message to answer"
        pauses = await work.pauses.all(self._clock.now())
        if any((pause.scope, pause.key) == ("quiet", question.community) for pause in pauses):
            return "its admins asked for quiet"
        start = question.asked_at - LOOK_BACK
        talk = await work.events.talk(question.community, question.channel, start, _MOST_TALK)
        # when it was written, which may be long before it was heard
        at = next((said.at for said in talk if said.message_id == question.message_id), question.asked_at)
        overheard = listen_back(question.text, author=question.person, at=at, talk=talk)
        return why_not_join(
            overheard,
            message_id=question.message_id,
            author=question.person,
            at=at,
            talk=talk,
            joined=await work.questions.joined_since(question.community, datetime.min.replace(tzinfo=UTC)),
            brand_people={ref for accounts in self._brand.people.values() for ref in accounts},
            per_day=join_in.per_day,
            now=self._clock.now(),
        )

    async def _decide(
        self,
        question: Question,
        member: Member | None,
        answer: Answer | None,
        refusal: TextKey | None,
        work: UnitOfWork,
    ) -> _Decided:
        if question.state == "unsure":
            return await self._hand_over_if_unanswered(question, member, work)
        if self._is_stale(question):
            return _Decided(spans=(), outcome=Outcome(state="expired", reason="nobody got to it in time"))
        if answer is not None:
            return self._say_answer(question, member, answer)
        if question.command == "person":
            return self._hand_over(question, member, requested=True, reason="they asked for a person")
        if question.command in FOR_ADMINS and question.community is not None:
            return await self._heed_admin(question, question.community, refusal, work)
        return await self._show(question, member, work)

    async def _heed_admin(
        self, question: Question, community: str, refusal: TextKey | None, work: UnitOfWork
    ) -> _Decided:
        outcome = Outcome(state="answered", reason=f"the command /{question.command}")
        if refusal is not None:
            said = Span(text=Wording(question.language).text(refusal, brand=self._brand.name))
            reason = f"{outcome.reason}, not done: {refusal.name.lower()}"
            return _Decided(spans=(said,), outcome=replace(outcome, reason=reason))
        spans = await heed_admin(question, community, work=work, now=self._clock.now())
        return _Decided(spans=spans, outcome=outcome)

    def _say_answer(self, question: Question, member: Member | None, answer: Answer) -> _Decided:
        if question.only_if_known and answer.verdict != "answered":
            reason = f"perhaps only a remark, so nothing is said; {answer.reason}"
            return _Decided(spans=(), outcome=Outcome(state="expired", reason=reason))
        spans = compose_answer(
            answer,
            brand=self._brand,
            member=member_state(member, now=self._clock.now()),
            wording=Wording(question.language),
        )
        handoff = self._brand.answers.handoff
        due_at = None
        if answer.verdict == "unsure" and handoff is not None and question.community is not None:
            due_at = self._clock.now() + handoff.after
        outcome = Outcome(
            state="answered" if answer.verdict == "answered" else "unsure",
            reason=answer.reason,
            confidence=answer.confidence,
            citations=answer.citations,
            due_at=due_at,
        )
        buttons = offer_choices(
            question.id,
            answered=answer.verdict == "answered",
            brand=self._brand,
            wording=Wording(question.language),
        )
        return _Decided(spans=spans, outcome=outcome, buttons=buttons)

    async def _hand_over_if_unanswered(self, question: Question, member: Member | None, work: UnitOfWork) -> _Decided:
        answered = question.message_id is not None and await work.events.answered_by_others(
            question.channel, question.message_id, question.person
        )
        if answered:
            return _Decided(spans=(), outcome=Outcome(state="unsure", reason="not known; somebody else answered"))
        return self._hand_over(question, member, requested=False, reason="not known, and nobody else answered")

    def _hand_over(self, question: Question, member: Member | None, *, requested: bool, reason: str) -> _Decided:
        handoff = self._brand.answers.handoff
        name, mention = None, None
        if handoff is not None:
            name = handoff.to.capitalize()
            accounts = self._brand.people.get(handoff.to, ())
            mention = next((ref for ref in accounts if ref.platform == question.channel.platform), None)
        spans = compose_handover(
            name,
            mention=mention,
            requested=requested,
            brand=self._brand,
            member=member_state(member, now=self._clock.now()),
            wording=Wording(question.language),
        )
        if name is None:
            nobody = "they asked for a person, and answers.handoff names nobody"
            return _Decided(spans=spans, outcome=Outcome(state="unsure", reason=nobody))
        return _Decided(spans=spans, outcome=Outcome(state="handed_over", reason=f"{reason}: {name}"))

    async def _show(self, question: Question, member: Member | None, work: UnitOfWork) -> _Decided:
        wording = Wording(question.language)
        state = member_state(member, now=self._clock.now())
        if question.command == "privacy":
            pseudonym = await pseudonym_of(question.person, self._known, word=wording.text(TextKey.MEMBER), work=work)
            spans = compose_privacy(brand=self._brand, pseudonym=pseudonym, wording=wording)
        elif question.command == "mydata":
            kept = await hand_over(question.person, work=work)
            spans = compose_my_data(kept, brand=self._brand, zone=self._zone_of(question), wording=wording)
        else:
            ranks = await rank_members(
                self._brand,
                self._known,
                work=work,
                community=question.community,
                now=self._clock.now(),
                word=wording.text(TextKey.MEMBER),
            )
            if question.command == "top":
                spans = compose_top(
                    tuple(TopLine(name=rank.name, score=rank.score, level=rank.level) for rank in ranks[:TOP_LINES]),
                    wording=wording,
                )
            else:
                spans = compose_me(_standing(ranks, question.person), member=state, wording=wording)
        outcome = Outcome(state="answered", reason=f"the command /{question.command}")
        return _Decided(spans=spans, outcome=outcome, private=SPECS[question.command].private)

    def _zone_of(self, question: Question) -> ZoneInfo:
        community = self._brand.communities.get(question.community or "")
        return community.timezone if community is not None else ZoneInfo("UTC")

    async def _settle(self, question: Question, decided: _Decided, work: UnitOfWork) -> bool:
        """Write down what was decided; False when the lease ran out and another worker took the question."""
        now = self._clock.now()
        limits = self._limits.get(question.channel.platform)
        if decided.spans and limits is not None:
            rows = reply_rows(
                Addressee.asking(question),
                decided.spans,
                limits=limits,
                now=now,
                private=decided.private,
                question_id=question.id,
                lasting=decided.outcome.state == "handed_over",
                buttons=decided.buttons,
            )
            await work.outbox.add(rows)
            if question.command in ("ask", "person"):
                await work.people.introduced((question.person,), now)
        return await work.questions.settle(question, decided.outcome, now)


def _standing(ranks: tuple[MemberRank, ...], person: PersonRef) -> Standing | None:
    for place, rank in enumerate(ranks, start=1):
        if rank.member == person:
            return Standing(score=rank.score, level=rank.level, place=place, count=len(ranks), messages=rank.messages)
    return None
