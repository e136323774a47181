"""The material made searchable: fields of terms over items and passages. Immutable; new material makes a new one.

Questions and texts are separate fields, since one joined text measurably hurts. All ways of asking an item are one
document: on intent sets (CLINC150, banking77; ten ways each) that finds the right item .78 and .72 of the time, the
single best way .69 and .58.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.chunk import cut_passages
from bot.knowledge.field import TermField
from bot.knowledge.meaning import MaterialVectors, MeaningField
from bot.knowledge.words import Term, fold_text, spell_out, split_words, terms_of
from bot.ports.answering import KnowledgeItem

#: The length of the letter sequences that find misspelt and inflected words.
LETTERS = 4


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking an item: an FAQ's question or paraphrase, or the title of a document's section."""

    #: The item's position.
    item: int
    #: The stems of all its words.
    stems: frozenset[str]
    #: The stems of the words that carry a topic.
    informative: frozenset[str]
    #: Its words folded and joined by single spaces.
    folded: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of an item's text."""

    #: The item's position.
    item: int
    #: The very words; "" for an item without text.
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MaterialIndex:
    """Everything that is asked about; positions are those of `items`."""

    items: tuple[KnowledgeItem, ...]
    #: Passages grouped by item, at least one for each.
    passages: tuple[Passage, ...]
    #: Where each item's passages begin, shape (items,).
    passage_starts: NDArray[np.int64]
    #: The ways of asking, by item.
    ways: tuple[tuple[Way, ...], ...]
    #: Over items: every word of the ways of asking.
    words: TermField
    #: Over items: the words of the ways of asking that carry a topic.
    topics: TermField
    #: Over items: pairs of neighbouring words of the ways of asking.
    pairs: TermField
    #: Over items: letter sequences of the ways of asking.
    letters: TermField
    #: Over passages: title and text.
    texts: TermField
    #: The languages the material is in.
    languages: tuple[str, ...]
    #: Folded words of the material -> the stems they are indexed under.
    vocabulary: Mapping[str, frozenset[str]]
    #: The stems each item holds, title, questions and text together.
    stems: tuple[frozenset[str], ...]
    #: Stem -> how many items hold it.
    item_counts: Mapping[str, int]
    #: Stem -> how much it tells: BM25's idf over items (natural logarithm).
    rarity: Mapping[str, float]
    #: The rarity of a stem nobody holds: that of one in a single item.
    most_rare: float
    #: What the items mean, by embedder; empty where words alone are searched.
    meanings: Mapping[str, MeaningField] = field(default_factory=dict)


def build_index(
    items: Sequence[KnowledgeItem],
    *,
    leave_out: Mapping[int, int] | None = None,
    vectors: Mapping[str, MaterialVectors] | None = None,
) -> MaterialIndex:
    """The index of `items`, over words and over what embedders made of `texts_of` them.

    `leave_out` maps an item's position to the one of its questions that is left out.
    """
    index = _index_words(items, leave_out)
    starts = tuple(int(start) for start in index.passage_starts)
    meanings = {name: MeaningField(own, starts, leave_out=leave_out) for name, own in (vectors or {}).items()}
    return replace(index, meanings=meanings)


def ways_of(item: KnowledgeItem) -> tuple[str, ...]:
    """What an item is asked by: its questions, or its title where it has none (the path of a heading is words too)."""
    return item.questions or (item.title,)


def passages_of(item: KnowledgeItem) -> tuple[str, ...]:
    """The pieces an item's text is quoted by, at least one."""
    return cut_passages(item.text) or ("",)


def _index_words(items: Sequence[KnowledgeItem], leave_out: Mapping[int, int] | None) -> MaterialIndex:
    ways: list[tuple[Way, ...]] = []
    word_docs: list[list[str]] = []
    topic_docs: list[list[str]] = []
    pair_docs: list[list[str]] = []
    letter_docs: list[list[str]] = []
    text_docs: list[list[str]] = []
    passages: list[Passage] = []
    starts: list[int] = []
    vocabulary: dict[str, set[str]] = {}
    held: list[frozenset[str]] = []
    for position, item in enumerate(items):
        asked = _questions(item, (leave_out or {}).get(position))
        read = [terms_of(question, item.language) for question in asked]
        ways.append(tuple(_make_way(position, terms) for terms in read))
        word_docs.append([term.stem for terms in read for term in terms])
        topic_docs.append([term.stem for terms in read for term in terms if term.informative])
        pair_docs.append([pair for terms in read for pair in pairs_of([term.stem for term in terms])])
        letter_docs.append([run for question in asked for run in letters_of(question, item.language)])
        starts.append(len(passages))
        seen = [term for terms in read for term in terms]
        title = [term.stem for term in terms_of(item.title, item.language) if term.informative]
        for text in passages_of(item):
            terms = terms_of(text, item.language)
            passages.append(Passage(position, text))
            own = [term.stem for term in terms if term.informative]
            text_docs.append(own + title if own and not item.questions else own)
            seen.extend(terms)
        for term in seen:
            vocabulary.setdefault(term.surface, set()).add(term.stem)
        held.append(frozenset(term.stem for term in seen))
    counts = Counter(stem for stems in held for stem in stems)
    return MaterialIndex(
        items=tuple(items),
        passages=tuple(passages),
        passage_starts=np.asarray(starts, dtype=np.int64),
        ways=tuple(ways),
        words=TermField(word_docs),
        topics=TermField(topic_docs),
        pairs=TermField(pair_docs),
        letters=TermField(letter_docs),
        texts=TermField(text_docs),
        languages=tuple(dict.fromkeys(item.language for item in items)),
        vocabulary={word: frozenset(stems) for word, stems in vocabulary.items()},
        stems=tuple(held),
        item_counts=counts,
        rarity={stem: _idf(count, len(items)) for stem, count in counts.items()},
        most_rare=_idf(1, len(items)),
    )


def _idf(count: int, items: int) -> float:
    return log(1 + (items - count + 0.5) / (count + 0.5)) if items else 0.0


def pairs_of(stems: Sequence[str]) -> tuple[str, ...]:
    """Neighbouring stems, with the edges of the text as neighbours too."""
    bounded = ["^", *stems, "$"]
    return tuple(f"{left} {right}" for left, right in pairwise(bounded))


def letters_of(text: str, language: str) -> tuple[str, ...]:
    """The letter sequences of the words of `text`, chat spellings spelled out."""
    full = [f" {word} " for short in split_words(text) for word in spell_out(short, language)]
    return tuple(word[at : at + LETTERS] for word in full for at in range(max(1, len(word) - LETTERS + 1)))


def fold_question(text: str) -> str:
    """A question in the shape in which two of them are the same question."""
    return " ".join(split_words(text)) or fold_text(text).strip()


def _questions(item: KnowledgeItem, left_out: int | None) -> tuple[str, ...]:
    return tuple(question for number, question in enumerate(ways_of(item)) if number != left_out)


def _make_way(position: int, terms: tuple[Term, ...]) -> Way:
    return Way(
        item=position,
        stems=frozenset(term.stem for term in terms),
        informative=frozenset(term.stem for term in terms if term.informative),
        folded=" ".join(term.surface for term in terms),
    )
