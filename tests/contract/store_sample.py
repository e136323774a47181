"""Rows for the store's contract: every builder makes a whole one, and a test says only what is different."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messages import ChannelRef, LinkCard, PersonRef, Span
from bot.ports.answering import Citation
from bot.ports.platform import Rate
from bot.ports.records import (
    Body,
    Draft,
    LedgerEntry,
    LoggedEvent,
    Outcome,
    Post,
    Question,
    Queued,
    Share,
    Sighting,
    SourceState,
)

#: A Monday morning in Jakarta.
NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
BRAND = "kopi"
GROUP = ChannelRef(platform="chat", space="warung", channel="warung")
SARI = PersonRef(platform="chat", id="sari")
BUDI = PersonRef(platform="chat", id="budi")
LEASE = timedelta(seconds=90)
SECOND = timedelta(seconds=1)
#: 30 a second over all, one a second in a channel.
RATES = (
    Rate(scope="account", count=30, per=timedelta(seconds=1), burst=30),
    Rate(scope="channel", count=1, per=timedelta(seconds=1)),
)


def later(seconds: float) -> datetime:
    """Return the moment so many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def channel(name: str) -> ChannelRef:
    """Return a channel of its own."""
    return ChannelRef(platform="chat", space=name, channel=name)


def an_event(event_id: str, **changes: Any) -> LoggedEvent:
    """Return a message of Sari's in the group."""
    values: dict[str, Any] = {
        "event_id": event_id,
        "kind": "message",
        "community": "warung",
        "channel": "warung",
        "at": NOW,
        "author": SARI,
        "message_id": f"m-{event_id}",
    }
    return LoggedEvent(**{**values, **changes})


def a_question(question_id: str, **changes: Any) -> Question:
    """Return something Sari asked in the group, due at once."""
    values: dict[str, Any] = {
        "id": question_id,
        "community": "warung",
        "channel": GROUP,
        "person": SARI,
        "message_id": f"m-{question_id}",
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


def an_outcome(**changes: Any) -> Outcome:
    """Return an answer with its source."""
    cited = Citation(source="faq", item="hours", title="Hours", url="https://kopi.example/faq", quote="07.00")
    values: dict[str, Any] = {"state": "answered", "reason": "known", "confidence": 0.9, "citations": (cited,)}
    return Outcome(**{**values, **changes})


def a_post(post_id: str, **changes: Any) -> Post:
    """Return a blog post of the brand's."""
    values: dict[str, Any] = {
        "id": post_id,
        "link": f"https://kopi.example/{post_id}",
        "title": f"Title of {post_id}",
        "summary": "A summary.",
        "text": "The text.",
        "author": "Dewi",
        "tags": ("brewing",),
        "image_url": None,
        "published_at": NOW,
        "first_seen_at": NOW,
        "in_first_reading": False,
        "content_hash": "0" * 64,
        "revision": 1,
    }
    return Post(**{**values, **changes})


def a_draft(share_id: str, **changes: Any) -> Draft:
    """Return the first version of what a share says, waiting for the editors."""
    values: dict[str, Any] = {
        "share_id": share_id,
        "version": 1,
        "body": Body(spans=(Span(text="Panen raya"),)),
        "revision": 1,
        "state": "waiting",
        "asked_at": NOW,
        "expires_at": later(60),
    }
    return Draft(**{**values, **changes})


def a_sighting(post_id: str, **changes: Any) -> Sighting:
    """Return the verdict about a post seen for the first time."""
    values: dict[str, Any] = {
        "source": "blog",
        "post_id": post_id,
        "verdict": "new",
        "evidence": (f"guid:{post_id}",),
        "reason": "nothing like it is known",
        "seen_at": NOW,
    }
    return Sighting(**{**values, **changes})


def a_source_state(**changes: Any) -> SourceState:
    """Return where the reading of the blog stands."""
    values: dict[str, Any] = {
        "source": "blog",
        "asked_url": "https://kopi.example/feed",
        "url": "https://kopi.example/feed.xml",
        "etag": '"1"',
        "last_modified": "Mon, 06 Jul 2026 03:00:00 GMT",
        "next_check_at": later(900),
        "failures": 2,
        "last_error": "no answer",
        "first_read_at": NOW,
        "last_read_at": later(1),
        "gone": True,
    }
    return SourceState(**{**values, **changes})


def an_entry(slot: str = "2026-07-06T10:00", **changes: Any) -> LedgerEntry:
    """Return a slot of a campaign that ran."""
    values: dict[str, Any] = {
        "campaign": "news",
        "slot": slot,
        "community": None,
        "outcome": "ran",
        "detail": "",
        "nominal_at": NOW,
        "decided_at": NOW,
    }
    return LedgerEntry(**{**values, **changes})


def a_share(share_id: str, **changes: Any) -> Share:
    """Return the draft of a share of post `p1` in the group."""
    values: dict[str, Any] = {
        "id": share_id,
        "community": "warung",
        "post_id": "p1",
        "revision": 1,
        "campaign": "news",
        "slot": "2026-07-06T10:00",
        "state": "draft",
        "reason": "",
        "until": None,
        "created_at": NOW,
    }
    return Share(**{**values, **changes})


def a_message(message_id: str, **changes: Any) -> Queued:
    """Return a post to the group, ready to be queued."""
    values: dict[str, Any] = {
        "id": message_id,
        "community": "warung",
        "channel": GROUP,
        "kind": "post",
        "body": Body(spans=(Span(text=f"text of {message_id}"),)),
        "created_at": NOW,
    }
    return Queued(**{**values, **changes})


def a_full_body() -> Body:
    """Return a body that uses everything a body has."""
    return Body(
        spans=(
            Span(text="Halo "),
            Span(text="Sari", style="bold", mention=SARI),
            Span(text=" baca ini", style="italic", url="https://kopi.example/p1"),
        ),
        reply_to="m-1",
        ticket="t-1",
        private=True,
        card=LinkCard(url="https://kopi.example/p1", title="P1", description="About", image_url=None),
    )
