"""Whether editors see a post first, and whether what they decide still counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.approval import EditorAct, EditorPress, needs_editors, read_press, refuse_decision
from bot.ids import new_id
from bot.messages import Button, Span
from bot.ports.records import Body, Draft, DraftState
from tests.unit.conversation.sample import WARUNG

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DRAFT = Draft(
    share_id="s1",
    version=3,
    body=Body(spans=(Span(text="Panen raya"),)),
    revision=1,
    state="waiting",
    asked_at=NOW,
    expires_at=NOW + timedelta(hours=24),
)


@pytest.mark.parametrize(
    ("approval", "was_approved", "needs"),
    [
        ("none", False, False),
        ("none", True, False),
        ("first_time", False, True),
        ("first_time", True, False),
        ("always", False, True),
        ("always", True, True),
    ],
)
def test_who_must_see_what_first(approval: str, *, was_approved: bool, needs: bool) -> None:
    """Never, until one was approved, or always."""
    assert needs_editors(replace(WARUNG, approval=approval), was_approved=was_approved) is needs


@given(
    state=st.sampled_from(get_args(DraftState)),
    version=st.integers(min_value=1, max_value=5),
    minutes=st.integers(min_value=-60, max_value=3000),
)
def test_only_the_newest_version_that_waits_can_be_decided_on_in_time(
    state: DraftState, version: int, minutes: int
) -> None:
    """Whatever else is pressed, whenever, changes nothing."""
    now = NOW + timedelta(minutes=minutes)
    counts = refuse_decision(replace(DRAFT, state=state), version, now) is None
    assert counts == (version == 3 and state == "waiting" and now < DRAFT.expires_at)


def test_a_refusal_says_why() -> None:
    """Each reason by its name."""
    late = NOW + timedelta(hours=24)
    assert [
        refuse_decision(None, 1, NOW),
        refuse_decision(DRAFT, 4, NOW),
        refuse_decision(DRAFT, 2, NOW),
        refuse_decision(replace(DRAFT, state="approved"), 3, NOW),
        refuse_decision(DRAFT, 3, late),
    ] == ["unknown", "unknown", "outdated", "decided", "expired"]


@given(act=st.sampled_from(get_args(EditorAct)), version=st.integers(min_value=1, max_value=10_000))
def test_a_button_says_what_it_decides_and_on_which_version(act: EditorAct, version: int) -> None:
    """By its id alone, which every platform takes."""
    press = EditorPress(act=act, share_id=new_id(NOW), version=version)
    button = Button(id=press.write(), label="Approve", sign="✅")
    assert read_press(button.id) == press


@given(st.text() | st.from_regex(r"(approve|reject|edit):\w*:\w*", fullmatch=True))
def test_what_is_no_decision_is_none(button_id: str) -> None:
    """Members can send any id; only ours mean something."""
    press = read_press(button_id)
    assert press is None or int(button_id.rpartition(":")[2]) == press.version
