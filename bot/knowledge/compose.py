"""Turns the best candidate into what is said: the brand's own words, quoted whole sentences at a time. Pure.

Nothing is written here: every answer is a contiguous piece of the item's text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.knowledge.chunk import split_sentences
from bot.knowledge.words import split_words
from bot.ports.answering import Citation, KnowledgeItem

#: The longest quotation, in characters: about what fits a phone's screen.
LONGEST_QUOTE = 600
#: A passage's quotation stops growing once it has this many characters around the sentences that were asked for.
_ENOUGH = 280


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What is said and where it stands."""

    #: The very words, a contiguous piece of the item's text.
    text: str
    #: Their source.
    citation: Citation


def quote_answer(item: KnowledgeItem, *, never_say: Sequence[str] = ()) -> Quote | None:
    """The written answer of an FAQ entry from its beginning, as many whole sentences as fit; None if none may be said.

    It ends before the first sentence with one of `never_say`.
    """
    allowed = 0
    sentences = _place(item.text, split_sentences(item.text))
    for begin, end in sentences:
        if is_forbidden(item.text[begin:end], never_say) or end - sentences[0][0] > LONGEST_QUOTE:
            break
        allowed += 1
    return _quote(item, sentences[:allowed])


def quote_passage(
    item: KnowledgeItem, passage: str, *, cover: Callable[[str], float], never_say: Sequence[str] = ()
) -> Quote | None:
    """The sentences of `passage` that cover the question and what belongs to them; None if none may be said.

    `cover` says how much of the question a sentence covers (0 for nothing).
    """
    sentences = _place(passage, split_sentences(passage))
    usable = [not is_forbidden(passage[begin:end], never_say) for begin, end in sentences]
    worth = [cover(passage[b:e]) if ok else -1.0 for (b, e), ok in zip(sentences, usable, strict=True)]
    if not worth or max(worth) < 0:
        return None
    first = last = worth.index(max(worth))
    while True:
        grown = _grow(sentences, worth, first, last)
        if grown is None:
            break
        first, last = grown
    offset = item.text.find(passage)
    if offset < 0:
        return None
    return _quote(item, [(begin + offset, end + offset) for begin, end in sentences[first : last + 1]])


def _grow(
    sentences: Sequence[tuple[int, int]], worth: Sequence[float], first: int, last: int
) -> tuple[int, int] | None:
    """The window one sentence wider where that is worth it; None once it is not."""
    size = sentences[last][1] - sentences[first][0]
    choices = []
    if last + 1 < len(sentences) and worth[last + 1] >= 0:
        choices.append((worth[last + 1] + 1e-6, first, last + 1))
    if first > 0 and worth[first - 1] > 0:
        choices.append((worth[first - 1], first - 1, last))
    for value, start, end in sorted(choices, reverse=True):
        wider = sentences[end][1] - sentences[start][0]
        if wider <= LONGEST_QUOTE and (size < _ENOUGH or value > 0.3):  # noqa: PLR2004 - a third of the question
            return start, end
    return None


def _quote(item: KnowledgeItem, places: Sequence[tuple[int, int]]) -> Quote | None:
    if not places:
        return None
    words = item.text[places[0][0] : places[-1][1]]
    citation = Citation(source=item.source, item=item.item, title=item.title, url=item.url, quote=words)
    return Quote(text=words, citation=citation)


def _place(text: str, sentences: Sequence[str]) -> list[tuple[int, int]]:
    """Where the sentences stand in `text`."""
    places: list[tuple[int, int]] = []
    at = 0
    for sentence in sentences:
        begin = text.index(sentence, at)
        at = begin + len(sentence)
        places.append((begin, at))
    return places


def is_forbidden(sentence: str, never_say: Sequence[str]) -> bool:
    """Whether a sentence holds one of the words or phrases, as whole words in any case."""
    spoken = f" {' '.join(split_words(sentence))} "
    return any(f" {' '.join(split_words(phrase))} " in spoken for phrase in never_say if split_words(phrase))
