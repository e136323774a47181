"""A member's question read against the vocabulary of the material: slots, typos, the other language's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.field import FloatArray, Slot
from bot.knowledge.glossary import GLOSSARY_WEIGHT, same_idea
from bot.knowledge.index import MaterialIndex, fold_question, letters_of, pairs_of
from bot.knowledge.words import Term, roots_of, spell_out, stem_word, terms_of

#: The most words of a question that are looked at; a question is short, a pasted page is not one.
MOST_WORDS = 64
#: The most words of a question that are compared with the whole vocabulary.
_MOST_CORRECTIONS = 8
#: What a corrected word counts against a word found as written.
_TYPO_WEIGHT = 0.8
#: What the root of a chat form counts.
_ROOT_WEIGHT = 0.9
#: Words this short have too many neighbours to be corrected.
_SHORTEST_CORRECTED = 5
#: From this length on a second slip is forgiven.
_TWO_SLIPS_FROM = 8
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question as the retrievers take it."""

    #: As `fold_question` gives it.
    folded: str
    #: Its language, among the brand's.
    language: str
    #: Its distinct words.
    slots: tuple[Slot, ...]
    #: Its pairs of neighbouring stems.
    pairs: tuple[str, ...]
    #: Its letter sequences.
    letters: tuple[str, ...]
    #: What it means, by embedder, each of shape (dimension,).
    vectors: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def topic(self) -> tuple[Slot, ...]:
        """The words that say what it is about."""
        return tuple(slot for slot in self.slots if slot.informative)


def read_question(
    text: str, *, language: str, index: MaterialIndex, vectors: Mapping[str, FloatArray] | None = None
) -> Question:
    """Read `text`, already known to be in `language`, against what `index` holds."""
    terms = terms_of(text, language)[:MOST_WORDS]
    distinct = {term.surface + term.stem: term for term in terms}
    corrector = _Corrector(index)
    slots = tuple(_make_slot(term, language, index, corrector) for term in distinct.values())
    return Question(
        folded=fold_question(text),
        language=language,
        slots=slots,
        pairs=pairs_of([term.stem for term in terms]),
        letters=letters_of(" ".join(term.surface for term in terms), language),
        vectors=vectors or {},
    )


def _make_slot(term: Term, language: str, index: MaterialIndex, corrector: _Corrector) -> Slot:
    """The term itself in every language of the material, else its likely spelling, and the words of the same idea."""
    alternatives = {term.stem: 1.0}
    for other in index.languages:
        for full in spell_out(term.surface, other) if other != language else ():
            alternatives.setdefault(stem_word(full, other), 1.0)
    if term.informative:
        ideas = {stem for known in tuple(alternatives) for stem in same_idea(known)}
        for stem in sorted(ideas):
            alternatives.setdefault(stem, GLOSSARY_WEIGHT)
        if not any(stem in index.item_counts for stem in alternatives):
            roots = _find_roots(term.surface, language, index)
            for stem, weight in roots.items():
                alternatives.setdefault(stem, weight)
            if not ideas and not roots:
                for stem in sorted(corrector.correct(term.surface)):
                    alternatives.setdefault(stem, _TYPO_WEIGHT)
    # A number the material doesn't have is the asker's own ("I have 130 points"), not what is asked about.
    own_number = term.surface.isdigit() and term.stem not in index.item_counts
    informative = term.informative and not own_number
    return Slot(surface=term.surface, alternatives=tuple(alternatives.items()), informative=informative)


def _find_roots(word: str, language: str, index: MaterialIndex) -> Mapping[str, float]:
    """The stems of the material that `word` may be a chat form of, with what they count."""
    found: dict[str, float] = {}
    for root in roots_of(word, language):
        stem = stem_word(root, language)
        if stem in index.item_counts:
            found[stem] = _ROOT_WEIGHT
        for other in same_idea(stem):
            if other in index.item_counts:
                found.setdefault(other, GLOSSARY_WEIGHT)
    return found


class _Corrector:
    """Finds the words of the material a misspelt word may stand for, a bounded number of times per question."""

    def __init__(self, index: MaterialIndex) -> None:
        self._vocabulary: Mapping[str, frozenset[str]] = index.vocabulary
        self._left = _MOST_CORRECTIONS

    def correct(self, word: str) -> frozenset[str]:
        """The stems of the nearest words of the material; empty when none is near enough or too many were asked."""
        if self._left == 0 or not word.isalpha():
            return frozenset()
        self._left -= 1
        if len(word) >= 3 and not _VOWELS & set(word):  # noqa: PLR2004 - "brg": three consonants tell a word
            return self._with_vowels(word)
        if len(word) < _SHORTEST_CORRECTED:
            return frozenset()
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        found = process.extract(word, self._vocabulary.keys(), scorer=OSA.distance, score_cutoff=slips, limit=3)
        near = [(distance, known) for known, distance, _ in found if len(known) >= _SHORTEST_CORRECTED - 1]
        best = min((distance for distance, _ in near), default=0)
        return frozenset(s for distance, known in near if distance == best for s in self._vocabulary[known])

    def _with_vowels(self, skeleton: str) -> frozenset[str]:
        """Chat leaves vowels out: the stems of the words that have just these consonants, if they are one family."""
        found = {
            stem
            for known, stems in self._vocabulary.items()
            if "".join(c for c in known if c not in _VOWELS) == skeleton
            for stem in stems
        }
        return frozenset(found) if len(found) == 1 else frozenset()
