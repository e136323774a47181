"""Joining in unasked: which messages of real chat start a conversation that deserves an answer, each log held out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.irc_logs import Line, Log, find_logs, read_log
from benchmarks.outcome import CannotRun, Outcome
from bot.conversation.join_in import LEAST_CHANCE, LOOK_BACK, chance_of_opening, listen_back, traits_of
from bot.conversation.join_in import Overheard as Heard
from bot.knowledge.logistic import chance_of, fit_logistic
from bot.messages import PersonRef
from bot.ports.records import LoggedEvent, Toward

_F1 = 0.5
_START = datetime(2026, 11, 1, tzinfo=UTC)
_HALF_A_DAY = timedelta(hours=12)
#: Shorter nicks are often words.
_SHORTEST_NAMED = 4
_THRESHOLDS = np.linspace(0.1, 0.7, 61)
_PROTOCOL = (
    "Every annotated line of the logs is judged as the service judges what it overhears, from its words and the talk",
    "before it; a nick before a colon or comma, or one of four letters and more in the text, is a mention.",
    "True are the lines that start a conversation (paired with themselves) and are answered by somebody else.",
    "ours: F1 over all logs, weights and threshold fitted each time on the other logs. peer: F1 of taking every line",
    "with a question mark that names nobody. Given apart: F1 with the product's own weights, which saw all logs.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """An annotated line."""

    heard: Heard
    opens: bool
    answered: bool


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--data", type=Path, default=Path("ubuntu_irc"), help="the folder of the logs")


def measure(options: argparse.Namespace) -> Outcome:
    """Judge every line. Raises CannotRun when there are not at least two logs."""
    paths = find_logs(options.data)
    if len(paths) == 1:
        raise CannotRun(
            f"one log in {options.data}, and each is judged by what the others teach; give more with --data"
        )
    logs = [list(_read_lines(read_log(path))) for path in paths]
    lines = [line for log in logs for line in log]
    true = np.array([line.opens and line.answered for line in lines])
    held_out = np.concatenate([_judge_held_out(logs, at) for at in range(len(logs))])
    asks = np.array(["?" in line.heard.text and not line.heard.to_somebody for line in lines])
    own = np.array([chance_of_opening(line.heard) >= LEAST_CHANCE for line in lines])
    ours, peer = _f1(held_out, true), _f1(asks, true)
    return Outcome(
        name="join_in",
        sizes={"logs": len(logs), "lines": len(lines), "true": int(true.sum())},
        ours=ours,
        peer=peer,
        target=_F1 / peer,
        met=ours >= _F1,
        protocol=_PROTOCOL,
        details={
            "precision": float(true[held_out].mean()),
            "recall": float(held_out[true].mean()),
            "F1 with the product's weights": _f1(own, true),
        },
    )


def _judge_held_out(logs: Sequence[Sequence[_Line]], at: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    others = [line for other, log in enumerate(logs) if other != at for line in log]
    rows = np.array([traits_of(line.heard) for line in others])
    true = np.array([line.opens and line.answered for line in others])
    weights = fit_logistic(rows, true.astype(float), prior=np.zeros(rows.shape[1]), strength=1.0)
    chances = chance_of(rows, weights)
    threshold = max(_THRESHOLDS, key=lambda least: _f1(chances >= least, true))
    return chance_of(np.array([traits_of(line.heard) for line in logs[at]]), weights) >= threshold


def _f1(judged: np.ndarray[tuple[int], np.dtype[np.bool_]], true: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return float(2 * (judged & true).sum() / max(1, judged.sum() + true.sum()))


def _read_lines(log: Log) -> Iterator[_Line]:
    """Yield a log's annotated lines that people wrote, with what was said before each."""
    lines = log.lines
    opening = {first for first, second in log.pairs if first == second}
    answered = {
        min(pair)
        for pair in log.pairs
        if all(at in lines for at in pair) and lines[pair[0]].author != lines[pair[1]].author
    }
    annotated = {max(pair) for pair in log.pairs}
    talk: list[LoggedEvent] = []
    nicks = {line.author.casefold(): line.author for line in lines.values()}
    for (number, line), at in zip(lines.items(), _times(tuple(lines.values())), strict=True):
        author, text = PersonRef(platform="irc", id=line.author), line.text
        toward = tuple(
            Toward(person=PersonRef(platform="irc", id=nick), kind="mention")
            for nick in _named(line, nicks)
            if nick != author.id
        )
        while talk and at - talk[0].at > LOOK_BACK:
            talk.pop(0)
        if number in annotated:
            heard = listen_back(text, author=author, at=at, talk=talk)
            heard = Heard(to_somebody=bool(toward), text=text, quiet_for=heard.quiet_for, in_exchange=heard.in_exchange)
            yield _Line(heard=heard, opens=number in opening, answered=number in answered)
        talk.append(
            LoggedEvent(
                event_id=str(number),
                kind="message",
                community="irc",
                channel="irc",
                at=at,
                author=author,
                toward=toward,
            )
        )


def _times(said: Sequence[Line]) -> Iterator[datetime]:
    """Yield when each line was said; the logs give minutes of a clock of twelve or twenty-four hours."""
    clocks = [timedelta(hours=line.hour, minutes=line.minute) for line in said]
    at = _START
    if clocks:
        yield at
    for number, (before, after) in enumerate(pairwise(clocks), start=1):
        at += (after - before) % _HALF_A_DAY if after < before else after - before
        yield at + timedelta(microseconds=number)


def _named(line: Line, nicks: dict[str, str]) -> set[str]:
    words = {word.casefold().strip("?.,!:;()") for word in line.text.split()}
    named = {nicks[word] for word in words if len(word) >= _SHORTEST_NAMED and word in nicks}
    if line.addressed and line.addressed.casefold() in nicks:
        named.add(nicks[line.addressed.casefold()])
    return named
