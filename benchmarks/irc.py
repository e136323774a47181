"""Real chat: connectors of ten #ubuntu logs beside their message counts, and how far two halves of the logs agree."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np

from benchmarks.irc_logs import Log, find_logs, read_log
from benchmarks.outcome import Outcome
from benchmarks.planted_community import Floats
from bot.assemble import assembled, importer
from bot.cli.running import read_config
from bot.engagement.connectors import Connector, find_connectors
from bot.ports.records import LoggedEvent

_AGREEMENT = 0.8
_FIRST = 10
_MIN_PEOPLE = 5
_WINDOW = timedelta(days=90)
#: One log after the other, a day each, since they are of years in which hardly anybody is the same.
_START = datetime(2026, 11, 1, tzinfo=UTC)
_CONFIG = (
    "version: 1\nbrand: {name: Past, languages: [en]}\ncommunities: {irc: {platform: sandbox}}\n"
    "sources: {faq: {type: faq, path: faq.yaml}}\nstore: {url: 'sqlite:///irc.db'}\n"
)
_FAQ = "- {id: hi, question: Is anybody there?, answer: We are., language: en}\n"
_PROTOCOL = (
    "Ten logs become one import file, taken into a new database: a line said is a message, an annotated pair a",
    "reply, a nick before a colon or comma a mention; each log is put on a day of its own.",
    "ours: Spearman's rank correlation of the connectors of the odd minutes with those of the even minutes, over the",
    "people on both lists: those whom five others or more turned to in each half, which is what lists them at all.",
    "peer: the same for message counts of the same people.",
    "of the whole list, foreseen: 2 r / (1 + r), what two lists as long as the whole would agree (Spearman and Brown",
    "1910), each half having half of what there is to go by; told, not judged.",
    f"met is: at least {_AGREEMENT}, reasons for everybody, and a first ten that differs from the ten who wrote most.",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--data", type=Path, default=Path("ubuntu_irc"), help="the folder of the logs")


def measure(options: argparse.Namespace) -> Outcome:
    """Rank the whole and its halves. Raises CannotRun when the logs are not there."""
    logs = find_logs(options.data)
    messages = [
        said for day, log in enumerate(logs) for said in _write_log(read_log(log), _START + timedelta(days=day))
    ]
    with tempfile.TemporaryDirectory(prefix="konektor-irc-") as place:
        events = asyncio.run(_take_in(Path(place), messages))
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
        details={
            "of the first ten also among the ten loudest": float(shared),
            "of the whole list, foreseen": 2 * agreement / (1 + agreement),
        },
    )


def _rank(events: list[LoggedEvent]) -> tuple[Connector, ...]:
    return find_connectors(events, window=_WINDOW, min_people=_MIN_PEOPLE, now=_START + timedelta(days=30))


async def _take_in(folder: Path, messages: list[dict[str, object]]) -> list[LoggedEvent]:
    """Import the messages and return the log."""
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    (folder / "faq.yaml").write_text(_FAQ, encoding="utf-8")
    history = BytesIO("\n".join(map(json.dumps, messages)).encode())
    async with assembled(read_config(folder / "config.yaml")) as parts:
        take_file = importer(parts, complain=lambda _file, _what: None, moved=lambda _read: None)
        await take_file(history, name="irc.jsonl", basis="published under CC BY 4.0", community=None)
        async with parts.store.read(parts.brand.id) as work:
            return list(await work.events.since(None, _START))


def _write_log(log: Log, day: datetime) -> Iterator[dict[str, object]]:
    """Yield a log's messages as lines of an import file."""
    nicks = {line.author for line in log.lines.values()}
    answers: dict[int, int] = {}
    for first, second in log.pairs:
        if first != second:
            answers.setdefault(max(first, second), min(first, second))
    for number, line in log.lines.items():
        at = day + timedelta(hours=line.hour, minutes=line.minute, seconds=number % 60)
        message: dict[str, object] = {
            "id": f"{day:%d}.{number}",
            "community": "irc",
            "at": at.isoformat(),
            "author": line.author,
            "text": line.text,
        }
        if answers.get(number) in log.lines:
            message["reply_to"] = f"{day:%d}.{answers[number]}"
        if line.addressed in nicks:
            message["mentions"] = [line.addressed]
        yield message


def _correlate(one: Floats, other: Floats) -> float:
    """Return Spearman's rank correlation, equals sharing their mean rank."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Floats) -> Floats:
    rising = np.sort(values)
    return (np.searchsorted(rising, values, side="left") + np.searchsorted(rising, values, side="right")) / 2
