"""What an FAQ must hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.load_faq import FaqRefused, items_from_faq
from bot.ports.answering import KnowledgeItem

ENTRY = {"id": "refund", "question": "How do I get my money back?", "answer": "Write to us."}


def test_an_entry_becomes_an_item() -> None:
    """Question and paraphrases are its ways of asking, the answer its text."""
    entry = ENTRY | {"also": ["refund", "return"], "url": "https://a.example/r", "language": "en"}
    assert items_from_faq([entry], source="faq") == (
        KnowledgeItem(
            source="faq",
            item="refund",
            title="How do I get my money back?",
            url="https://a.example/r",
            language="en",
            questions=("How do I get my money back?", "refund", "return"),
            text="Write to us.",
        ),
    )


def test_a_language_that_is_not_given_is_detected() -> None:
    """Among the brand's own."""
    entry = {"id": 1, "question": "Jam berapa toko buka?", "answer": "Pukul 08.00."}
    assert items_from_faq([entry], source="faq", languages=("en", "id"))[0].language == "id"


@pytest.mark.parametrize("nothing", [None, []])
def test_an_empty_faq_is_no_mistake(nothing: object) -> None:
    """It has no items."""
    assert items_from_faq(nothing, source="faq") == ()


def test_all_problems_are_told_at_once() -> None:
    """Each with its entry, its key and what to do."""
    data = [
        ENTRY,
        ENTRY | {"question": "Again?"},
        {"id": "x", "question": "", "answer": ["a"], "colour": "red"},
        "text",
        ENTRY | {"id": "y", "url": "javascript:alert(1)", "language": "English!"},
    ]
    with pytest.raises(FaqRefused) as refused:
        items_from_faq(data, source="faq")
    assert [(problem.entry, problem.key) for problem in refused.value.problems] == [
        (2, "id"),
        (3, "colour"),
        (3, "question"),
        (3, "answer"),
        (4, None),
        (5, "url"),
        (5, "language"),
    ]
    assert "entry 2: id 'refund' is already taken by entry 1; give each its own" in str(refused.value)


@pytest.mark.parametrize("data", [{"a": 1}, "text", 5, True])
def test_anything_but_a_list_is_refused(data: object) -> None:
    """With a word about what an FAQ is."""
    with pytest.raises(FaqRefused, match="a list of entries"):
        items_from_faq(data, source="faq")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "question", "also", "answer", "url", "language", "x"]), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_data_gives_items_or_problems(data: object) -> None:
    """Never anything else, and items always have something to ask and to say."""
    try:
        items = items_from_faq(data, source="faq", languages=("id", "en"))
    except FaqRefused as refused:
        problems = refused.problems
    else:
        assert all(item.item and item.questions and item.text for item in items)
        return
    assert problems
