"""Splitting a text to what a platform takes in one message, at paragraphs, sentences and words, never inside a link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.messages import Span, text_of
from bot.ports.platform import PlatformLimits

#: Where a text may be cut, best first: between paragraphs, lines, sentences, words.
_CUTS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))

#: Makes one emoji of two.
_JOINER = "\u200d"
#: The joiner, skin tones, and the tags of regional flags.
_EXTENDS = re.compile("[\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
#: The letters flags are made of, two each.
_FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]+$")


def length_of(text: str, limits: PlatformLimits) -> int:
    """Return how long the platform finds a text, in its unit."""
    return len(text.encode("utf-16-le")) // 2 if limits.unit == "utf16" else len(text)


def fit(spans: Sequence[Span], limits: PlatformLimits) -> tuple[tuple[Span, ...], ...]:
    """Split spans into messages of at most `limits.text_length`, in order; styles and links run on over a cut.

    Only the white space at a cut is lost. A word longer than a whole message is cut through.
    """
    text = text_of(spans)
    parts = []
    for start, end in _pieces(text, limits):
        part = tuple(_slice(spans, start, end))
        if any(span.text.strip() for span in part):
            parts.append(part)
    return tuple(parts)


def _pieces(text: str, limits: PlatformLimits) -> Iterator[tuple[int, int]]:
    start = _skip_space(text, 0)
    while start < len(text):
        end = _fitting(text, start, limits)
        if end < len(text):
            end = _best_cut(text, start, end)
        yield start, start + len(text[start:end].rstrip())
        start = _skip_space(text, end)


def _fitting(text: str, start: int, limits: PlatformLimits) -> int:
    """Return the end of the longest run from `start` that fits."""
    end = min(len(text), start + limits.text_length)
    while end > start + 1 and length_of(text[start:end], limits) > limits.text_length:
        over = length_of(text[start:end], limits) - limits.text_length
        end -= max(1, over // 2)
    return end


def _best_cut(text: str, start: int, end: int) -> int:
    window = text[start:end]
    for cut in _CUTS:
        # a message that is mostly empty for the sake of a paragraph reads worse than one cut at a sentence
        places = [found.end() for found in cut.finditer(window) if found.end() > len(window) // 2]
        if text[end].isspace() and cut.fullmatch(text[end]):
            places.append(len(window))
        if places:
            return start + places[-1]
    places = [found.end() for found in _CUTS[-1].finditer(window)]
    return start + places[-1] if places else _between_characters(text, start, end)


def _between_characters(text: str, start: int, end: int) -> int:
    """Return the last place up to `end` that is not inside one drawn character; `end` where there is none."""
    place = end
    while place > start and _is_joined(text, start, place):
        place -= 1
    return place if place > start else end


def _is_joined(text: str, start: int, at: int) -> bool:
    """Whether what stands on both sides of `at` is drawn as one: an accent, an emoji of several parts, a flag.

    The cases of UAX #29 (extended grapheme clusters) that members write; not Hangul by its letters.
    """
    before, after = text[at - 1], text[at]
    if before == _JOINER or _EXTENDS.match(after) or unicodedata.category(after) in {"Mn", "Mc", "Me"}:
        return True
    flags = _FLAG_LETTERS.search(text, start, at)
    return bool(flags and _FLAG_LETTERS.match(after) and len(flags.group()) % 2)


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _slice(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    at = 0
    for span in spans:
        piece = span.text[max(0, start - at) : max(0, end - at)]
        if piece:
            yield replace(span, text=piece)
        at += len(span.text)
