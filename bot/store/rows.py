"""Between rows and records: how frozen data is written into columns and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Button, ChannelRef, LinkCard, PersonRef, Span
from bot.ports.answering import Citation
from bot.ports.records import Body, LoggedEvent, Outcome, Post, Question, Queued, Share, Toward

#: The columns of a message in the outbox, as `queued_from` takes them.
QUEUED = (
    *("id", "community", "platform", "space", "channel", "thread", "direct", "kind", "body"),
    *("created_at", "not_before", "useful_until", "text_id", "share_id", "question_id", "target"),
    *("state", "attempt", "reason", "begun_at", "lease_until", "uncertain_since", "message_id", "sent_at"),
)


def insert_into(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the database's own INSERT, which can be told what to do on a conflict."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def place_columns(channel: ChannelRef) -> dict[str, Any]:
    """Return a channel as columns."""
    return asdict(channel)


def channel_of(row: RowMapping) -> ChannelRef:
    """Read a channel."""
    return ChannelRef(
        platform=row["platform"],
        space=row["space"],
        channel=row["channel"],
        thread=row["thread"],
        direct=row["direct"],
    )


def event_of(row: RowMapping) -> LoggedEvent:
    """Read an event."""
    platform = row["platform"]
    return LoggedEvent(
        event_id=row["event_id"],
        kind=row["kind"],
        community=row["community"],
        channel=row["channel"],
        at=row["happened_at"],
        author=None if row["author"] is None else PersonRef(platform=platform, id=row["author"]),
        toward=tuple(
            Toward(person=PersonRef(platform=platform, id=person), kind=kind) for person, kind in row["toward"]
        ),
        message_id=row["message_id"],
        reply_to=row["reply_to"],
        emoji=row["emoji"],
        part_of=row["part_of"],
    )


def question_of(row: RowMapping) -> Question:
    """Read a question."""
    return Question(
        id=row["id"],
        community=row["community"],
        channel=channel_of(row),
        person=PersonRef(platform=row["platform"], id=row["person"]),
        message_id=row["message_id"],
        ticket=row["ticket"],
        command=row["command"],
        text=row["text"],
        language=row["language"],
        only_if_known=row["only_if_known"],
        unasked=row["unasked"],
        state=row["state"],
        due_at=row["due_at"],
        asked_at=row["asked_at"],
    )


def question_columns(question: Question) -> dict[str, Any]:
    """Return a question as columns."""
    return {
        "id": question.id,
        "community": question.community,
        **place_columns(question.channel),
        "person": question.person.id,
        "message_id": question.message_id,
        "ticket": question.ticket,
        "command": question.command,
        "text": question.text,
        "language": question.language,
        "only_if_known": question.only_if_known,
        "unasked": question.unasked,
        "state": question.state,
        "due_at": question.due_at,
        "asked_at": question.asked_at,
    }


def outcome_of(row: RowMapping) -> Outcome:
    """Read how a question stands."""
    return Outcome(
        state=row["state"],
        reason=row["reason"],
        confidence=row["confidence"],
        citations=tuple(Citation(**citation) for citation in row["citations"]),
        due_at=row["due_at"],
    )


def post_of(row: RowMapping) -> Post:
    """Read a post."""
    return Post(**{**_without_brand(row), "tags": tuple(row["tags"])})


def share_of(row: RowMapping) -> Share:
    """Read a share."""
    return Share(
        id=row["id"],
        community=row["community"],
        post_id=row["post_id"],
        revision=row["revision"],
        campaign=row["campaign"],
        slot=row["slot"],
        state=row["state"],
        reason=row["reason"],
        until=row["until"],
        created_at=row["created_at"],
        items=tuple(row["items"]),
        variant=row["variant"],
        text=row["text"],
        lull_since=row["lull_since"],
    )


def body_columns(body: Body) -> dict[str, Any]:
    """Return a body as JSON."""
    return asdict(body)


def body_of(value: Mapping[str, Any]) -> Body:
    """Read a body."""
    card = value["card"]
    return Body(
        spans=tuple(_span_of(span) for span in value["spans"]),
        reply_to=value["reply_to"],
        ticket=value["ticket"],
        private=value["private"],
        card=None if card is None else LinkCard(**card),
        buttons=tuple(Button(**button) for button in value["buttons"]),
    )


def queued_of(row: RowMapping) -> Queued:
    """Read a message of the outbox."""
    return queued_from([row[name] for name in QUEUED])


def queued_from(values: Sequence[Any]) -> Queued:
    """Read a message of the outbox from its columns `QUEUED`, in that order: a claim reads very many."""
    outbox_id, community, platform, space, channel, thread, direct, kind, body, *times_and_ties = values
    created_at, not_before, useful_until, text_id, share_id, question_id, target, *standing = times_and_ties
    state, attempt, reason, begun_at, lease_until, uncertain_since, message_id, sent_at = standing
    return Queued(
        id=outbox_id,
        community=community,
        channel=ChannelRef(platform=platform, space=space, channel=channel, thread=thread, direct=direct),
        kind=kind,
        body=body_of(body),
        created_at=created_at,
        not_before=not_before,
        useful_until=useful_until,
        text_id=text_id,
        share_id=share_id,
        question_id=question_id,
        target=target,
        state=state,
        attempt=attempt,
        reason=reason,
        begun_at=begun_at,
        lease_until=lease_until,
        uncertain_since=uncertain_since,
        message_id=message_id,
        sent_at=sent_at,
    )


def queued_columns(message: Queued) -> dict[str, Any]:
    """Return a message of the outbox as columns, without its lane."""
    return {
        "id": message.id,
        "community": message.community,
        **place_columns(message.channel),
        "kind": message.kind,
        "body": body_columns(message.body),
        "state": message.state,
        "reason": message.reason,
        "attempt": message.attempt,
        "created_at": message.created_at,
        "not_before": message.not_before,
        "useful_until": message.useful_until,
        "text_id": message.text_id,
        "share_id": message.share_id,
        "question_id": message.question_id,
        "target": message.target,
    }


def _span_of(value: Mapping[str, Any]) -> Span:
    mention = value["mention"]
    return Span(**{**value, "mention": None if mention is None else PersonRef(**mention)})


def _without_brand(row: RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "brand_id"}
