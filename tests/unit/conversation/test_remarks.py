"""What somebody says to one of the bot's messages: thanks, a "stop", or neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.phrases import find_remark


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("makasih kak", "thanks"),
        ("Thank you so much!", "thanks"),
        ("🙏", "thanks"),
        ("sip, sudah bisa", "thanks"),
        ("solved", "thanks"),
        ("That worked, cheers", "thanks"),
        ("terbantu banget", "thanks"),
        ("belum bisa", None),
        ("that didn't work", None),
        ("thanks, but where do I find it?", None),
        ("stop", "stop"),
        ("STOP!!", "stop"),
        ("Spam.", "stop"),
        ("please stop posting", "stop"),
        ("jangan promosi di sini kak", "stop"),
        ("berhenti", "stop"),
        ("where is the bus stop?", None),
        ("the bus stop is near the shop", None),
        ("how do I stop the machine?", None),
        ("tolong", None),
        ("please", None),
        ("tolong berhenti", "stop"),
        ("enak banget kopinya", None),
        ("", None),
    ],
)
def test_a_remark_is_told_by_its_words(text: str, kind: str | None) -> None:
    """In both languages; a question thanks for nothing yet and stops nobody."""
    assert find_remark(text) == kind


@given(text=st.text(max_size=80))
def test_a_question_is_no_remark(text: str) -> None:
    """Whatever else is in it, and nothing people type breaks it."""
    assert find_remark(f"{text}?") is None
    assert find_remark(text) in ("thanks", "stop", None)
