"""What the week came to, read from the store as any report would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.assemble import Assembly
from bot.flows.rank_members import rank_connectors, rank_members
from bot.messages import text_of
from bot.ports.answering import Citation
from bot.ports.records import Outcome, Question

#: Longer than the week and the week before.
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """A blog post brought to a community."""

    at: datetime
    community: str
    #: Its title.
    post: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """A question answered."""

    community: str
    question: str
    answer: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOpen:
    """A question that was not answered, or was given to a person."""

    community: str
    question: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A line of the leaderboard."""

    member: str
    score: float
    level: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Connecting:
    """Somebody who bridges groups."""

    member: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """The week in figures; `--json` prints it as it is."""

    shared: tuple[Shared, ...]
    answered: tuple[Answered, ...]
    unsure: tuple[LeftOpen, ...]
    handed_over: tuple[LeftOpen, ...]
    leaderboard: tuple[Placed, ...]
    connectors: tuple[Connecting, ...]


async def collect_results(parts: Assembly, *, top: int = 10) -> Results:
    """Read the figures of the time up to now."""
    now = parts.clock.now()
    async with parts.store.read(parts.brand.id) as work:
        sent = await work.outbox.sent_since(now - LOOK_BACK)
        asked = [
            (question, outcome)
            for question, outcome in await work.questions.recent(now - LOOK_BACK)
            if question.command in ("ask", "person")
        ]
        shares = {share.id: share for share in await work.shares.recent(now - LOOK_BACK)}
        titles = {post.id: post.title for post in await work.feeds.posts()}
        ranks = await rank_members(parts.brand, parts.known, work=work, community=None, now=now, word="member")
        connectors = await rank_connectors(
            parts.brand,
            parts.known,
            work=work,
            compute=parts.compute,
            community=None,
            now=now,
            word="member",
        )
    said: dict[str, str] = {}
    for message in sent:
        if message.question_id is not None:
            text = text_of(message.body.spans)
            said[message.question_id] = said.get(message.question_id, "") + text
    return Results(
        shared=tuple(
            Shared(
                at=message.sent_at or message.created_at,
                community=message.community or "",
                post=titles.get(shares[message.share_id].post_id, ""),
                text=text_of(message.body.spans),
            )
            for message in sent
            if message.kind == "post" and message.share_id is not None
        ),
        answered=tuple(
            Answered(
                community=question.community or "",
                question=question.text,
                answer=said.get(question.id, ""),
                citations=outcome.citations,
            )
            for question, outcome in asked
            if outcome.state == "answered"
        ),
        # what the bot did not know stays unsure, also when it was given to a person afterwards
        unsure=tuple(
            _left_open(question, outcome)
            for question, outcome in asked
            if question.command == "ask" and outcome.state in ("unsure", "handed_over")
        ),
        handed_over=tuple(
            _left_open(question, outcome) for question, outcome in asked if outcome.state == "handed_over"
        ),
        leaderboard=tuple(
            Placed(member=rank.name, score=round(rank.score, 2), level=rank.level) for rank in ranks[:top]
        ),
        connectors=tuple(Connecting(member=name, reasons=found.reasons) for name, found in connectors),
    )


def _left_open(question: Question, outcome: Outcome) -> LeftOpen:
    return LeftOpen(community=question.community or "", question=question.text, reason=outcome.reason)
