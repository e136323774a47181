"""How sure it is, and how that is learnt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.calibrate import calibrate_gate, sample_questions
from bot.knowledge.gate import EXACT, LEVELS, PRIOR, PRIOR_WITH_MEANING, Gate, judge_fit, least_confidence
from bot.knowledge.signals import Meaning, Signals
from tests.unit.knowledge.material import ITEMS
from tests.unit.knowledge.test_meaning import VECTORS

SHARE = st.floats(0, 1, width=32)
COSINE = st.floats(-1, 1, width=32)
MEANING = st.builds(
    Meaning,
    near=COSINE,
    centre=COSINE,
    near_lead=st.floats(-2, 2, width=32),
    centre_lead=st.floats(-2, 2, width=32),
    text=COSINE,
    text_lead=st.floats(-2, 2, width=32),
)
SIGNALS = st.builds(
    Signals,
    cover=SHARE,
    passage_cover=SHARE,
    echo=SHARE,
    lead=st.floats(-1, 1, width=32),
    agreement=SHARE,
    unknown=SHARE,
    evidence=SHARE,
    meaning=st.none() | MEANING,
)


@given(SIGNALS, st.booleans())
def test_confidence_is_a_probability(signals: Signals, has_questions: bool) -> None:  # noqa: FBT001 - drawn, not chosen
    """Whatever is seen, it lies between 0 and 1, and nothing is surer than the very words."""
    assert 0.0 <= judge_fit(signals, has_questions=has_questions) <= 1.0
    assert judge_fit(replace(signals, exact=True), has_questions=True) == EXACT


@given(SIGNALS, SHARE)
def test_sounding_more_alike_never_lowers_confidence(signals: Signals, echo: float) -> None:
    """And words the material doesn't know never raise it."""
    low, high = sorted((signals.echo, echo))
    assert judge_fit(replace(signals, echo=low), has_questions=True) <= judge_fit(
        replace(signals, echo=high), has_questions=True
    )
    low, high = sorted((signals.unknown, echo))
    assert judge_fit(replace(signals, unknown=high), has_questions=True) <= judge_fit(
        replace(signals, unknown=low), has_questions=True
    )


def test_levels_rise_with_care() -> None:
    """Careful asks for more than balanced, and balanced for more than eager; a number means itself."""
    assert LEVELS["careful"] > LEVELS["balanced"] > LEVELS["eager"]
    assert [least_confidence(setting) for setting in ("careful", 0.8)] == [LEVELS["careful"], 0.8]


def test_calibration_knows_what_is_right() -> None:
    """Every paraphrase is asked twice: with its item there, and with it gone, when no answer can be right."""
    samples = list(sample_questions(ITEMS, {}))
    assert any(sample.right for sample in samples if sample.there)
    assert any(not sample.there for sample in samples)
    assert not any(sample.right for sample in samples if not sample.there)


def test_calibration_is_deterministic() -> None:
    """The same material gives the same gate, and moves the model of what was asked alone."""
    once, twice = calibrate_gate(ITEMS, {"words": VECTORS}), calibrate_gate(ITEMS, {"words": VECTORS})
    assert once.meaning.asked == pytest.approx(twice.meaning.asked)
    assert once.words is PRIOR
    assert calibrate_gate(ITEMS).meaning is PRIOR_WITH_MEANING
    assert once.meaning.asked != pytest.approx(PRIOR_WITH_MEANING.asked)


def test_too_little_material_keeps_what_is_known_beforehand() -> None:
    """A few paraphrases tell nothing reliable."""
    assert calibrate_gate(ITEMS[:2]) == calibrate_gate(()) == Gate()
