"""Real chat: connectors of ten #ubuntu logs beside their message counts, and how far two halves of the logs agree."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.outcome import CannotRun, Outcome
from benchmarks.planted_community import Floats
from bot.engagement.connectors import Connector, find_connectors
from bot.messages import PersonRef
from bot.ports.records import LoggedEvent, Toward

_AGREEMENT = 0.8
_FIRST = 10
_MIN_PEOPLE = 5
_WINDOW = timedelta(days=90)
#: One log after the other, a day each, since they are of years in which hardly anybody is the same.
_START = datetime(2026, 11, 1, tzinfo=UTC)
_SAID = re.compile(r"\[(\d\d):(\d\d)\] <([^>]+)> (.*)")
_ADDRESSED = re.compile(r"([^\s:,]+)[:,]\s")
_PROTOCOL = (
    "Ten logs become one import file: a line said is a message, an annotated pair a reply, a nick before a colon or comma",
    "a mention; each log is put on a day of its own.",
    "ours: Spearman's rank correlation of the connectors of the odd minutes with those of the even minutes, over the",
    "people on both lists. peer: the same for message counts of the same people.",
    f"met is: at least {_AGREEMENT}, reasons for everybody, and a first ten that differs from the ten who wrote most.",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--data", type=Path, default=Path("ubuntu_irc"), help="the folder of the logs")


def measure(options: argparse.Namespace) -> Outcome:
    """Rank the whole and its halves. Raises CannotRun when the logs are not there."""
    logs = sorted(options.data.glob("*.ascii.txt"))
    if not logs:
        raise CannotRun(f"no logs in {options.data}; give the folder of the annotated #ubuntu logs with --data")
    events = [event for day, log in enumerate(logs) for event in _read_log(log, _START + timedelta(days=day))]
    whole = _rank(events)
    halves = [[event for event in events if event.at.minute % 2 == odd] for odd in (0, 1)]
    ranked = [{one.member: float(one.rank) for one in _rank(half)} for half in halves]
    counted = [Counter(event.author for event in half) for half in halves]
    both = [one.member for one in whole if all(one.member in half for half in ranked)]
    agreement = _correlate(*(np.array([half[who] for who in both]) for half in ranked))
    by_count = _correlate(*(np.array([float(half[who]) for who in both]) for half in counted))
    loudest = [who for who, _ in Counter(event.author for event in events).most_common(_FIRST)]
    shared = sum(one.member in loudest for one in whole[:_FIRST])
    return Outcome(
        name="irc",
        sizes={"logs": len(logs), "messages": len(events), "listed": len(whole), "in both halves": len(both)},
        ours=agreement,
        peer=by_count,
        target=_AGREEMENT / by_count,
        met=agreement >= _AGREEMENT and shared < _FIRST and all(one.reasons for one in whole),
        protocol=_PROTOCOL,
        details={"of the first ten also among the ten loudest": float(shared)},
    )


def _rank(events: list[LoggedEvent]) -> tuple[Connector, ...]:
    return find_connectors(events, window=_WINDOW, min_people=_MIN_PEOPLE, now=_START + timedelta(days=30))


def _read_log(log: Path, day: datetime) -> Iterator[LoggedEvent]:
    """Yield a log's messages, each with whom it answers and names."""
    said = [_SAID.match(line) for line in log.read_text("utf-8", "replace").splitlines()]
    nicks = {found[3] for found in said if found}
    answers: dict[int, int] = {}
    for pair in log.with_name(log.name.replace(".ascii.", ".annotation.")).read_text("utf-8").splitlines():
        first, second = map(int, pair.split()[:2])
        answers.setdefault(max(first, second), min(first, second))
    for number, found in enumerate(said):
        if found is None:
            continue
        hour, minute, author, text = found.groups()
        toward = []
        asked = said[answers[number]] if answers.get(number, number) != number else None
        if asked is not None and asked[3] != author:
            toward.append(Toward(person=_person(asked[3]), kind="reply"))
        named = _ADDRESSED.match(text)
        if named and named[1] in nicks and named[1] != author:
            toward.append(Toward(person=_person(named[1]), kind="mention"))
        yield LoggedEvent(
            event_id=f"{log.name}:{number}",
            kind="message",
            community="irc",
            channel="irc",
            at=day + timedelta(hours=int(hour), minutes=int(minute), seconds=number % 60),
            author=_person(author),
            toward=tuple(toward),
            message_id=f"{log.name}:{number}",
        )


def _person(nick: str) -> PersonRef:
    return PersonRef(platform="irc", id=nick)


def _correlate(one: Floats, other: Floats) -> float:
    """Return Spearman's rank correlation, equals sharing their mean rank."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Floats) -> Floats:
    rising = np.sort(values)
    return (np.searchsorted(rising, values, side="left") + np.searchsorted(rising, values, side="right")) / 2
