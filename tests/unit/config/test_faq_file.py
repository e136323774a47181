"""How an FAQ file is read, and where its mistakes are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.faq_file import LARGEST_FAQ, read_faq_file, read_faq_text
from bot.errors import ConfigRefused, SettingsFault
from bot.ports.answering import KnowledgeItem

GOOD = """
- id: jam-buka
  question: Jam berapa toko buka?
  also: [tutup jam berapa]
  answer: no
"""


def read(text: str) -> tuple[KnowledgeItem, ...]:
    """The items of the text."""
    return read_faq_text(text, name="faq.yaml", source="faq", languages=("id", "en"))


def problems_of(text: str) -> list[str]:
    """What is wrong with the text, as it is printed."""
    with pytest.raises(ConfigRefused) as refused:
        read(text)
    return [str(problem) for problem in refused.value.problems]


def test_yaml_and_json_say_the_same() -> None:
    """An FAQ in JSON is read as the one in YAML; `no` is a word, numbers keep their writing."""
    as_json = '[{"id": "jam-buka", "question": "Jam berapa toko buka?", "also": ["tutup jam berapa"], "answer": "no"}]'
    assert read(GOOD) == read(as_json)
    assert read("- {id: 007, question: Versi?, answer: 1.10}")[0].item == "007"
    assert read("- {id: 007, question: Versi?, answer: 1.10}")[0].text == "1.10"


def test_problems_carry_their_place() -> None:
    """All of them at once, each where the marketer must write."""
    text = "- id: a\n  question: A?\n  answer: A.\n- id: a\n  question: B?\n  answer: B.\n  colour: red\n- id: c\n"
    assert [problem.split(" error: ")[0] for problem in problems_of(text)] == [
        "faq.yaml:7:3:",
        "faq.yaml:8:3:",
        "faq.yaml:8:3:",
    ]
    assert problems_of("- id: a\n  question: A?\n  answer: A.\n- id: a\n  question: B?\n  answer: B.\n") == [
        "faq.yaml:4:3: error: entry 2: id 'a' is already taken by entry 1; give each its own"
    ]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("- id: a\n  id: b\n", "faq.yaml:2:3", "written twice"),
        ("- &x {id: a}\n- *x\n", "faq.yaml:2:3", "aliases"),
        ("[" * 40 + "]" * 40, "faq.yaml:1:11", "nested more than"),
        ("- id: a\n  question: what: now?\n", "faq.yaml:2:17", "between quotes"),
        ("- id: \x01\n", "faq.yaml:1:1", "not readable as YAML"),
        ("just text", "faq.yaml:1:1", "a list of entries"),
    ],
)
def test_broken_syntax_is_explained(text: str, place: str, said: str) -> None:
    """With its place and what to do."""
    (problem,) = problems_of(text)
    assert problem.startswith(f"{place}: error: ")
    assert said in problem


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Missing, too large or in another encoding."""
    huge, latin = tmp_path / "huge.yaml", tmp_path / "latin.yaml"
    huge.write_bytes(b"#" * (LARGEST_FAQ + 1))
    latin.write_bytes("- caf\u00e9".encode("latin-1"))
    for path, said in ((tmp_path / "none.yaml", "could not be read"), (huge, "larger than"), (latin, "not UTF-8")):
        with pytest.raises(SettingsFault, match=said):
            read_faq_file(path, source="faq", languages=("id",))


def test_an_empty_file_has_no_items(tmp_path: Path) -> None:
    """A marketer may begin with nothing."""
    path = tmp_path / "faq.yaml"
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert read_faq_file(path, source="faq", languages=("id",)) == ()


@given(st.text(max_size=200) | st.text(st.sampled_from("-:[]{}&*!|>'\"#%@ id\n?,"), max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Never anything else."""
    try:
        items = read(text)
    except ConfigRefused as refused:
        problems = refused.problems
    else:
        assert all(item.text for item in items)
        return
    assert problems
