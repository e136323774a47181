"""How a community takes what the bot says there. Pure: what members did with each message in, judgements out.

What follows from it, an account that is spent or a figure to look at, is elsewhere but for `acceptance`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.engagement.activity import DISAPPROVING
from bot.ports.records import Received

#: What is taken away later than this was tidied up, not refused.
REFUSED_WITHIN = timedelta(days=1)
#: Who leaves so soon after a post is counted as lost by it.
LEFT_WITHIN = timedelta(hours=1)
#: What a "stop" and a removal weigh against one person's dislike.
STOP_WEIGHT, REMOVAL_WEIGHT = 3, 5
#: What thanks weigh against one person's like, and what a reply does: talk is not yet applause.
THANKS_WEIGHT, REPLY_WEIGHT = 2, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """How one post or one answer was taken, all parts of its text together."""

    kind: Literal["post", "answer"]
    #: When its first part was sent.
    at: datetime
    #: The campaign that shared it; "" for an answer and for an announcement.
    campaign: str
    #: How many people put an approving reaction on it and none that disapproves.
    liked: int
    #: How many put a disapproving one on it.
    disliked: int
    #: How many answered it.
    replied: int
    #: How often its links were followed; by whom is not known.
    clicks: int
    thanked: bool
    #: Whether somebody asked the bot to stop.
    told_to_stop: bool
    #: Whether it was taken away within a day by somebody other than the brand.
    removed: bool

    @property
    def is_helpful(self) -> bool:
        """Whether it is an answer that found more thanks than disapproval."""
        return self.kind == "answer" and not self.is_bad and self.liked + self.thanked > self.disliked

    @property
    def is_bad(self) -> bool:
        """Whether it was taken away, met with a "stop", or disliked by more people than liked it."""
        return self.removed or self.told_to_stop or self.disliked > self.liked + self.thanked


def judge_receptions(received: Iterable[Received]) -> tuple[Reception, ...]:
    """Return how each post and answer was taken, oldest first; the messages of one text are judged as one."""
    by_text: dict[tuple[str, str], list[Received]] = {}
    for message in received:
        by_text.setdefault((message.kind, message.about), []).append(message)
    return tuple(sorted((_judge(parts) for parts in by_text.values()), key=lambda reception: reception.at))


def _judge(parts: Sequence[Received]) -> Reception:
    signs = [sign for part in parts for sign in part.reactions]
    against = {person for person, emoji in signs if emoji[:1] in DISAPPROVING}
    remarks = {kind for part in parts for kind in part.remarks}
    return Reception(
        kind=parts[0].kind,
        at=min(part.sent_at for part in parts),
        campaign=parts[0].campaign,
        liked=len({person for person, _ in signs} - against),
        disliked=len(against),
        replied=len({person for part in parts for person in part.repliers}),
        clicks=parts[0].clicks,
        thanked="thanks" in remarks,
        told_to_stop="stop" in remarks,
        removed=any(part.removed_at is not None and part.removed_at - part.sent_at <= REFUSED_WITHIN for part in parts),
    )


def acceptance(receptions: Sequence[Reception], *, left: Sequence[datetime] = ()) -> float | None:
    """Return how welcome the bot is, from 0 to 100; None where it has said nothing.

    A = 100 (g + 1) / (g + b + 2), Laplace's rule of succession: the share of goodwill one must expect next, which is
    50 while nobody has shown any sign and moves the further the more people do. Goodwill g counts each person who liked
    a message 1, thanks 2, and each person who answered a post 1/2. Annoyance b counts each person who disliked 1, a
    "stop" 3, a removal within a day 5, and each member who left within an hour after a post 1.

    `left` is when members left.
    """
    if not receptions:
        return None
    good = sum(
        one.liked + THANKS_WEIGHT * one.thanked + (REPLY_WEIGHT * one.replied if one.kind == "post" else 0)
        for one in receptions
    )
    bad = sum(one.disliked + STOP_WEIGHT * one.told_to_stop + REMOVAL_WEIGHT * one.removed for one in receptions)
    posted = [one.at for one in receptions if one.kind == "post"]
    bad += sum(any(at <= gone <= at + LEFT_WITHIN for at in posted) for gone in left)
    return 100 * (good + 1) / (good + bad + 2)
