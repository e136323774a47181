"""Text as members may be shown it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.plain_text import clean_line, clean_paragraphs, cut_at_word, read_html, remove_invisible


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("free\u200b \u202ekopi\u202c", "free kopi"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("so\u00adft\ufeff \u2066x\u2069\u200e\u200f\u061c", "soft x"),
        ("hidden\U000e0041\U000e007f\U000e0100", "hidden"),
        ("\u3164\u2800", ""),
        ("lone \ud800 half", "lone half"),
        ("  two\t\n words\u2028here ", "two words here"),
        ("a\u200db", "ab"),
        ("👨\u200d👩\u200d👧 keluarga ☕\ufe0f", "👨\u200d👩\u200d👧 keluarga ☕\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001  # Persian needs its letters
        ("ความ ไม่ 日本語 Ünïcödé", "ความ ไม่ 日本語 Ünïcödé"),
    ],
)
def test_a_line_shows_all_it_holds(dirty: str, clean: str) -> None:
    """What is not seen is removed; what joins emoji and scripts stays."""
    assert clean_line(dirty) == clean


def test_paragraphs_keep_their_breaks() -> None:
    """One blank line between paragraphs, single breaks inside, whatever ended the lines."""
    assert clean_paragraphs(" a \r\n b\r\r\n\n\n\u200b\n c\x85d ") == "a\nb\n\nc\nd"


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    """No control, format or surrogate character stays, joiners aside, and once is enough."""
    clean = remove_invisible(text)
    left = {unicodedata.category(char) for char in clean if char not in "\n\u200c\u200d"}
    assert left.isdisjoint({"Cc", "Cf", "Cs"})
    assert remove_invisible(clean) == clean


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("日本語の長い文章", 5, "日本語の…"),
        ("a bbbbbbbbbbbbbbbbbbbb", 10, "a bbbbbbb…"),
    ],
)
def test_a_cut_ends_at_a_word(text: str, limit: int, cut: str) -> None:
    """The cut lies between words where there are words."""
    assert cut_at_word(text, limit) == cut


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_cut_holds_the_limit(text: str, limit: int) -> None:
    """Never longer than asked."""
    assert len(cut_at_word(text, limit)) <= limit


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<br>two</p><p>Three &amp; four</p>", "One\ntwo\n\nThree & four"),
        ("<div>a<div>b</div></div>c", "a\n\nb\n\nc"),
        ("<ul><li>x</li><li>y</li></ul>z", "• x\n• y\n\nz"),
        ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
        ("<a href='javascript:x()'>click</a> <b>bold</b>\n text", "click bold text"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("5 < 6 & <unknown>7", "5 < 6 & 7"),
        ("<p>unclosed <p>next", "unclosed\n\nnext"),
        ("&lt;b&gt; stays text", "<b> stays text"),
        ("<!-- hidden > -->seen<!--[if x]>no<![endif]-->!", "seen!"),
        ("a<![x[b]]>c<?php d ?>e<!DOCTYPE f>g", "aceg"),
        ("a<svg><title>no</title><svg>no</svg>no</svg>b<iframe src=x />c", "abc"),
        ("a<!-- never closed <p>b", "a"),
        ("</pre></svg></li>a", "a"),
        ("<title>head</title>body", "body"),
        ("", ""),
    ],
)
def test_html_becomes_paragraphs(html: str, text: str) -> None:
    """Blocks become paragraphs, the rest plain words; scripts and comments vanish."""
    assert read_html(html).text == text


@pytest.mark.parametrize(
    ("html", "image"),
    [
        ("<img src='https://a.example/1.png'><img src='/2.png'>", "https://a.example/1.png"),
        ("<img src='//t.example/x' width=1 height=1><img src='/2.png' width=100>", "/2.png"),
        ("<img src='javascript:x'><img src='data:image/png;base64,aa'><img src='a:b'><img src=c/d>", "c/d"),
        ("<img alt='none'>", None),
    ],
)
def test_the_first_picture_is_found(html: str, image: str | None) -> None:
    """The first picture counts, tracking pixels and scripts do not."""
    assert read_html(html).image == image


@pytest.mark.parametrize("opening", ["<div>", "<b a=1><p>", "<!--x-->", "<ul><li>", "<pre>"])
def test_deep_nesting_is_read(opening: str) -> None:
    """A hundred thousand open tags neither fail nor take the process down."""
    assert read_html(opening * 100_000 + "deep").text.endswith("deep")


@given(st.text(alphabet="<>/=&;'\"!-abp imgscript \n"))
def test_any_html_is_read(html: str) -> None:
    """No markup fails."""
    assert isinstance(read_html(html).text, str)
