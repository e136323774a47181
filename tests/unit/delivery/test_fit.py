"""Splitting a text into messages: nothing is lost, nothing is too long, nothing is cut that belongs together."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.fit import fit, length_of
from bot.messages import PersonRef, Span
from bot.ports.platform import PlatformLimits

#: What a reader sees as one character, though it is several.
DRAWN = ["👍🏽", "👩‍👩‍👧‍👦", "🇮🇩", "e\u0301", "❤️", "🏴\U000e0067\U000e0062\U000e007f", "1️⃣"]
words = st.one_of(
    st.text(st.sampled_from("abcde…. !?é😀ñ漢"), min_size=1, max_size=12),
    st.sampled_from(["\n", "\n\n", " ", "\u2003", *DRAWN, "https://kopi.example/2026/11/a-post?x=1"]),
)
texts = st.lists(words, max_size=40).map("".join)
spans_of_all_kinds = st.lists(
    st.builds(
        Span,
        text=texts,
        style=st.sampled_from(["plain", "bold", "code"]),
        url=st.sampled_from([None, "https://kopi.example/1"]),
        mention=st.sampled_from([None, PersonRef(platform="chat", id="sari")]),
    ),
    max_size=6,
).map(tuple)
limits_of_all_kinds = st.builds(
    PlatformLimits, text_length=st.integers(20, 200), unit=st.sampled_from(["utf16", "characters"])
)


def said(part: tuple[Span, ...]) -> str:
    """Return the text of one message."""
    return "".join(span.text for span in part)


def marked(parts: tuple[tuple[Span, ...], ...]) -> list[tuple[str, str, str | None, PersonRef | None]]:
    """Return every character that is no white space, with how it looks and where it leads."""
    return [
        (character, span.style, span.url, span.mention)
        for part in parts
        for span in part
        for character in span.text
        if not character.isspace()
    ]


@given(spans=spans_of_all_kinds, limits=limits_of_all_kinds)
def test_nothing_but_white_space_is_lost(spans: tuple[Span, ...], limits: PlatformLimits) -> None:
    """Every character keeps its place, its style, its link and its mention."""
    assert marked(fit(spans, limits)) == marked((spans,))


@given(spans=spans_of_all_kinds, limits=limits_of_all_kinds)
def test_no_message_is_too_long_or_empty(spans: tuple[Span, ...], limits: PlatformLimits) -> None:
    """As the platform counts; and none begins or ends with white space, which platforms take away or refuse."""
    for part in fit(spans, limits):
        assert 0 < length_of(said(part), limits) <= limits.text_length
        assert said(part) == said(part).strip()
        assert all(span.text for span in part)


@given(text=texts, limits=limits_of_all_kinds)
def test_what_fits_is_left_whole(text: str, limits: PlatformLimits) -> None:
    """A text within the limit is one message, or none where there is nothing to say."""
    whole = text.strip()[: limits.text_length // 2]
    assert [said(part) for part in fit((Span(text=whole),), limits)] == ([whole.strip()] if whole.strip() else [])


@given(before=st.text(st.sampled_from("ab .\n"), max_size=300), tail=st.integers(0, 140))
def test_an_address_that_fits_is_never_cut(before: str, tail: int) -> None:
    """It goes to the next message instead."""
    url = "https://kopi.example/" + "x" * tail
    parts = fit((Span(text=f"{before} {url} after"),), PlatformLimits(text_length=200))
    assert [url] == [found for part in parts for found in re.findall(r"https://\S+", said(part))]


@given(drawn=st.sampled_from(DRAWN), count=st.integers(10, 60), lead=st.integers(0, 12), limits=limits_of_all_kinds)
def test_a_drawn_character_is_never_cut(drawn: str, count: int, lead: int, limits: PlatformLimits) -> None:
    """A word longer than a message is cut through, but between whole emoji, flags and accented letters."""
    parts = fit((Span(text="a" * lead + drawn * count),), limits)
    assert "".join(said(part) for part in parts) == "a" * lead + drawn * count
    for part in parts:
        rest = said(part).lstrip("a")
        assert rest == drawn * (len(rest) // len(drawn))


def test_a_cut_is_made_at_the_best_place() -> None:
    """Between paragraphs before lines, lines before sentences, sentences before words; words only if they must."""
    limits = PlatformLimits(text_length=20)
    cases = {
        "one two three\n\nfour. five six": ["one two three", "four. five six"],
        "one two three\nfour. five six": ["one two three", "four. five six"],
        "one two three. four five": ["one two three.", "four five"],
        "one two three four five": ["one two three four", "five"],
        "x" * 45: ["x" * 20, "x" * 20, "x" * 5],
    }
    for text, expected in cases.items():
        assert [said(part) for part in fit((Span(text=text),), limits)] == expected


def test_telegram_counts_an_emoji_as_two() -> None:
    """In UTF-16 units thirty of them fill sixty."""
    emoji = Span(text="😀" * 30)
    assert len(fit((emoji,), PlatformLimits(text_length=30, unit="utf16"))) == 2
    assert len(fit((emoji,), PlatformLimits(text_length=30, unit="characters"))) == 1
