"""Finds candidates: by words and, where embedders are at hand, by meaning; raw scores, fused by z-score. Pure.

A retriever gives one raw score per item. The fusion standardises each over the items of one question and adds them up
(Lee 1997, CombSUM over standardised scores), which beat every single method and rank fusion on the sets of
`benchmarks.answer_quality`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.field import FloatArray
from bot.knowledge.index import MaterialIndex
from bot.knowledge.meaning import Closeness
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
    return index.topics.score_slots(question.topic)[0]


def by_pairs(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of neighbouring words against the ways of asking: word order."""
    return index.pairs.score_terms(question.pairs)


def by_letters(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of letter sequences against the ways of asking: spelling and inflection."""
    return index.letters.score_terms(question.letters)


def by_texts(index: MaterialIndex, question: Question) -> FloatArray:
    """BM25 of the words that carry a topic against the passages; an item scores by its best one."""
    scores, _ = index.texts.score_slots(question.topic)
    return np.maximum.reduceat(scores, index.passage_starts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A retriever's part in the fusion."""

    #: How to ask it.
    ask: Retriever
    #: What its standardised score weighs for items in the question's language.
    weight: float
    #: What it weighs for items in another language; 0 where it can't hear them.
    across: float


#: What is asked of every question. Topics and texts cross languages, through the glossary and names; topics then
#: speak for the other retrievers of the ways of asking.
RETRIEVERS: Mapping[str, Part] = {
    "words": Part(ask=by_words, weight=1.0, across=0.0),
    "topics": Part(ask=by_topics, weight=1.0, across=4.0),
    "pairs": Part(ask=by_pairs, weight=1.0, across=0.0),
    "letters": Part(ask=by_letters, weight=1.0, across=0.0),
    "texts": Part(ask=by_texts, weight=2.0, across=2.0),
}
#: The weights alone, in the order of RETRIEVERS.
WEIGHTS: FloatArray = np.asarray([part.weight for part in RETRIEVERS.values()], dtype=np.float32)
ACROSS: FloatArray = np.asarray([part.across for part in RETRIEVERS.values()], dtype=np.float32)

#: What the standardised scores of meaning weigh, averaged over embedders: near, centre, text. An item that says how it
#: is asked is found by that, a document by its text. All retrievers of words together, standardised again, weigh
#: `_WORDS` where there is meaning. From the development parts of CLINC150 and banking77, where half or twice as much
#: changes less than .01.
_ASKED: FloatArray = np.asarray([0.5, 1.0, 0.25], dtype=np.float32)
_TOLD: FloatArray = np.asarray([0.25, 0.5, 1.0], dtype=np.float32)
_WORDS = np.float32(0.25)

#: An item in the asker's own language goes before its translation, when they fit about equally.
_OWN_LANGUAGE = np.float32(0.1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """What the retrievers found for one question."""

    #: Raw scores, shape (retrievers, items), rows in the order of RETRIEVERS.
    raw: FloatArray
    #: The fused score, shape (items,), comparable within this question only; -inf for items left out.
    fused: FloatArray
    #: How close the question is to each item, by each embedder that was asked; 0 for items left out.
    closeness: tuple[Closeness, ...] = ()

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
        found = (self.raw.max(axis=0) > 0) | bool(self.closeness)
        return tuple(int(at) for at in order if found[at] and np.isfinite(self.fused[at]))


def rank_items(index: MaterialIndex, question: Question, *, without: Collection[int] = ()) -> Ranking:
    """Ask every retriever and fuse; `without` are items to be treated as not there."""
    raw = np.stack([part.ask(index, question) for part in RETRIEVERS.values()])
    left_out = list(without)
    raw[:, left_out] = 0.0
    own = np.asarray([item.language == question.language for item in index.items])
    everywhere = np.ones_like(own)
    parts = np.stack(
        [_standardise(row, among=everywhere if across else own) for row, across in zip(raw, ACROSS, strict=True)]
    )
    fused = np.where(own, WEIGHTS @ parts + _OWN_LANGUAGE, ACROSS @ parts).astype(np.float32)
    closeness = tuple(
        _without(meaning.compare(question.vectors[name]), left_out)
        for name, meaning in index.meanings.items()
        if name in question.vectors
    )
    if closeness:
        meant = np.mean([_weigh_meaning(index, close) for close in closeness], axis=0)
        fused = (_WORDS * _standardise(fused, among=everywhere) + meant + _OWN_LANGUAGE * own).astype(np.float32)
    fused[left_out] = -np.inf
    return Ranking(raw=raw, fused=fused, closeness=closeness)


def _weigh_meaning(index: MaterialIndex, close: Closeness) -> FloatArray:
    """The weighted sum of the standardised scores of one embedder, shape (items,)."""
    everywhere = np.ones(len(index.items), dtype=np.bool_)
    parts = np.stack([_standardise(row, among=everywhere) for row in (close.near, close.centre, close.text)])
    asked = np.asarray([bool(item.questions) for item in index.items])
    return np.where(asked, _ASKED @ parts, _TOLD @ parts)


def _without(close: Closeness, left_out: list[int]) -> Closeness:
    """The same with the items left out as far away as what is about something else."""
    if not left_out:
        return close
    near, centre, text = (row.copy() for row in (close.near, close.centre, close.text))
    for row in (near, centre, text):
        row[left_out] = 0.0
    return replace(close, near=near, centre=centre, text=text)


def _standardise(row: FloatArray, *, among: NDArray[np.bool_]) -> FloatArray:
    """How many standard deviations each score lies above the mean of those `among`; zeros when these are the same."""
    seen = row[among]
    spread = float(seen.std()) if len(seen) else 0.0
    if spread == 0.0:
        return np.zeros_like(row)
    return np.asarray((row - seen.mean()) / np.float32(spread), dtype=np.float32)
