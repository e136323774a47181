"""A question on its way to the knowledge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.errors import ComputeFault
from bot.flows.ask_material import AskMaterial
from bot.knowledge.answering import MaterialKnowledge
from bot.ports.answering import TextKind
from tests.unit.knowledge.embedding import WordEmbedder
from tests.unit.knowledge.material import ITEMS, LANGUAGES
from tests.unit.knowledge.test_meaning import VECTORS

KNOWLEDGE = MaterialKnowledge.build(ITEMS, languages=LANGUAGES, confidence="careful", vectors={"words-1": VECTORS})
QUESTION = "can I be reimbursed for the beans?"


class BrokenEmbedder(WordEmbedder):
    """One whose worker has died."""

    async def embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Fail."""
        raise ComputeFault(f"the worker process died over {len(texts)} {kind}")


async def test_the_question_is_embedded_once_and_as_a_question() -> None:
    """With its chat spellings written out, and what comes back is what the knowledge says to its vector."""
    embedder = WordEmbedder()
    answer = await AskMaterial(lambda: KNOWLEDGE, embedders=[embedder])(QUESTION)
    assert embedder.embedded == [("query", QUESTION)]
    assert answer.candidates[0].item.item == "refund"


async def test_what_is_no_question_is_not_embedded() -> None:
    """A greeting is silent without any work."""
    embedder = WordEmbedder()
    assert (await AskMaterial(lambda: KNOWLEDGE, embedders=[embedder])("halo kak!")).verdict == "silent"
    assert embedder.embedded == []


async def test_an_embedder_whose_material_is_not_ready_is_not_asked() -> None:
    """While vectors are being made, words answer."""
    embedder = WordEmbedder(name="words-2")
    answer = await AskMaterial(lambda: KNOWLEDGE, embedders=[embedder])(QUESTION)
    assert embedder.embedded == []
    assert answer == KNOWLEDGE.answer(QUESTION)


async def test_a_worker_that_fails_leaves_words() -> None:
    """The answer is that of words alone, not none."""
    answer = await AskMaterial(lambda: KNOWLEDGE, embedders=[BrokenEmbedder()])("ongkir ke sumatra brp kak")
    assert answer == KNOWLEDGE.answer("ongkir ke sumatra brp kak")
