"""One field of the index: many short documents of terms, scored by BM25 (Robertson and Zaragoza 2009) through bm25s.

It knows terms and numbers, no items, languages or questions. Immutable once built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import bm25s
import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One word of a question and the terms it may be found under."""

    #: The word as folded.
    surface: str
    #: Terms and what a hit on each counts (0 to 1), the asker's own word first.
    alternatives: tuple[tuple[str, float], ...]
    #: Whether it says what the question is about.
    informative: bool


class TermField:
    """BM25 over documents of terms; document i keeps its position."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self.size = len(documents)
        self._columns: Mapping[str, int] = {}
        self._starts: NDArray[Any] = np.zeros(1, dtype=np.int64)
        self._rows: NDArray[Any] = np.zeros(0, dtype=np.int64)
        self._weights: FloatArray = np.zeros(0, dtype=np.float32)
        vocabulary = {term: column for column, term in enumerate(sorted({t for doc in documents for t in doc}))}
        if not vocabulary:
            return
        ids = [[vocabulary[term] for term in document] for document in documents]
        ranker = bm25s.BM25(method="lucene", k1=1.5, b=0.75, backend="numpy", csc_backend="numpy")
        ranker.index((ids, vocabulary), create_empty_token=False, show_progress=False)
        self._columns = vocabulary
        self._starts = ranker.scores["indptr"]
        self._rows = ranker.scores["indices"]
        self._weights = ranker.scores["data"]

    @property
    def terms(self) -> frozenset[str]:
        """Every term that occurs."""
        return frozenset(self._columns)

    def documents_with(self, term: str) -> NDArray[Any]:
        """The positions of the documents that hold `term`."""
        column = self._columns.get(term)
        return self._rows[:0] if column is None else self._rows[self._starts[column] : self._starts[column + 1]]

    def score_terms(self, terms: Sequence[str]) -> FloatArray:
        """BM25 of every document for `terms`, shape (size,); unknown terms add nothing."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in terms:
            column = self._columns.get(term)
            if column is not None:
                here = slice(self._starts[column], self._starts[column + 1])
                total[self._rows[here]] += self._weights[here]
        return total

    def score_slots(self, slots: Sequence[Slot]) -> tuple[FloatArray, FloatArray]:
        """BM25 of every document, and how far each slot is covered by each document.

        Shapes (size,) and (slots, size). A slot scores by its best alternative, so that synonyms never add up.
        """
        total = np.zeros(self.size, dtype=np.float32)
        cover = np.zeros((len(slots), self.size), dtype=np.float32)
        for row, slot in enumerate(slots):
            best: FloatArray | None = None
            for term, weight in slot.alternatives:
                column = self._columns.get(term)
                if column is None:
                    continue
                here = slice(self._starts[column], self._starts[column + 1])
                rows = self._rows[here]
                if best is None:
                    best = np.zeros(self.size, dtype=np.float32)
                best[rows] = np.maximum(best[rows], self._weights[here] * np.float32(weight))
                cover[row, rows] = np.maximum(cover[row, rows], np.float32(weight))
            if best is not None:
                total += best
        return total, cover
