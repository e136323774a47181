"""Whether what was found is good enough to say: a calibrated confidence, and the verdict. Pure.

Two logistic models over raw signals: does the question *sound like* a way of asking the item, and does a passage *speak
of* all that is asked. The better of the two counts. Weights start from `PRIOR` and are moved by the brand's own
material (`calibrate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Literal, TypeAlias

import numpy as np

from bot.knowledge.field import FloatArray
from bot.knowledge.signals import Signals

Level: TypeAlias = Literal["careful", "balanced", "eager"]

#: The least confidence at which each level answers. Careful must mean that at most 5 % of all questions asked get a
#: wrong answer: 4 % do on the development parts of CLINC150 and banking77, whose intents lie closer than FAQ entries.
LEVELS: Mapping[Level, float] = {"careful": 0.5, "balanced": 0.4, "eager": 0.2}

#: The confidence in an item that was asked in just these words.
EXACT = 0.99
#: No answer from a passage with less than this of the question's topic in it, however far ahead it is.
_LEAST_TEXT_COVER = 0.6
#: The same in meaning: the cosine that does without the words, as across languages.
_LEAST_TEXT_MEANING = 0.42


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class GateModel:
    """Weights of the two logistic models: the intercept, then one per signal in the order of `Signals`."""

    #: For "sounds like a way of asking it".
    asked: FloatArray
    #: For "a passage speaks of it".
    told: FloatArray


def _weights(*values: float) -> FloatArray:
    return np.asarray(values, dtype=np.float32)


#: Rounded from fits on the development parts of CLINC150 and banking77 (`asked`, which agree with each other), and set
#: by hand for `told`, where the share of the question that the passage covers must carry the decision.
#: Order: intercept, cover, passage_cover, echo, lead, agreement, unknown, evidence.
PRIOR = GateModel(
    asked=_weights(-4.8, 1.2, 0.3, 4.0, 3.5, 0.8, -2.5, 1.5),
    told=_weights(-7.0, 0.5, 5.0, 0.5, 2.0, 1.0, -2.0, 3.0),
)


#: The same where embedders are at hand; then six more: near, centre, near_lead, centre_lead, text, text_lead.
#: `asked` is fitted likewise, to questions with and without their item. By hand, closeness
#: then counts more and leads less than in the fit, and unknown words against: in a small FAQ everything is far ahead of
#: the next entry, and "how much caffeine is in a cup?" is close to the entry about the size of a cup.
PRIOR_WITH_MEANING = GateModel(
    asked=_weights(-4.9, 0.7, 0.0, 0.0, 0.3, 0.7, -2.3, 1.0, 3.0, 4.5, 2.5, 3.0, 0.0, 0.0),
    told=_weights(-7.0, 0.5, 4.0, 0.0, 1.0, 1.0, -2.0, 2.0, 1.5, 0.0, 1.5, 0.0, 3.0, 3.0),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """The models for both kinds of evidence."""

    #: Where words are all there is.
    words: GateModel = PRIOR
    #: Where there is meaning too.
    meaning: GateModel = PRIOR_WITH_MEANING


def judge_fit(signals: Signals, *, has_questions: bool, gate: Gate | None = None) -> float:
    """The probability, 0 to 1, that the candidate answers what was asked.

    `has_questions` tells whether the item says itself how it is asked; for a document only its text can tell.
    """
    if signals.exact and has_questions:
        return EXACT
    models = gate or Gate()
    model = models.words if signals.meaning is None else models.meaning
    told = _probability(model.told, signals) if _text_may_tell(signals) else 0.0
    asked = _probability(model.asked, signals) if has_questions else 0.0
    return max(asked, told)


def _text_may_tell(signals: Signals) -> bool:
    """Whether a passage holds enough of the question's words, or means the same in others."""
    if signals.passage_cover >= _LEAST_TEXT_COVER:
        return True
    return signals.meaning is not None and signals.meaning.text >= _LEAST_TEXT_MEANING


def least_confidence(setting: Level | float) -> float:
    """What the YAML's `confidence` means as a number between 0 and 1."""
    if isinstance(setting, str):
        return LEVELS[setting]
    if not 0.0 <= setting <= 1.0:
        msg = f"confidence must lie between 0 and 1, got {setting}"
        raise ValueError(msg)
    return setting


def _probability(weights: FloatArray, signals: Signals) -> float:
    score = float(weights[0]) + float(weights[1:] @ signals.values)
    return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, score))))
