"""How a reply becomes rows of the outbox. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.fit import fit
from bot.ids import new_id
from bot.messages import Button, ChannelRef, CommandGiven, IncomingMessage, Span
from bot.ports.platform import PlatformLimits
from bot.ports.records import Body, Question, Queued

#: After this a reply would puzzle more than it helps.
USEFUL_FOR = timedelta(minutes=30)
#: Handles of menu commands die after 15 minutes on the platforms that give them.
TICKET_LIVES = timedelta(minutes=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """Where a reply goes, and in answer to what."""

    community: str | None
    channel: ChannelRef
    message_id: str | None
    ticket: str | None

    @classmethod
    def of(cls, event: IncomingMessage | CommandGiven, community: str | None) -> Addressee:
        """Return whom a reply to an event goes to."""
        ticket = event.ticket if isinstance(event, CommandGiven) else None
        return cls(community=community, channel=event.channel, message_id=event.message_id, ticket=ticket)

    @classmethod
    def asking(cls, question: Question) -> Addressee:
        """Return whom the answer to a question goes to."""
        return cls(
            community=question.community,
            channel=question.channel,
            message_id=question.message_id,
            ticket=question.ticket,
        )


def reply_rows(
    to: Addressee,
    spans: tuple[Span, ...],
    *,
    limits: PlatformLimits,
    now: datetime,
    private: bool = False,
    question_id: str | None = None,
    lasting: bool = False,
    buttons: tuple[Button, ...] = (),
) -> tuple[Queued, ...]:
    """Return the parts of a reply, ready for the outbox; a `lasting` one never becomes useless.

    `buttons` stand below the last part.
    """
    parts = fit(spans, limits)
    ids = [new_id(now) for _ in parts]
    useful_until = None if lasting else now + (USEFUL_FOR if to.ticket is None else TICKET_LIVES)
    return tuple(
        Queued(
            id=part_id,
            community=to.community,
            channel=to.channel,
            kind="reply",
            body=Body(
                spans=part,
                reply_to=to.message_id if part_id == ids[0] else None,
                ticket=to.ticket,
                private=private,
                buttons=buttons if part_id == ids[-1] else (),
            ),
            created_at=now,
            useful_until=useful_until,
            text_id=ids[0] if len(ids) > 1 else None,
            question_id=question_id,
        )
        for part_id, part in zip(ids, parts, strict=True)
    )
