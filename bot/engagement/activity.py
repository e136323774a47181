"""What logged events mean for the people in them. No points here: `score` gives those.

Only what still stands is counted: a deleted message takes with it what it gave and drew, a reaction taken back was
never given. What people do to themselves, and what bots and the uncounted do, is left out here, once for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Literal, TypeAlias

from bot.messages import PersonRef
from bot.ports.records import LoggedEvent, Toward, TowardKind

ActivityKind: TypeAlias = Literal[
    "message", "reply_received", "mention_received", "reaction_received", "answer_given", "join", "click"
]

#: A message's community, channel and id: ids of two platforms may be alike.
MessageKey: TypeAlias = tuple[str, str, str | None]

#: Reactions that say no: they are no credit to whoever gets them.
DISAPPROVING = frozenset("👎😡🤬💩🤮🥱🖕🤡")

_RECEIVED: dict[TowardKind, ActivityKind] = {
    "reply": "reply_received",
    "mention": "mention_received",
    "reaction": "reaction_received",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """One thing that speaks for one member."""

    #: What it was; the keys of `engagement.points`.
    kind: ActivityKind
    #: Whose it is.
    member: PersonRef
    #: When, aware UTC.
    at: datetime
    #: Who else took part; None for words said to everybody.
    partner: PersonRef | None = None


def keep_standing(events: Iterable[LoggedEvent], *, uncounted: frozenset[PersonRef]) -> tuple[LoggedEvent, ...]:
    """Return what still counts, oldest first, each event's `toward` completed from the log and cleaned.

    Left out: deleted messages and reactions on them; reactions taken back, and all but one reaction of one person to
    one message; disapproving reactions; events by `uncounted` people. From `toward` are taken the author, the
    uncounted, and the author of a deleted message.
    """
    ordered = sorted(events, key=lambda e: (e.at, e.event_id))
    deleted: set[MessageKey] = {
        (e.community, e.channel, e.message_id) for e in ordered if e.kind == "delete" and e.message_id is not None
    }
    written = {(e.community, e.channel, e.message_id): e.author for e in ordered if e.kind == "message"}
    reacted = _standing_reactions(ordered)
    kept = []
    for event in ordered:
        gone = (event.community, event.channel, event.message_id) in deleted
        idle = event.kind in ("delete", "edit", "reaction_removed")
        if gone or idle or event.author is None or event.author in uncounted:
            continue
        if event.kind == "reaction" and (event.community, event.event_id) not in reacted:
            continue
        toward = _complete_toward(event, written, deleted, uncounted)
        kept.append(event if toward == event.toward else replace(event, toward=toward))
    return tuple(kept)


def _standing_reactions(ordered: list[LoggedEvent]) -> frozenset[tuple[str, str]]:
    """Return community and id of the reactions that count.

    These are on until the end and approving, and of those each person's first on a message.
    """
    on: dict[tuple[MessageKey, PersonRef | None], dict[str | None, LoggedEvent]] = {}
    for event in ordered:
        if event.kind in ("reaction", "reaction_removed"):
            mine = on.setdefault(((event.community, event.channel, event.message_id), event.author), {})
            mine.pop(event.emoji, None)
            if event.kind == "reaction" and (event.emoji is None or event.emoji[:1] not in DISAPPROVING):
                mine[event.emoji] = event
    first = [min(mine.values(), key=attrgetter("at")) for mine in on.values() if mine]
    return frozenset((event.community, event.event_id) for event in first)


def _complete_toward(
    event: LoggedEvent,
    written: dict[MessageKey, PersonRef | None],
    deleted: set[MessageKey],
    uncounted: frozenset[PersonRef],
) -> tuple[Toward, ...]:
    target: str | None = None
    toward = event.toward
    kind: TowardKind = "reply"
    if event.kind == "message":
        target = event.reply_to
    elif event.kind == "reaction":
        target, kind = event.message_id, "reaction"
    if target is not None and all(t.kind != kind for t in toward):
        author = written.get((event.community, event.channel, target))
        toward = (*toward, Toward(person=author, kind=kind)) if author else toward
    if (event.community, event.channel, target) in deleted:
        toward = tuple(t for t in toward if t.kind != kind)
    return tuple(t for t in toward if t.person != event.author and t.person not in uncounted)


def activities_of(events: Iterable[LoggedEvent], *, uncounted: frozenset[PersonRef] = frozenset()) -> list[Activity]:
    """Return every activity of every member, oldest first.

    `uncounted` are bots, the brand's own people, and those who opted out. A message answering nobody but its own
    author counts nothing. What was sent as one (an album) counts as its first message that stands; what others do to
    any of its parts counts as it does elsewhere. `answer_given` is read from the log alone: a reply counts as an answer
    once the person it answers has put an approving reaction on it. Commands are between a member and the bot, and count
    nothing.
    """
    events = tuple(events)
    answers_self = _self_replies(events)
    standing = keep_standing(events, uncounted=uncounted)
    replies = {
        (e.community, e.channel, e.message_id): (e.author, frozenset(t.person for t in e.toward if t.kind == "reply"))
        for e in standing
        if e.kind == "message"
    }
    found: list[Activity] = []
    albums: set[tuple[str, str, str, PersonRef]] = set()
    for event in standing:
        if event.author is None or (event.community, event.event_id) in answers_self:
            continue
        if event.part_of is not None:
            album = (event.community, event.channel, event.part_of, event.author)
            if album in albums:
                continue
            albums.add(album)
        found += _own(event, event.author)
        found += _received(event, event.author)
        answerer, askers = replies.get((event.community, event.channel, event.message_id), (None, frozenset()))
        if event.kind == "reaction" and answerer and event.author in askers:
            found.append(Activity(kind="answer_given", member=answerer, at=event.at, partner=event.author))
    return found


def _self_replies(events: tuple[LoggedEvent, ...]) -> frozenset[tuple[str, str]]:
    """Return community and id of the messages that answer their own author and nobody else."""
    written = {(e.community, e.channel, e.message_id): e.author for e in events if e.kind == "message"}
    found = set()
    for event in events:
        if event.kind == "message":
            aimed_at = {toward.person for toward in event.toward}
            if event.reply_to is not None:
                aimed_at |= {
                    person for person in [written.get((event.community, event.channel, event.reply_to))] if person
                }
            if aimed_at == {event.author}:
                found.add((event.community, event.event_id))
    return frozenset(found)


def _own(event: LoggedEvent, author: PersonRef) -> Iterator[Activity]:
    if event.kind == "message":
        partner = next((toward.person for toward in _by_weight(event.toward)), None)
        yield Activity(kind="message", member=author, at=event.at, partner=partner)
    elif event.kind == "join":
        yield Activity(kind="join", member=author, at=event.at)


def _received(event: LoggedEvent, author: PersonRef) -> Iterator[Activity]:
    """One per person: who is both answered and named in a message is answered."""
    if event.kind not in ("message", "reaction"):
        return
    by_person: dict[PersonRef, TowardKind] = {}
    for toward in _by_weight(event.toward):
        by_person.setdefault(toward.person, toward.kind)
    for person, kind in by_person.items():
        yield Activity(kind=_RECEIVED[kind], member=person, at=event.at, partner=author)


def _by_weight(toward: tuple[Toward, ...]) -> list[Toward]:
    """Return whom it was aimed at, those answered before those only named, in one order whatever the store gave."""
    return sorted(toward, key=lambda t: (t.kind == "mention", t.person.platform, t.person.id))
