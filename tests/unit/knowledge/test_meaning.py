"""Finding by meaning: the geometry, and what it adds to words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.answering import MaterialKnowledge
from bot.knowledge.index import passages_of, ways_of
from bot.knowledge.meaning import MaterialVectors, MeaningField
from tests.unit.knowledge.embedding import DIMENSION, embed_words
from tests.unit.knowledge.material import ITEMS, LANGUAGES

VECTORS = MaterialVectors(
    ways=tuple(embed_words(ways_of(item)) for item in ITEMS),
    passages=embed_words([passage for item in ITEMS for passage in passages_of(item)]),
)
KNOWLEDGE = MaterialKnowledge.build(ITEMS, languages=LANGUAGES, confidence="careful", vectors={"words": VECTORS})


def vector_of(question: str) -> dict[str, np.ndarray]:  # type: ignore[type-arg]  # numpy's own shorthand
    """A question as the service would pass it on."""
    return {"words": embed_words([KNOWLEDGE.wording(question)])[0]}


def test_a_question_in_other_words_is_found_by_meaning() -> None:
    """No text says "reimbursed": words alone don't know it, and meaning does."""
    question = "can I be reimbursed for the beans?"
    assert KNOWLEDGE.answer(question).verdict == "unsure"
    found = KNOWLEDGE.answer(question, vectors=vector_of(question))
    assert found.candidates[0].item.item == "refund"
    assert found.confidence > KNOWLEDGE.answer(question).confidence


def test_a_question_in_another_language_finds_the_material() -> None:
    """English over Indonesian."""
    found = KNOWLEDGE.answer("opening hours", language="en", vectors=vector_of("opening hours"))
    assert found.candidates[0].item.item == "jam-buka"


def test_what_the_material_says_nothing_of_stays_unanswered() -> None:
    """Meaning is no excuse: nothing is close, so nothing is said."""
    question = "who won the football match yesterday?"
    assert KNOWLEDGE.answer(question, vectors=vector_of(question)).verdict == "unsure"


def test_without_vectors_words_decide() -> None:
    """The worker may be down: the answer is that of words alone."""
    question = "ongkir ke sumatra brp kak"
    alone = MaterialKnowledge.build(ITEMS, languages=LANGUAGES, confidence="careful").answer(question)
    assert KNOWLEDGE.answer(question).candidates == alone.candidates


def test_chat_spellings_are_written_out_for_the_embedder() -> None:
    """It learnt from proper texts; what is no chat spelling stays as it was written."""
    assert KNOWLEDGE.wording("gmn cara Bayar pake QRIS?") == "bagaimana cara Bayar pakai QRIS?"
    assert KNOWLEDGE.wording("\U0001f600") == ""


@given(
    counts=st.lists(st.integers(0, 4), min_size=1, max_size=6).filter(any),
    seed=st.integers(0, 999),
)
def test_closeness_is_a_cosine_for_any_shape_of_material(counts: list[int], seed: int) -> None:
    """One way, no way, many ways: numbers from -1 to 1, and an item is closest to its own way of asking."""
    chance = np.random.default_rng(seed)
    rows = [chance.standard_normal((count, DIMENSION)).astype(np.float32) for count in counts]
    passages = chance.standard_normal((len(counts), DIMENSION)).astype(np.float32)
    field = MeaningField(MaterialVectors(ways=tuple(rows), passages=passages), range(len(counts)))
    at = max(range(len(counts)), key=lambda item: counts[item])
    close = field.compare(rows[at][0])
    for values in (close.near, close.centre, close.text):
        assert values.shape == (len(counts),)
        assert np.all(np.abs(values) <= 1 + 1e-5)
    assert close.near[at] == pytest.approx(1.0, abs=1e-4)
    assert int(np.argmax(close.near)) == at


def test_a_way_left_out_is_not_there() -> None:
    """As calibration needs it: the rest of the item still is."""
    starts = [0]
    ways = embed_words(["refund", "where is my parcel"])
    vectors = MaterialVectors(ways=(ways,), passages=embed_words(["text"]))
    assert MeaningField(vectors, starts).compare(ways[0]).near[0] == pytest.approx(1.0, abs=1e-4)
    assert MeaningField(vectors, starts, leave_out={0: 0}).compare(ways[0]).near[0] < 0.9
