"""An embedder for tests: no model, the same vectors each time; it hears words of one idea as one word."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.words import split_words
from bot.ports.answering import TextKind

DIMENSION = 64
_IDEAS = ("refund money back reimbursed uang", "beans biji", "grind grinder gilingan", "open opening buka tutup hours")
#: Word -> the word that stands for its idea.
IDEAS: Mapping[str, str] = {word: idea.split()[0] for idea in _IDEAS for word in idea.split()}


class WordEmbedder:
    """Meets `bot.ports.answering.Embedder`; a text is the sum of its words, each in a direction of its own."""

    def __init__(self, *, name: str = "words-1") -> None:
        self.name = name
        self.dimension = DIMENSION
        #: What it was given, in order.
        self.embedded: list[tuple[TextKind, str]] = []

    async def embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Embed; `kind` makes no difference."""
        self.embedded += [(kind, text) for text in texts]
        return embed_words(texts)


def embed_words(texts: Sequence[str]) -> NDArray[np.float32]:
    """A vector of length 1 for each text, shape (texts, DIMENSION)."""
    rows = np.asarray([sum((_direction(word) for word in split_words(text)), _direction("")) for text in texts])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _direction(word: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(IDEAS.get(word, word).encode()).digest()[:4], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)
