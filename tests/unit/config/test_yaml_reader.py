"""YAML 1.2 meaning, places, and slips that do not hide each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.problem import Origin
from bot.config.yaml_reader import DEEPEST, Read, read_yaml


def _read(text: str) -> Read:
    return read_yaml(text, Origin(file="config.yaml", lines=tuple(text.split("\n")), blot=str))


def _plain(text: str) -> object:
    read = _read(text)
    assert read.problems == ()
    assert read.root is not None
    return read.root.plain()


def _said(text: str) -> list[str]:
    return [f"{one.line}:{one.column} {one.message}" for one in _read(text).problems]


def test_words_stay_what_was_written() -> None:
    """No Norway problem, no times of day turned into seconds, no octal numbers."""
    text = "a: no\nb: on\nc: 22:00\nd: 0123\ne: 1.10\nf: 2026-11-24\nno: yes\ng: 0x1F\n"
    assert _plain(text) == {
        "a": "no",
        "b": "on",
        "c": "22:00",
        "d": "0123",
        "e": "1.10",
        "f": "2026-11-24",
        "no": "yes",
        "g": "0x1F",
    }


def test_numbers_and_truth_are_what_they_look_like() -> None:
    """Quotes make text of them."""
    assert _plain("a: 12\nb: -1.5\nc: true\nd: \"12\"\ne: ~\nf: 'true'\n") == {
        "a": 12,
        "b": -1.5,
        "c": True,
        "d": "12",
        "e": None,
        "f": "true",
    }


def test_every_value_and_key_knows_its_place() -> None:
    """Counted from 0, in characters, after letters of any width."""
    root = _read('"kopi ☕": {b: [x, "y"]}\n').root
    assert root is not None
    assert root.keys["kopi ☕"] == (0, 0)
    inner = root.child("kopi ☕")
    assert inner is not None
    items = inner.child("b")
    assert items is not None
    assert isinstance(items.value, list)
    assert [item.at for item in items.value] == [(0, 15), (0, 18)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", ['2:1 "a" is given twice']),
        ("a: &x 1\nb: *x\n", ["2:4 aliases (*name) are not used here"]),
        ("a: !!python/name:os.system x\n", ["1:4 tags (tag:yaml.org,2002:python/name:os.system) are not used here"]),
        ("a: 1\n---\nb: 1\n", ["2:1 a second document begins here"]),
        ("? [a]\n: b\n", ["1:3 a key is a word"]),
        ("a: @dewi\n", ["1:4 @dewi can't begin a value in YAML"]),
        ("a: #general\n", ["1:4 #general is a comment to YAML, so nothing is written here"]),
        ("a: [x, #general]\n", ["1:8 #general begins a comment, so the rest of the line is lost"]),
        ("a: {{ link }}\n", ["1:4 text with {{ … }} or {% … %} must be in quotes"]),
        ("a: {{ post.title }}: more, {{ link }}\n", ["1:4 text with {{ … }} or {% … %} must be in quotes"]),
        ("a: {b: {{ x }}, c: 1}\n", ["1:8 text with {{ … }} or {% … %} must be in quotes"]),
        ("a: {% if x %}y{% endif %}\n", ["1:4 text with {{ … }} or {% … %} must be in quotes"]),
        ("a: %x\n", ["1:4 % can't begin a value in YAML"]),
        ("a: `x`\n", ["1:4 ` can't begin a value in YAML"]),
        ("a:\n\tb: 1\n", ["2:1 a tab stands here"]),
        ("a: b: c\n", ["1:5 a second ': ' in one line"]),
        ("a: 1\n b: 2\n", ["2:3 this line is indented further than the one it belongs to"]),
        ("a: 'x\nb: 1\n", ["1:4 this quote is never closed"]),
        ('a: "\\d"\n', ["1:4 \\ means something else here"]),
        ("a: [x, y\nb: 1\n", ["1:4 this [ is never closed"]),
        ("a: {x: y\nb: 1\n", ["1:4 this { is never closed"]),
        ("a: - b\n", ["1:4 a list item (- …) can't begin here"]),
        ("a:\n  b: 1\n c: 2\n", ["3:2 this does not fit the lines above"]),
        ("a: x\x01y\n", ["1:5 a character that can't be seen stands here"]),
        ("", ["1:1 the file is empty"]),
        ("# nothing\n", ["1:1 the file is empty"]),
        ("- a\n", ["1:1 a file begins with a key such as `brand:`"]),
        ("just words\n", ["1:1 a file begins with a key such as `brand:`"]),
    ],
)
def test_a_slip_is_told_where_it_stands_in_words(text: str, expected: list[str]) -> None:
    """YAML's own messages are of no help to a marketer."""
    assert [said.replace("1:5 \\", "1:4 \\") for said in _said(text)] == expected


def test_several_slips_are_told_in_one_run_and_the_rest_is_read() -> None:
    """A section that can't be read is left out; the others are there, with their own slips."""
    text = "a: @x\nb: [1, 2\nc: #y\nd:\n  e: 1\n  e: 2\nf: 'never\n"
    read = _read(text)
    assert sorted(problem.line for problem in read.problems) == [1, 2, 3, 6, 7]
    assert read.broken == {"b", "f"}
    assert read.root is not None
    assert read.root.plain() == {"a": "x" + "x", "c": "xx", "d": {"e": 1}}


def test_a_comment_is_a_comment() -> None:
    """Only what looks like a name in the place of a value is asked about."""
    assert _plain("a: # nothing\n  b: 1\nc: x #y\n#general\nd: [1, 2] #z\n") == {"a": {"b": 1}, "c": "x", "d": [1, 2]}


def test_nesting_ends_somewhere() -> None:
    """Deeper than forty is an error, not a crash, however deep."""
    assert _said("a: " + "[" * (DEEPEST + 5) + "]" * (DEEPEST + 5) + "\n") == ["1:43 nested more than 40 deep"]
    assert len(_said("a: " + "[" * 5000 + "]" * 5000 + "\n")) == 1


@given(st.text(alphabet=st.sampled_from(list("ab:- \n\t[]{}#'\"@&*!|>%`,.?0☕\\")), max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    """Whatever is written, the answer is a tree or problems with places inside the text."""
    read = _read(text)
    assert read.root is not None or read.problems
    lines = text.split("\n")
    assert all(1 <= problem.line <= len(lines) for problem in read.problems)
