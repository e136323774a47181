"""How a community takes what is said there: by people, not by clicks, and the worse the clearer somebody said so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engagement.reception import LEFT_WITHIN, REFUSED_WITHIN, acceptance, judge_receptions
from bot.ports.records import Received

NOW = datetime(2026, 7, 6, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def received(about: str = "a", **changes: Any) -> Received:
    """Return an answer that nobody reacted to."""
    values: dict[str, Any] = {"kind": "answer", "about": about, "campaign": "", "sent_at": NOW}
    return Received(**{**values, **changes})


@pytest.mark.parametrize(
    ("signs", "judged"),
    [
        ({}, "neither"),
        ({"reactions": (("budi", "👍"),)}, "helpful"),
        ({"reactions": (("budi", "👍"), ("sari", "👎"))}, "neither"),
        ({"reactions": (("budi", "👎"),)}, "bad"),
        ({"reactions": (("budi", "👍"), ("budi", "👎"))}, "bad"),
        ({"reactions": (("budi", "❤️"), ("sari", "👍"), ("dewi", "😡"))}, "helpful"),
        ({"remarks": frozenset({"thanks"})}, "helpful"),
        ({"remarks": frozenset({"thanks", "stop"})}, "bad"),
        ({"remarks": frozenset({"thanks"}), "removed_at": NOW + SECOND}, "bad"),
        ({"repliers": frozenset({"budi"})}, "neither"),
    ],
)
def test_an_answer_is_helpful_when_more_people_say_so(signs: dict[str, Any], judged: str) -> None:
    """Each person has one voice on a message, a disapproving sign outweighs their others; never both at once."""
    (reception,) = judge_receptions([received(**signs)])
    assert (reception.is_helpful, reception.is_bad) == (judged == "helpful", judged == "bad")


def test_a_liked_post_is_no_helpful_answer() -> None:
    """The account is filled by answers alone."""
    (reception,) = judge_receptions([received(kind="post", reactions=(("budi", "👍"),))])
    assert not reception.is_helpful


def test_what_is_taken_away_late_was_tidied_up() -> None:
    """Within a day it was refused, after that it was not."""
    refused, tidied = judge_receptions(
        [
            received("a", kind="post", removed_at=NOW + REFUSED_WITHIN),
            received("b", kind="post", sent_at=NOW + SECOND, removed_at=NOW + 2 * SECOND + REFUSED_WITHIN),
        ]
    )
    assert (refused.removed, tidied.removed) == (True, False)


def test_the_parts_of_a_text_are_one() -> None:
    """A person who reacts to two parts of a text is one person."""
    parts = [received(kind="post", reactions=(("budi", "👎"),)), received(kind="post", reactions=(("budi", "👎"),))]
    (reception,) = judge_receptions(parts)
    assert reception.disliked == 1


def test_acceptance_is_what_the_formula_says() -> None:
    """Nothing said: none. No sign: 50. Two likes and thanks (4) and a removal (5): 100 · 5 / 11."""
    liked = received("a", reactions=(("budi", "👍"), ("sari", "👍")), remarks=frozenset({"thanks"}))
    removed = received("b", kind="post", removed_at=NOW)
    assert acceptance([]) is None
    assert acceptance(judge_receptions([received()])) == 50
    assert acceptance(judge_receptions([liked, removed])) == pytest.approx(100 * 5 / 11)


def test_who_leaves_right_after_a_post_was_lost_by_it() -> None:
    """Not who leaves later, or after an answer."""
    (post,) = judge_receptions([received(kind="post")])
    (answer,) = judge_receptions([received()])
    assert acceptance([post], left=[NOW + LEFT_WITHIN]) == pytest.approx(100 / 3)
    assert acceptance([post], left=[NOW + LEFT_WITHIN + SECOND, NOW - SECOND]) == 50
    assert acceptance([answer], left=[NOW + SECOND]) == 50


messages = st.builds(
    received,
    about=st.text("abc", min_size=1, max_size=1),
    kind=st.sampled_from(["post", "answer"]),
    reactions=st.lists(
        st.tuples(st.sampled_from(["", "budi", "sari"]), st.sampled_from(["👍", "👎", "🎉"])), max_size=4, unique=True
    ).map(tuple),
    repliers=st.frozensets(st.sampled_from(["budi", "sari"])),
    remarks=st.frozensets(st.sampled_from(["thanks", "stop"])),
    removed_at=st.sampled_from([None, NOW]),
)


@given(said=st.lists(messages, min_size=1, max_size=6))
def test_acceptance_lies_between_0_and_100_and_falls_with_each_removal(said: list[Received]) -> None:
    """However people behave."""
    before = acceptance(judge_receptions(said))
    after = acceptance(judge_receptions([*said, received("new", kind="post", removed_at=NOW)]))
    assert before is not None
    assert after is not None
    assert 0 < after < before < 100
