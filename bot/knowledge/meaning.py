"""What the material means, as one embedder sees it: its vectors arranged so that cosines tell items apart. Pure.

Embedders crowd everything a brand says into one corner of their space, and part of what is left is manner, not matter.
So the middle of the material is subtracted, and directions in which the paraphrases of one item differ among themselves
count less: within-class whitening, as in linear discriminant analysis (Fisher 1936), its covariance shrunk towards a
plain scale (Ledoit and Wolf 2004) for as long as there are few paraphrases to learn from. On intent sets with ten
paraphrases each this finds the right item .83 instead of .80 of the time (banking77), and it makes cosines of different
embedders and sets comparable, which the gate needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.field import FloatArray

#: With so many paraphrases beyond the first the learnt covariance counts as much as the plain scale.
_HALF_LEARNT = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class MaterialVectors:
    """What one embedder made of the material."""

    #: One array for each item, shape (its ways of asking, dimension).
    ways: tuple[FloatArray, ...]
    #: Shape (passages, dimension), in the order of the index.
    passages: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Closeness:
    """How close a question is to each item, as cosines; each of shape (items,)."""

    #: To the way of asking that is closest.
    near: FloatArray
    #: To the middle of all ways of asking.
    centre: FloatArray
    #: To the passage that is closest.
    text: FloatArray
    #: To each passage, shape (passages,).
    passages: FloatArray


class MeaningField:
    """The vectors of one embedder over the items of an index."""

    def __init__(
        self, vectors: MaterialVectors, passage_starts: Sequence[int], *, leave_out: Mapping[int, int] | None = None
    ) -> None:
        """`leave_out` maps an item's position to the one of its ways of asking that is left out."""
        out = leave_out or {}
        ways = [np.delete(own, out[at], axis=0) if at in out else own for at, own in enumerate(vectors.ways)]
        self._counts = np.asarray([len(own) for own in ways], dtype=np.int64)
        self._asked = np.flatnonzero(self._counts)
        self._starts = np.cumsum([0, *self._counts])[:-1][self._asked]
        flat = np.concatenate([*ways, np.zeros((0, vectors.passages.shape[1]), dtype=np.float32)])
        self._middle = _mean(flat)
        self._turn = self._learn_manner(flat)
        self._ways = _direct((flat - self._middle) @ self._turn)
        self._centres = _direct(self._sum_by_item(self._ways))
        self._passage_starts = np.asarray(passage_starts)
        self._passages = _direct(vectors.passages - _mean(vectors.passages))

    def compare(self, question: FloatArray) -> Closeness:
        """How close each item is to a question's vector, shape (dimension,)."""
        moved = question - self._middle
        turned = _direct(moved @ self._turn)
        near = np.zeros(len(self._counts), dtype=np.float32)
        centre = np.zeros_like(near)
        if len(self._asked):
            near[self._asked] = np.maximum.reduceat(self._ways @ turned, self._starts)
            centre[self._asked] = self._centres @ turned
        passages = self._passages @ _direct(moved)
        text = np.maximum.reduceat(passages, self._passage_starts) if len(passages) else near
        return Closeness(near=near, centre=centre, text=text, passages=passages)

    def _sum_by_item(self, rows: FloatArray) -> FloatArray:
        """The sum of the rows of each item that has any, shape (those items, dimension)."""
        return np.add.reduceat(rows, self._starts, axis=0) if len(self._asked) else rows

    def _learn_manner(self, flat: FloatArray) -> FloatArray:
        """The map, shape (dimension, dimension), after which ways of asking one item differ alike in all directions."""
        size = flat.shape[1]
        counts = self._counts[self._asked]
        spare = len(flat) - len(counts)
        if spare == 0:
            return np.eye(size, dtype=np.float32)
        means = self._sum_by_item(flat) / counts[:, None].astype(np.float32)
        manner = flat - np.repeat(means, counts, axis=0)
        learnt = (manner.T @ manner).astype(np.float64) / spare
        plain = np.trace(learnt) / size
        if plain <= 0:
            return np.eye(size, dtype=np.float32)
        trust = spare / (spare + _HALF_LEARNT)
        covariance = trust * learnt + (1 - trust) * plain * np.eye(size)
        return np.linalg.cholesky(np.linalg.inv(covariance)).astype(np.float32)


def _mean(rows: FloatArray) -> FloatArray:
    """The mean of the rows and of nothing, so that a single row is not its own middle."""
    return np.asarray(rows.sum(axis=0) / (len(rows) + 1), dtype=np.float32)


def _direct(rows: FloatArray) -> FloatArray:
    """The rows at length 1; those without a direction stay zero."""
    length = np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-6)
    return np.asarray(rows / length, dtype=np.float32)
