"""The questions in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import PersonRef
from bot.ports.records import Joined, Outcome, Question, Rating, Ratings
from bot.store.rows import insert_into, outcome_of, question_columns, question_of
from bot.store.tables import question, rating
from bot.store.wakes import notify


class SqlQuestions:
    """Meets `bot.ports.store.Questions`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def add(self, questions: Sequence[Question]) -> None:
        if questions:
            rows = [
                {"brand_id": self._brand_id, "reason": "", "citations": [], **question_columns(asked)}
                for asked in questions
            ]
            await self._connection.execute(question.insert(), rows)
            await notify(self._connection, self._brand_id)

    async def asked_since(self, people: Collection[PersonRef], start: datetime) -> Mapping[PersonRef, int]:
        if not people:
            return {}
        rows = await self._connection.execute(
            select(question.c.platform, question.c.person, func.count())
            .where(
                question.c.brand_id == self._brand_id,
                question.c.asked_at >= start,
                question.c.unasked.is_(False),
                tuple_(question.c.platform, question.c.person).in_([(who.platform, who.id) for who in people]),
            )
            .group_by(question.c.platform, question.c.person)
        )
        return {PersonRef(platform=platform, id=person): count for platform, person, count in rows}

    async def joined_since(self, community: str, start: datetime) -> tuple[Joined, ...]:
        rows = await self._connection.execute(
            select(question.c.platform, question.c.person, question.c.settled_at)
            .where(
                question.c.brand_id == self._brand_id,
                question.c.community == community,
                question.c.unasked.is_(True),
                question.c.state == "answered",
                question.c.asked_at >= start,
            )
            .order_by(question.c.settled_at, question.c.id)
        )
        return tuple(Joined(person=PersonRef(platform=platform, id=person), at=at) for platform, person, at in rows)

    async def claim_due(self, now: datetime, *, lease: timedelta) -> Question | None:
        rows = await self._connection.execute(
            select(question)
            .where(question.c.brand_id == self._brand_id, question.c.due_at <= now)
            .order_by(question.c.due_at, question.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = rows.mappings().first()
        if row is None:
            return None
        found = question_of(row)
        # the due time doubles as the lease: a worker that dies leaves the question due again when it runs out
        await self._connection.execute(
            update(question)
            .where(question.c.brand_id == self._brand_id, question.c.id == found.id)
            .values(
                state="working" if found.state == "waiting" else found.state,
                due_at=now + lease,
                was_due_at=func.coalesce(question.c.was_due_at, question.c.due_at),
            )
        )
        # what it was, so that the worker knows whether to answer or to hand over
        return replace(found, state="waiting" if found.state == "working" else found.state, due_at=now + lease)

    async def orphan_all(self) -> None:
        await self._connection.execute(
            update(question)
            .where(question.c.brand_id == self._brand_id, question.c.was_due_at.is_not(None))
            .values(
                state=case((question.c.state == "working", "waiting"), else_=question.c.state),
                due_at=question.c.was_due_at,
                was_due_at=None,
            )
        )

    async def next_due(self) -> datetime | None:
        due: datetime | None = await self._connection.scalar(
            select(func.min(question.c.due_at, type_=question.c.due_at.type)).where(
                question.c.brand_id == self._brand_id
            )
        )
        return due

    async def settle(self, settled: Question, outcome: Outcome, at: datetime) -> bool:
        changed = await self._connection.execute(
            update(question)
            .where(
                question.c.brand_id == self._brand_id, question.c.id == settled.id, question.c.due_at == settled.due_at
            )
            .values(
                state=outcome.state,
                reason=outcome.reason,
                confidence=outcome.confidence,
                citations=[asdict(citation) for citation in outcome.citations],
                due_at=outcome.due_at,
                was_due_at=None,
                settled_at=at,
                # words that nobody said to the bot are not its to keep
                **({"text": ""} if settled.unasked and outcome.state != "answered" else {}),
            )
        )
        return changed.rowcount == 1

    async def get(self, question_id: str) -> Question | None:
        rows = await self._connection.execute(
            select(question).where(question.c.brand_id == self._brand_id, question.c.id == question_id)
        )
        row = rows.mappings().first()
        return None if row is None else question_of(row)

    async def rate(self, question_id: str, person: PersonRef, verdict: Rating, at: datetime) -> None:
        vote = insert_into(self._connection, rating).values(
            brand_id=self._brand_id,
            question_id=question_id,
            platform=person.platform,
            person=person.id,
            verdict=verdict,
            rated_at=at,
        )
        await self._connection.execute(
            vote.on_conflict_do_update(
                index_elements=["brand_id", "question_id", "platform", "person"],
                set_={"verdict": verdict, "rated_at": at},
            )
        )

    async def ratings(self, start: datetime) -> Mapping[str, Ratings]:
        rows = await self._connection.execute(
            select(rating.c.question_id, rating.c.verdict, func.count())
            .join(question, (question.c.brand_id == rating.c.brand_id) & (question.c.id == rating.c.question_id))
            .where(rating.c.brand_id == self._brand_id, question.c.asked_at >= start)
            .group_by(rating.c.question_id, rating.c.verdict)
        )
        found: dict[str, Ratings] = {}
        for question_id, verdict, count in rows:
            found[question_id] = replace(found.get(question_id, Ratings()), **{verdict: count})
        return found

    async def call_person(self, question_id: str, at: datetime) -> bool:
        called = await self._connection.execute(
            update(question)
            .where(
                question.c.brand_id == self._brand_id,
                question.c.id == question_id,
                question.c.person_called_at.is_(None),
            )
            .values(
                person_called_at=at,
                # nobody need be called once more, later
                due_at=case((question.c.state == "unsure", None), else_=question.c.due_at),
            )
        )
        return called.rowcount == 1

    async def recent(self, start: datetime) -> tuple[tuple[Question, Outcome], ...]:
        rows = await self._connection.execute(
            select(question)
            .where(question.c.brand_id == self._brand_id, question.c.asked_at >= start)
            .order_by(question.c.asked_at, question.c.id)
        )
        return tuple((question_of(row), outcome_of(row)) for row in rows.mappings())

    async def forget_before(self, moment: datetime) -> int:
        gone = await self._connection.execute(
            delete(question).where(
                question.c.brand_id == self._brand_id, question.c.asked_at < moment, question.c.due_at.is_(None)
            )
        )
        kept = select(question.c.id).where(question.c.brand_id == self._brand_id)
        await self._connection.execute(
            delete(rating).where(
                rating.c.brand_id == self._brand_id, rating.c.rated_at < moment, rating.c.question_id.not_in(kept)
            )
        )
        return gone.rowcount
