"""Finds candidates: several cheap retrievers, each with raw scores, fused by z-score. Pure.

A retriever gives one raw score per item. Another one (an embedder's cosine) joins `RETRIEVERS` and nothing else
changes: the fusion standardises each over the items of one question and adds them up (Lee 1997, CombSUM over
standardised scores), which beat every single method and rank fusion on the sets of `benchmarks.answer_quality`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bot.knowledge.field import FloatArray
from bot.knowledge.index import MaterialIndex
from bot.knowledge.question import Question


class Retriever(Protocol):
    """One way of scoring the items for a question."""

    def __call__(self, index: MaterialIndex, question: Question) -> FloatArray:
        """A raw score per item, shape (items,), higher is better, 0 where nothing matches."""


def by_words(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of all words against the ways of asking."""
    return index.words.score_slots(question.slots)[0]


def by_topics(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of the words that carry a topic against the ways of asking."""
    return index.topics.score_slots([slot for slot in question.slots if slot.informative])[0]


def by_pairs(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of neighbouring words against the ways of asking: word order."""
    return index.pairs.score_terms(question.pairs)


def by_letters(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of letter sequences against the ways of asking: spelling and inflection."""
    return index.letters.score_terms(question.letters)


def by_texts(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of the words that carry a topic against the passages; an item scores by its best one."""
    scores, _ = index.texts.score_slots([slot for slot in question.slots if slot.informative])
    return np.maximum.reduceat(scores, index.passage_starts)


#: What is asked of every question, and what each weighs in the sum.
RETRIEVERS: Mapping[str, tuple[Retriever, float]] = {
    "words": (by_words, 1.0),
    "topics": (by_topics, 1.0),
    "pairs": (by_pairs, 1.0),
    "letters": (by_letters, 1.0),
    "texts": (by_texts, 1.5),
}

#: An item in the asker's own language goes before its translation, when they fit about equally.
_OWN_LANGUAGE = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """What the retrievers found for one question."""

    #: Raw scores, shape (retrievers, items), rows in the order of RETRIEVERS.
    raw: FloatArray
    #: The fused score, shape (items,), comparable within this question only; -inf for items left out.
    fused: FloatArray

    def best(self, count: int) -> tuple[int, ...]:
        """The positions of the best items with any signal at all, best first, ties in the order of the material."""
        size = len(self.fused)
        if size > count:
            pool = np.argpartition(-self.fused, count - 1)[:count]
            floor = self.fused[pool].min()
            pool = np.flatnonzero(self.fused >= floor)
        else:
            pool = np.arange(size)
        order = pool[np.argsort(-self.fused[pool], kind="stable")][:count]
        found = self.raw.max(axis=0) > 0
        return tuple(int(at) for at in order if found[at] and np.isfinite(self.fused[at]))


def rank_items(index: MaterialIndex, question: Question, *, without: int | None = None) -> Ranking:
    """Ask every retriever and fuse; `without` is an item to be treated as not there."""
    raw = np.stack([retriever(index, question) for retriever, _ in RETRIEVERS.values()])
    if without is not None:
        raw[:, without] = 0.0
    fused = sum(
        (np.float32(weight) * _standardise(row) for row, (_, weight) in zip(raw, RETRIEVERS.values(), strict=True)),
        start=np.zeros(raw.shape[1], dtype=np.float32),
    )
    if len(index.languages) > 1:
        own = np.asarray([item.language == question.language for item in index.items], dtype=np.float32)
        fused = fused + np.float32(_OWN_LANGUAGE) * own
    if without is not None:
        fused[without] = -np.inf
    return Ranking(raw=raw, fused=fused)


def _standardise(row: FloatArray) -> FloatArray:
    """How many standard deviations each score lies above the mean; zeros when all are the same."""
    spread = float(row.std())
    if spread == 0.0:
        return np.zeros_like(row)
    return np.asarray((row - row.mean()) / np.float32(spread), dtype=np.float32)
