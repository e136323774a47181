"""What the conversation needs to know of a member, out of what the store remembers. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.conversation.hear import MemberState
from bot.ports.records import Member

#: The span over which questions are counted, and in which one notice is enough.
FLOOD_WINDOW = timedelta(hours=1)


def member_state(member: Member | None, *, now: datetime, asked: int = 0, introduced_now: bool = False) -> MemberState:
    """Return the state of a member (None: never met) who asked `asked` questions within FLOOD_WINDOW."""
    told = member.flood_told_at if member else None
    return MemberState(
        introduced=introduced_now or (member is not None and member.introduced_at is not None),
        consent=member.consent if member else "unknown",
        language=member.language if member else None,
        questions_last_hour=asked,
        flood_notified=told is not None and now - told < FLOOD_WINDOW,
    )
