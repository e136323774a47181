"""What can be chosen below an answer, and what a pressed button says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Handoff
from bot.conversation.choices import Choice, button_for, is_gap, is_sign, offer_choices, read_choice
from bot.conversation.wording import Wording
from bot.ids import new_id
from bot.ports.records import Outcome, Ratings
from tests.unit.conversation.sample import BRAND

WITH_PERSON = replace(BRAND, answers=replace(BRAND.answers, handoff=Handoff(to="laras", after=timedelta(minutes=15))))
ALONE = replace(BRAND, answers=replace(BRAND.answers, handoff=None))


def test_an_answer_can_be_rated_and_a_person_asked_for() -> None:
    """In both languages; what was not answered can't be rated, and nobody is offered who is not there."""
    said = {
        language: [
            button.label for button in offer_choices("q1", answered=True, brand=WITH_PERSON, wording=Wording(language))
        ]
        for language in ("en", "id")
    }
    assert said == {
        "en": ["Helpful", "Not helpful", "Ask a person"],
        "id": ["Membantu", "Tidak membantu", "Tanya orang"],
    }
    unsure = offer_choices("q1", answered=False, brand=WITH_PERSON, wording=Wording("en"))
    assert [button.label for button in unsure] == ["Ask a person"]
    alone = offer_choices("q1", answered=True, brand=ALONE, wording=Wording("en"))
    assert [button.label for button in alone] == ["Helpful", "Not helpful"]


def test_a_brand_may_want_no_feedback() -> None:
    """Then there is nothing below an answer."""
    silent = replace(WITH_PERSON, answers=replace(WITH_PERSON.answers, feedback=False))
    assert offer_choices("q1", answered=True, brand=silent, wording=Wording("en")) == ()


def test_a_button_says_what_it_does_by_its_id_alone() -> None:
    """Whatever process hears it: the question is named in it, and every sign leads to its button."""
    question_id = new_id(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    buttons = offer_choices(question_id, answered=True, brand=WITH_PERSON, wording=Wording("id"))
    assert [read_choice(button.id) for button in buttons] == [
        Choice(act=act, question_id=question_id) for act in ("helpful", "unhelpful", "person")
    ]
    assert [button_for(f"{button.sign}\ufe0f", buttons) for button in buttons] == list(buttons)
    assert button_for("👍🏽", buttons) == buttons[0]
    assert (is_sign("👎🏿"), is_sign("❤"), button_for("❤", buttons)) == (True, False, None)


@given(st.text())
def test_what_is_no_choice_is_none(button_id: str) -> None:
    """Members can send any id; only ours mean something."""
    choice = read_choice(button_id)
    assert choice is None or f"{choice.act}:{choice.question_id}" == button_id


@pytest.mark.parametrize(
    ("state", "ratings", "gap"),
    [
        ("answered", Ratings(), False),
        ("answered", Ratings(helpful=2, unhelpful=1), False),
        ("answered", Ratings(helpful=1, unhelpful=1), True),
        ("answered", Ratings(unhelpful=1), True),
        ("unsure", Ratings(), True),
        ("handed_over", Ratings(helpful=3), True),
    ],
)
def test_what_did_not_help_is_a_gap(state: str, ratings: Ratings, *, gap: bool) -> None:
    """So is what was not answered at all."""
    assert is_gap(Outcome(state=state, reason=""), ratings) is gap
