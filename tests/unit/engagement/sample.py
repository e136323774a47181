"""Events of a small community, written short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from bot.brand import Engagement
from bot.messages import PersonRef
from bot.ports.records import EventKind, LoggedEvent, Toward, TowardKind

JAKARTA = ZoneInfo("Asia/Jakarta")
#: Nine in the morning in Jakarta.
MORNING = datetime(2026, 11, 2, 2, tzinfo=UTC)
_IDS = count()


def person(name: str) -> PersonRef:
    """Somebody on the sandbox."""
    return PersonRef(platform="sandbox", id=name)


def event(
    kind: EventKind,
    author: str | None,
    *toward: str,
    how: TowardKind = "reply",
    at: datetime = MORNING,
    message_id: str | None = None,
    reply_to: str | None = None,
    emoji: str | None = None,
    part_of: str | None = None,
) -> LoggedEvent:
    """Something that happened; a message gets an id of its own unless one is given."""
    number = next(_IDS)
    return LoggedEvent(
        event_id=f"e{number:09}",
        kind=kind,
        community="warung",
        channel="general",
        at=at,
        author=person(author) if author else None,
        toward=tuple(Toward(person=person(name), kind=how) for name in toward),
        message_id=message_id or (f"m{number}" if kind == "message" else None),
        reply_to=reply_to,
        emoji=emoji,
        part_of=part_of,
    )


def engagement(
    *, cap: float = 40.0, half_life: timedelta = timedelta(days=30), ignored: Sequence[str] = ()
) -> Engagement:
    """The points of the sample configuration."""
    return Engagement(
        points={
            "message": 1.0,
            "reply_received": 2.0,
            "mention_received": 1.0,
            "reaction_received": 1.0,
            "answer_given": 4.0,
        },
        daily_cap=cap,
        half_life=half_life,
        levels={"newcomer": 0, "regular": 50, "champion": 200},
        connectors_window=timedelta(days=90),
        connectors_min_people=5,
        ignored=frozenset(person(name) for name in ignored),
    )
