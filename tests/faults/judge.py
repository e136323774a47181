"""What a night came to: what was written and published, held against the books, and the books against what arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.faults.audit import Books, Verdict, judge_sends
from tests.faults.far_side import FarSide

#: The campaign that shares each post as it is published.
EARLY = "new-posts"


def find_unheard(books: Books, side: FarSide, said: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the bot ought to have heard of what members `said`, by channel and message, and has not."""
    heard = set(_heard(books))
    # what came before anything was heard in a channel nobody tells it again, unless the platform does
    known = {channel for channel, _ in said} if side.tells_again else set[str]()
    unheard = []
    for channel, message in said:
        if (channel, message) in heard:
            known.add(channel)
        elif channel in known:
            unheard.append((channel, message))
    return unheard


def judge_night(
    books: Books,
    side: FarSide,
    *,
    said: Sequence[tuple[str, str]],
    asked: Sequence[tuple[str, str]],
    shares: int,
    killed_at: Sequence[datetime],
    within: timedelta,
) -> Verdict:
    """Judge the books of a night.

    `said` is what members wrote and `asked` what of it was for the bot; `shares` is how many `EARLY` had to make. For
    `killed_at` and `within` see `judge_sends`.
    """
    sends = judge_sends(books, side.arrived(), reads=side.reads, killed_at=killed_at, within=within)
    heard = _heard(books)
    rows = (*books.taken, *books.unsettled)
    answers = Counter(key for key in asked if key in set(heard))
    # whoever nobody has answered hears once more: whom they may ask
    answers.update(
        (question.channel.channel, question.message_id or "")
        for question, outcome in books.questions
        if outcome.state == "handed_over"
    )
    replied = Counter((row.channel.channel, row.body.reply_to or "") for row in rows if row.kind == "reply")
    shared = Counter(share.id for share in books.shares)
    posted = Counter(row.share_id or "" for row in rows if row.kind == "post")
    made = sum(1 for share in books.shares if share.campaign == EARLY)
    lost = [f"asked, not answered: {key}" for key in (answers - replied).elements()]
    lost += [f"to be shared, not posted: {key}" for key in (shared - posted).elements()]
    lost += ["a share was never made"] * (shares - made)
    lost += [f"written, not heard: {key}" for key in find_unheard(books, side, said)]
    twice = [f"answered more than once: {key}" for key in (replied - answers).elements()]
    twice += [f"shared more than once: {key}" for key in (posted - shared).elements()]
    twice += [f"heard {n} times: {key}" for key, n in Counter(heard).items() if n > 1]
    return replace(
        sends,
        lost=sends.lost + len(lost),
        duplicates=sends.duplicates + len(twice),
        breaches=(*sends.breaches, *lost, *twice),
    )


def _heard(books: Books) -> list[tuple[str, str]]:
    return [(event.channel, event.message_id or "") for event in books.events if event.kind == "message"]
