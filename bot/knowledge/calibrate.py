"""Fits the gate to the brand's own material, from questions whose answers are known. Pure and deterministic.

Each paraphrase is asked while the index doesn't hold it: its item is the right answer. It is asked again while the
index lacks its whole item, and whatever may say the same (translations, documents): then every answer is wrong, and
about the right topic. The fit is a logistic regression whose weights are pulled to `gate.PRIOR`, so that a brand with
three questions keeps the prior.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.gate import PRIOR, PRIOR_WITH_MEANING, Gate, GateModel
from bot.knowledge.index import build_index
from bot.knowledge.logistic import fit_logistic
from bot.knowledge.meaning import MaterialVectors
from bot.knowledge.question import read_question
from bot.knowledge.retrieve import rank_items
from bot.knowledge.signals import Signals, read_signals
from bot.ports.answering import KnowledgeItem

#: The most questions asked, and the most indexes built, to calibrate: more would only cost time.
MOST_QUESTIONS = 200
_MOST_ROUNDS = 3
#: How strongly the weights are held to the prior: about this many questions weigh as much as it does.
_PRIOR_STRENGTH = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One question asked for calibration."""

    #: How the best candidate fitted.
    signals: Signals
    #: Whether it was the right one.
    right: bool
    #: Whether the right one was there to be found.
    there: bool


def calibrate_gate(items: Sequence[KnowledgeItem], vectors: Mapping[str, MaterialVectors] | None = None) -> Gate:
    """The gate for these items; the prior where fewer than ten paraphrases tell nothing reliable.

    Without `vectors` only the model for words is fitted, with them only the one for meaning, since each is fitted to
    what it finds; the other stays at its prior.
    """
    samples = tuple(sample_questions(items, vectors or {}))
    if len(samples) < 2 * 10:
        return Gate()
    if vectors:
        prior = PRIOR_WITH_MEANING
        return Gate(meaning=GateModel(asked=_fit(samples, prior=prior.asked, absent=0.75), told=prior.told))
    return Gate(words=GateModel(asked=_fit(samples, prior=PRIOR.asked, absent=1.0), told=PRIOR.told))


def sample_questions(items: Sequence[KnowledgeItem], vectors: Mapping[str, MaterialVectors]) -> Iterator[Sample]:
    """Ask paraphrases of `items` with their own words, then with their whole item, held out."""
    asked = [at for at, item in enumerate(items) if len(item.questions) > 1]
    most = max((len(items[at].questions) for at in asked), default=0)
    rounds = min(_MOST_ROUNDS, most, ceil(MOST_QUESTIONS / max(1, len(asked))))
    for number in range(rounds):
        # The first question is the one best worded; paraphrases are nearer to what members write: take the last first.
        held = {at: len(items[at].questions) - 1 - number for at in asked if len(items[at].questions) > number}
        chosen = _spread(tuple(held), MOST_QUESTIONS // rounds)
        index = build_index(items, leave_out=held, vectors=vectors)
        for at in chosen:
            item = items[at]
            meant = {name: own.ways[at][held[at]] for name, own in vectors.items()}
            question = read_question(item.questions[held[at]], language=item.language, index=index, vectors=meant)
            others = {other for other, it in enumerate(items) if it.language != item.language or not it.questions}
            for without in ((), (at, *others)):
                ranking = rank_items(index, question, without=without)
                for best in ranking.best(1):
                    signals = read_signals(index, question, ranking, best, without=without)
                    yield Sample(signals=signals, right=best == at, there=not without)


def _spread(positions: tuple[int, ...], most: int) -> tuple[int, ...]:
    """At most `most` of `positions`, evenly over them."""
    if len(positions) <= most:
        return positions
    return tuple(positions[int(at)] for at in np.linspace(0, len(positions) - 1, most))


def _fit(samples: Sequence[Sample], *, prior: NDArray[np.float32], absent: float) -> NDArray[np.float32]:
    """Fit weights to samples; `absent` is what a question counts whose right answer was not there."""
    rows = np.asarray([[1.0, *sample.signals.values] for sample in samples], dtype=np.float64)
    right = np.asarray([sample.right for sample in samples], dtype=np.float64)
    counts = np.asarray([1.0 if sample.there else absent for sample in samples])
    fitted = fit_logistic(rows, right, prior=prior.astype(np.float64), strength=_PRIOR_STRENGTH, counts=counts)
    return fitted.astype(np.float32)
