"""How well a candidate fits, in raw numbers the gate can weigh. Pure.

None of them is a fused or rank score: those order candidates of one question and say nothing about whether any fits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass

import numpy as np

from bot.knowledge.field import FloatArray, Slot
from bot.knowledge.index import MaterialIndex, Way
from bot.knowledge.question import Question
from bot.knowledge.retrieve import ACROSS, WEIGHTS, Ranking

#: The rarity (natural logarithm) covered at which evidence is one half.
_HALF_CONVINCED = 4.0
#: What a stop word weighs where whole questions are compared.
_FILLER = 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """How close a candidate is in meaning: cosines from -1 to 1, averaged over embedders, and leads over its rivals.

    Rivals are the other items of its kind and language: a translation, or a document that repeats an FAQ entry, says
    the same and takes nothing away from it.
    """

    #: To the closest way of asking it.
    near: float
    #: To the middle of all ways of asking it.
    centre: float
    #: How much closer its closest way of asking is than any rival's.
    near_lead: float
    #: The same for the middle.
    centre_lead: float
    #: To its closest passage.
    text: float
    #: How much closer that is than any rival's.
    text_lead: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """What is known about one candidate; each between 0 and 1 (`lead` between -1 and 1)."""

    #: The share of the question's topic, by rarity of its words, that the item holds anywhere.
    cover: float
    #: The same within its best passage.
    passage_cover: float
    #: How much the question and the item's most similar way of asking have in common (F1 over rarity).
    echo: float
    #: How far it is ahead of the next item, as a share of the best raw score, averaged over retrievers.
    lead: float
    #: The share of the retrievers that found anything which put it first.
    agreement: float
    #: The share of the question's topic that the whole material has no word for.
    unknown: float
    #: How much was matched at all: the rarity covered, 0 for nothing, .5 for about two telling words, never quite 1.
    evidence: float
    #: How close it is in meaning; None where no embedder was asked.
    meaning: Meaning | None = None
    #: Whether the question is, word for word, a way of asking it.
    exact: bool = False

    @property
    def values(self) -> FloatArray:
        """The signals the gate weighs, in the order of the fields: shape (7,) by words, (13,) with meaning."""
        words = (self.cover, self.passage_cover, self.echo, self.lead, self.agreement, self.unknown, self.evidence)
        return np.asarray(words + (astuple(self.meaning) if self.meaning else ()), dtype=np.float32)


def read_signals(
    index: MaterialIndex, question: Question, ranking: Ranking, item: int, *, without: Collection[int] = ()
) -> Signals:
    """The signals of the item at position `item`, usually the best of `ranking`.

    `without` are the items that `ranking` treats as not there.
    """
    topic = question.topic
    rarities = [_rarity(index, slot) for slot in topic]
    total = sum(rarities)
    shares = [rarity / (total or 1.0) for rarity in rarities]
    in_ways = _cover_by(topic, frozenset(stem for way in index.ways[item] for stem in way.stems))
    in_passages = passage_covers(index, topic, item)
    cover = _weigh(shares, [max(way, text.max()) for way, text in zip(in_ways, in_passages, strict=True)])
    own_language = index.items[item].language == question.language
    lead, agreement = _standing(ranking, item, own_language=own_language)
    return Signals(
        cover=cover,
        passage_cover=float(np.max(np.asarray(shares) @ in_passages)) if topic else 0.0,
        echo=_best_echo(index, question, item),
        lead=lead,
        agreement=agreement,
        unknown=_weigh(shares, [float(not _is_known(index, slot, without)) for slot in topic]),
        evidence=total * cover / (total * cover + _HALF_CONVINCED),
        meaning=_read_meaning(index, ranking, item),
        exact=any(way.folded == question.folded for way in index.ways[item]),
    )


def _read_meaning(index: MaterialIndex, ranking: Ranking, item: int) -> Meaning | None:
    if not ranking.closeness:
        return None
    own = index.items[item]
    rivals = [
        at
        for at, other in enumerate(index.items)
        if at != item and other.language == own.language and bool(other.questions) == bool(own.questions)
    ]
    rows = np.stack([[close.near, close.centre, close.text] for close in ranking.closeness])
    here = rows[:, :, item]
    # Items left out are at 0, where anything about something else is.
    leads = here - rows[:, :, rivals].max(axis=2, initial=0.0)
    near, centre, text = here.mean(axis=0)
    near_lead, centre_lead, text_lead = leads.mean(axis=0)
    return Meaning(
        near=float(near),
        centre=float(centre),
        near_lead=float(near_lead),
        centre_lead=float(centre_lead),
        text=float(text),
        text_lead=float(text_lead),
    )


def passage_covers(index: MaterialIndex, slots: tuple[Slot, ...], item: int) -> FloatArray:
    """How far each of `slots` is covered by each passage of the item, shape (slots, its passages)."""
    begin, end = passage_span(index, item)
    cover = np.zeros((len(slots), end - begin), dtype=np.float32)
    for row, slot in enumerate(slots):
        for term, weight in slot.alternatives:
            rows = index.texts.documents_with(term)
            here = rows[(rows >= begin) & (rows < end)] - begin
            cover[row, here] = np.maximum(cover[row, here], np.float32(weight))
    return cover


def passage_span(index: MaterialIndex, item: int) -> tuple[int, int]:
    """From where to where the item's passages stand in `index.passages`; never empty."""
    starts = index.passage_starts
    return int(starts[item]), int(starts[item + 1]) if item + 1 < len(starts) else len(index.passages)


def _rarity(index: MaterialIndex, slot: Slot) -> float:
    """How much a word tells: the rarity of its most frequent spelling or translation; unknown words are most rare."""
    return min(index.rarity.get(term, index.most_rare) for term, _ in slot.alternatives)


def _is_known(index: MaterialIndex, slot: Slot, without: Collection[int]) -> bool:
    """Whether any item but those left out has the word."""
    return any(
        index.item_counts.get(term, 0) > sum(term in index.stems[at] for at in without) for term, _ in slot.alternatives
    )


def _cover_by(slots: tuple[Slot, ...], held: frozenset[str]) -> list[float]:
    """How far each slot is met by the stems that are held."""
    return [max((weight for term, weight in slot.alternatives if term in held), default=0.0) for slot in slots]


def _best_echo(index: MaterialIndex, question: Question, item: int) -> float:
    """The most the question has in common with one way of asking the item.

    F1 of what is shared, words weighed by rarity and stop words by a little; across languages only the topic counts,
    since stop words of two languages never meet.
    """
    filler = _FILLER if index.items[item].language == question.language else 0.0
    asked = [_rarity(index, slot) if slot.informative else filler for slot in question.slots]
    found = {term: weight for slot in question.slots for term, weight in slot.alternatives}
    best = 0.0
    for way in index.ways[item]:
        if way.stems.isdisjoint(found):
            continue
        shared = _weigh(asked, _cover_by(question.slots, way.stems))
        precision = shared / (sum(asked) or 1.0)
        recall = _recall(index, way, found, filler)
        if precision + recall:
            best = max(best, 2 * precision * recall / (precision + recall))
    return best


def _recall(index: MaterialIndex, way: Way, found: Mapping[str, float], filler: float) -> float:
    """The share of a way of asking, by rarity, that the question's words meet."""
    met = there = 0.0
    for stem in way.stems:
        weight = index.rarity.get(stem, index.most_rare) if stem in way.informative else filler
        there += weight
        met += weight * found.get(stem, 0.0)
    return met / (there or 1.0)


def _standing(ranking: Ranking, item: int, *, own_language: bool) -> tuple[float, float]:
    """The lead of the item over the others and the share of retrievers that put it first, both weighed."""
    weights = WEIGHTS if own_language else ACROSS
    best = ranking.raw.max(axis=1)
    heard = (best > 0) & (weights > 0)
    if not heard.any():
        return 0.0, 0.0
    others = np.delete(ranking.raw, item, axis=1).max(axis=1, initial=0.0)
    own = ranking.raw[:, item]
    leads = (own - others)[heard] / best[heard]
    share = weights[heard] / weights[heard].sum()
    return float(share @ leads), float(share @ (own > others)[heard])


def _weigh(shares: list[float], values: list[float]) -> float:
    return float(sum(share * value for share, value in zip(shares, values, strict=True)))
