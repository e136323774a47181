"""Reading ties row by row gives what reading whole events gives."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.engagement.graph import Ties, gather_ties
from bot.engagement.tie_log import TieGatherer
from bot.ports.records import LoggedEvent, TieRow
from tests.unit.engagement.sample import MORNING, event, person

NAMES = ["ani", "budi", "citra", "dewi"]
MESSAGES = [f"m{number}" for number in range(5)]


def gather(events: list[LoggedEvent], uncounted: frozenset[str] = frozenset()) -> Ties:
    """Read ties as from a database, which looks up authors by message."""
    deleted = {("sandbox", e.channel, e.message_id) for e in events if e.kind == "delete" and e.message_id}
    gathered = TieGatherer(uncounted={person(name) for name in uncounted}, deleted=deleted)
    kept = [e for e in events if e.author and e.kind in ("message", "reaction", "reaction_removed")]
    Random(3).shuffle(kept)
    gathered.add(
        TieRow(
            platform="sandbox",
            channel=e.channel,
            kind=e.kind,
            author=e.author.id if e.author else "",
            at=e.at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            event_id=e.event_id,
            message_id=e.message_id,
            reply_to=e.reply_to,
            toward=json.dumps([[t.person.id, t.kind] for t in e.toward]),
            emoji=e.emoji,
        )
        for e in kept
    )
    wrote = {
        ("sandbox", e.channel, e.message_id or ""): e.author.id for e in events if e.kind == "message" and e.author
    }
    return gathered.ties({message: wrote[message] for message in gathered.unnamed() if message in wrote})


def said(ties: Ties) -> list[tuple[str, str, int]]:
    """Write ties out."""
    rows = zip(ties.source.tolist(), ties.target.tolist(), ties.day.tolist(), strict=True)
    return [(ties.people[a].id, ties.people[b].id, day) for a, b, day in rows]


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["message", "message", "reaction", "reaction_removed", "delete"]),
        st.sampled_from(NAMES),
        st.sampled_from(MESSAGES),
        st.none() | st.sampled_from(MESSAGES),
        st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
        st.sampled_from(["👍", "🔥", "👎"]),
        st.integers(0, 3),
    ),
    max_size=25,
)


@given(HAPPENINGS, st.frozensets(st.sampled_from(NAMES), max_size=2))
def test_both_ways_of_reading_agree(happened: list[tuple[object, ...]], uncounted: frozenset[str]) -> None:
    """Whatever was written, answered, reacted to, taken back and deleted, and whoever does not count."""
    events = []
    written = set()
    for number, (kind, author, message, reply_to, named, emoji, day) in enumerate(happened):
        if kind == "message" and message in written:
            continue  # a message is written once
        if kind == "message":
            written.add(message)
        at = MORNING + timedelta(days=int(str(day)), seconds=number)
        reacts = str(kind).startswith("reaction")
        events.append(
            event(
                kind,  # type: ignore[arg-type]  # one of the kinds above
                str(author),
                *(str(name) for name in (named if kind == "message" else [])),  # type: ignore[attr-defined]  # a list
                how="mention",
                at=at,
                message_id=str(message),
                reply_to=str(reply_to) if kind == "message" and reply_to else None,
                emoji=str(emoji) if reacts else None,
            )
        )
    whole = gather_ties(events, uncounted=frozenset(person(name) for name in uncounted))
    assert said(gather(events, uncounted)) == said(whole)


def test_nobody_turned_to_nobody() -> None:
    """No events, no ties."""
    assert gather([]).people == ()
