"""For how long admins hold the bot back: read as they type it, confirmed as they read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.pausing import LONGEST, compose_paused, read_duration
from bot.conversation.wording import Wording


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2h", timedelta(hours=2)),
        (" 30 menit ", timedelta(minutes=30)),
        ("1 jam", timedelta(hours=1)),
        ("3 Hari", timedelta(days=3)),
        ("30d", LONGEST),
        ("31d", None),
        ("0m", None),
        ("2", None),
        ("-2h", None),
        ("2h please", None),
        ("forever", None),
        ("", None),
    ],
)
def test_a_duration_is_read_in_both_languages(text: str, span: timedelta | None) -> None:
    """A number and a unit, and nothing else."""
    assert read_duration(text) == span


@given(st.text(max_size=20))
def test_whatever_is_typed_gives_a_span_that_ends_or_none(text: str) -> None:
    """Never longer than the longest, never nothing."""
    span = read_duration(text)
    assert span is None or timedelta(0) < span <= LONGEST


@given(st.integers(1, 30 * 24 * 60))
def test_what_is_confirmed_is_what_was_asked_for(minutes: int) -> None:
    """To the minute, in the words the command takes."""
    said = compose_paused("quiet", timedelta(minutes=minutes), wording=Wording("id"))[0].text
    lasts = said.removeprefix("Siap: selama ").partition(" aku tidak")[0]
    assert read_duration(lasts.replace(".", "")) == timedelta(minutes=minutes)
