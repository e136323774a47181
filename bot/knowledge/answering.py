"""The brand's material, ready to be asked: reads a question, finds, judges and quotes. Pure once built.

This is what meets `bot.ports.answering.Knowledge`. It orders the steps and explains the outcome; each step's rules
live in its own module.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.knowledge.calibrate import calibrate_gate
from bot.knowledge.compose import Quote, quote_answer, quote_passage
from bot.knowledge.field import FloatArray, Slot
from bot.knowledge.gate import Gate, Level, judge_fit, least_confidence
from bot.knowledge.index import MaterialIndex, build_index
from bot.knowledge.language import detect_language, match_language
from bot.knowledge.meaning import MaterialVectors
from bot.knowledge.question import Question, read_question
from bot.knowledge.retrieve import Ranking, rank_items
from bot.knowledge.signals import Signals, passage_covers, passage_span, read_signals
from bot.knowledge.wordlists import QUESTION_WORDS, SMALL_TALK
from bot.knowledge.words import fold_text, split_words, terms_of, write_out
from bot.ports.answering import NO_VECTORS, Answer, Candidate, KnowledgeItem, Verdict

#: The longest text that is taken for a question, and how much of it is read, in characters.
LONGEST_TEXT = 10_000
READ_OF_TEXT = 1_000
#: The most candidates an answer names.
MOST_CANDIDATES = 10
#: How many of them are judged: on banking77 the best of three finds the right item .764 of the time, the first .749.
MOST_JUDGED = 3
#: A text with a larger share of unreadable characters than this is no text.
_MOST_UNREADABLE = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judged:
    """A candidate with how well it fits."""

    #: The item's position.
    at: int
    signals: Signals
    #: 0 to 1.
    confidence: float
    #: All candidates in their final order.
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MaterialKnowledge:
    """Knowledge over items that are all at hand. Make one with `build`; new material makes a new one."""

    #: What is searched.
    index: MaterialIndex
    #: How fit becomes confidence.
    gate: Gate
    #: The least confidence at which an answer is given, 0 to 1.
    least: float
    #: The brand's languages, its first one first.
    languages: tuple[str, ...]
    #: Words the brand never says.
    never_say: tuple[str, ...] = ()

    @classmethod
    def build(
        cls,
        items: Sequence[KnowledgeItem],
        *,
        languages: Sequence[str],
        confidence: Level | float,
        never_say: Sequence[str] = (),
        vectors: Mapping[str, MaterialVectors] | None = None,
    ) -> MaterialKnowledge:
        """Index `items` and calibrate on them; a few milliseconds an item.

        `vectors` is what embedders made of the items, by embedder.

        `languages` are the brand's (BCP 47, at least one), `confidence` is the YAML's. Raises ValueError for a
        confidence that is not between 0 and 1 or when no language is given.
        """
        if not languages:
            msg = "a brand speaks at least one language"
            raise ValueError(msg)
        return cls(
            index=build_index(items, vectors=vectors),
            gate=calibrate_gate(items, vectors),
            least=least_confidence(confidence),
            languages=tuple(languages),
            never_say=tuple(never_say),
        )

    @property
    def embedders(self) -> frozenset[str]:
        """See `bot.ports.answering.Knowledge.embedders`."""
        return frozenset(self.index.meanings)

    def wording(self, question: str, *, language: str | None = None) -> str:
        """See `bot.ports.answering.Knowledge.wording`."""
        if _why_no_question(question) is not None or not self.index.items:
            return ""
        text = question[:READ_OF_TEXT]
        return write_out(text, detect_language(text, self.languages, hint=language))

    def answer(
        self, question: str, *, language: str | None = None, vectors: Mapping[str, FloatArray] = NO_VECTORS
    ) -> Answer:
        """See `bot.ports.answering.Knowledge.answer`."""
        text = question[:READ_OF_TEXT]
        nothing = _why_no_question(question)
        if nothing is not None:
            known = match_language(language, self.languages) or self.languages[0]
            return _without_answer("silent", nothing, language=known)
        asked_in = detect_language(text, self.languages, hint=language)
        if not self.index.items:
            return _without_answer("unsure", "there is no material to answer from", language=asked_in)
        asked = read_question(text, language=asked_in, index=self.index, vectors=vectors)
        ranking = rank_items(self.index, asked)
        best = ranking.best(MOST_CANDIDATES)
        if not best:
            return _without_answer("unsure", "no word of the question is in the material", language=asked_in)
        return self._decide(asked, self._judge(asked, ranking, best))

    def _judge(self, asked: Question, ranking: Ranking, best: tuple[int, ...]) -> tuple[_Judged, ...]:
        """The candidates, the first few in the order of how well they fit, best first."""
        judged = [self._judge_one(asked, ranking, at) for at in best[:MOST_JUDGED]]
        own = {at for at in best if self.index.items[at].language == asked.language}
        judged.sort(key=lambda one: (one.signals.exact, one.confidence, one.at in own), reverse=True)
        order = [one.at for one in judged] + list(best[MOST_JUDGED:])
        # Scores are comparable within the question only, so candidates that change places change scores.
        scores = sorted((float(ranking.fused[at]) for at in best), reverse=True)
        candidates = tuple(self._candidate(asked, at, score) for at, score in zip(order, scores, strict=True))
        return tuple(replace(one, candidates=candidates) for one in judged)

    def _judge_one(self, asked: Question, ranking: Ranking, at: int) -> _Judged:
        signals = read_signals(self.index, asked, ranking, at)
        asks = bool(self.index.items[at].questions)
        return _Judged(at=at, signals=signals, confidence=judge_fit(signals, has_questions=asks, gate=self.gate))

    def _decide(self, asked: Question, judged: tuple[_Judged, ...]) -> Answer:
        best = judged[0]
        item = best.candidates[0].item
        seen = (
            f"best is {item.source}/{item.item} with confidence {best.confidence:.2f} "
            f"(covers {best.signals.cover:.0%} of what is asked, sounds {best.signals.echo:.0%} like it, "
            f"{best.signals.unknown:.0%} unknown words{_tell_meaning(best.signals)})"
        )
        quote = self._quote(asked, item, best.candidates[0].passage) if best.confidence >= self.least else None
        if quote is None:
            short = f"{self.least:.2f} is needed" if best.confidence < self.least else "nothing of it may be said"
            return _without_answer(
                "unsure",
                f"{seen}; {short}",
                language=asked.language,
                confidence=best.confidence,
                candidates=best.candidates,
            )
        return Answer(
            verdict="answered",
            text=quote.text,
            confidence=best.confidence,
            citations=(quote.citation,),
            candidates=best.candidates,
            language=asked.language,
            reason=seen,
        )

    def _quote(self, asked: Question, item: KnowledgeItem, passage: str) -> Quote | None:
        if item.questions:
            return quote_answer(item, never_say=self.never_say)
        return quote_passage(
            item,
            passage,
            cover=lambda sentence: _sentence_cover(sentence, item.language, asked.topic),
            never_say=self.never_say,
        )

    def _candidate(self, asked: Question, at: int, score: float) -> Candidate:
        begin, end = passage_span(self.index, at)
        fits = passage_covers(self.index, asked.topic, at).sum(axis=0)
        best = begin + int(np.argmax(fits)) if end > begin else begin
        return Candidate(item=self.index.items[at], passage=self.index.passages[best].text, score=score)


def _sentence_cover(sentence: str, language: str, topic: Sequence[Slot]) -> float:
    """The share of the topic's words that a sentence holds."""
    stems = {term.stem for term in terms_of(sentence, language)}
    hits = [max((w for term, w in slot.alternatives if term in stems), default=0.0) for slot in topic]
    return sum(hits) / len(hits) if hits else 0.0


def _tell_meaning(signals: Signals) -> str:
    meaning = signals.meaning
    return "" if meaning is None else f", means {max(meaning.centre, meaning.near, meaning.text):.0%} the same"


def _why_no_question(text: str) -> str | None:
    """Why `text` is nothing to answer, or None for a question."""
    if not text.strip():
        return "no question: the text is empty"
    if len(text) > LONGEST_TEXT:
        return f"no question: {len(text):,} characters are a document"
    unreadable = sum(unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"} and c not in "\n\r\t" for c in text)
    if unreadable + text.count("\ufffd") > _MOST_UNREADABLE * len(text):
        return "no question: the text is not readable"
    words = split_words(text)
    if not words:
        return "no question: emoji or punctuation only"
    spoken = {fold_text(word) for word in words}
    if spoken <= SMALL_TALK and not (spoken <= QUESTION_WORDS):
        return "no question: a greeting or thanks"
    return None


def _without_answer(
    verdict: Verdict,
    reason: str,
    *,
    language: str,
    confidence: float = 0.0,
    candidates: tuple[Candidate, ...] = (),
) -> Answer:
    return Answer(
        verdict=verdict,
        text="",
        confidence=confidence,
        citations=(),
        candidates=candidates,
        language=language,
        reason=reason,
    )
