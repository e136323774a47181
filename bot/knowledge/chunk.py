"""Cuts an item's text into passages small enough to quote. Pure: plain text in, verbatim pieces out.

Every passage is a contiguous piece of the text it came from, so that a quotation is always the very words.
"""

from __future__ import annotations

import re

#: The most words a passage holds, unless a single sentence is longer.
LONGEST_PASSAGE = 90
#: The longest piece without an end of sentence, in characters; longer ones are cut at a space.
LONGEST_SENTENCE = 600

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
#: An end of sentence: closing punctuation (with quotes or brackets after it) before space, or the end of a line.
_SENTENCE_END = re.compile(r"(?:[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s)|[\u3002\uff01\uff1f]|\n)\s*")
#: What ends in a full stop and is no end of sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no|approx|jl|jln|bpk|sdr|dll|dsb|dst|yth|hlm|tgl|rp|pt|cv|a\.n"
    r"|[a-z])|^\d{1,3})\.$",
    re.IGNORECASE,
)


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, trimmed, in order; each is a contiguous piece of it. Lines count as sentences."""
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        piece = text[start : end.end()].strip()
        if "\n" not in end.group() and _ABBREVIATION.search(piece):
            continue
        found.extend(_cut_long(piece))
        start = end.end()
    found.extend(_cut_long(text[start:].strip()))
    return tuple(sentence for sentence in found if sentence)


def cut_passages(text: str) -> tuple[str, ...]:
    """The passages of `text` (paragraphs separated by blank lines), each at most `LONGEST_PASSAGE` words.

    A paragraph is one passage; a longer one is cut between sentences. A short paragraph (a heading, a lead-in line) is
    kept together with what follows it.
    """
    passages: list[str] = []
    for start, end in _paragraphs(text):
        passages.extend(_cut_paragraph(text[start:end]))
    return tuple(passages)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Where the paragraphs stand, lead-ins (short, ending in a colon) joined with what they lead to."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for gap in _PARAGRAPH.finditer(text):
        if text[start : gap.start()].rstrip().endswith(":"):
            continue
        bounds.append((start, gap.start()))
        start = gap.end()
    bounds.append((start, len(text)))
    return [(start, end) for start, end in bounds if text[start:end].strip()]


def _cut_paragraph(paragraph: str) -> list[str]:
    paragraph = paragraph.strip()
    if len(paragraph.split()) <= LONGEST_PASSAGE and len(paragraph) <= LONGEST_SENTENCE * 2:
        return [paragraph]
    passages: list[str] = []
    begin = end = words = 0
    for sentence in split_sentences(paragraph):
        at = paragraph.index(sentence, end)
        count = len(sentence.split())
        if words and words + count > LONGEST_PASSAGE:
            passages.append(paragraph[begin:end])
            begin, words = at, 0
        end = at + len(sentence)
        words += count
    passages.append(paragraph[begin:end])
    return passages


def _cut_long(sentence: str) -> list[str]:
    """`sentence`, cut at spaces into pieces of at most LONGEST_SENTENCE characters."""
    pieces: list[str] = []
    while len(sentence) > LONGEST_SENTENCE:
        cut = sentence.rfind(" ", 1, LONGEST_SENTENCE)
        cut = cut if cut > 0 else LONGEST_SENTENCE
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence]
