"""Scores grow with people and days, not with noise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Engagement
from bot.engagement.levels import level_of
from bot.engagement.score import MemberScore, scores
from bot.ports.records import LoggedEvent
from tests.unit.engagement.sample import JAKARTA, MORNING, engagement, event, person

NOW = MORNING + timedelta(days=40)
PEOPLE = ("ani", "budi", "citra", "dewi")
#: A little chat: who writes to whom, and how many minutes after the first morning.
chats = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.integers(0, 10 * 24 * 60)), min_size=1, max_size=40
)


def write_chat(lines: Sequence[tuple[str, str, int]]) -> list[LoggedEvent]:
    """Make events of a chat; a line to oneself is a line to everybody."""
    return [
        event("message", a, *([] if a == b else [b]), at=MORNING + timedelta(minutes=minute)) for a, b, minute in lines
    ]


def by_name(
    events: Sequence[LoggedEvent], rules: Engagement | None = None, now: datetime = NOW
) -> dict[str, MemberScore]:
    """Score the events and look members up by name."""
    listed = scores(events, engagement=rules or engagement(), zone=JAKARTA, now=now)
    return {line.member.id: line for line in listed}


@given(lines=chats, one_more=st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.integers(0, 10 * 24 * 60)))
def test_one_more_message_never_lowers_a_score(
    lines: list[tuple[str, str, int]], one_more: tuple[str, str, int]
) -> None:
    """Whoever writes or is written to stays or rises."""
    before = by_name(write_chat(lines))
    after = by_name(write_chat([*lines, one_more]))
    for name, line in before.items():
        assert after[name].score >= line.score - 1e-9


@given(lines=chats, shuffle=st.randoms(use_true_random=False))
def test_ten_times_the_messages_to_the_same_people_is_no_ten_times_the_score(
    lines: list[tuple[str, str, int]], shuffle: Random
) -> None:
    """Every message repeated ten times somewhere in its own day raises nobody's score by 15 %."""
    day = 24 * 60
    nine = 2 * 60 + 7 * 60  # MORNING is nine o'clock in Jakarta
    repeated = []
    for a, b, minute in lines:
        start = (minute + nine) // day * day - nine
        spread = [max(0, start + shuffle.randrange(day)) for _ in range(9)]
        repeated += [(a, b, minute), *((a, b, other) for other in spread)]
    once = by_name(write_chat(lines))
    often = by_name(write_chat(repeated))
    for name, line in once.items():
        assert often[name].score <= 1.15 * line.score + 1e-9


@given(lines=chats)
def test_a_self_reaction_adds_nothing(lines: list[tuple[str, str, int]]) -> None:
    """Liking one's own messages leaves every score as it was."""
    chat = write_chat(lines)
    liked = [
        event("reaction", said.author.id if said.author else None, message_id=said.message_id, at=said.at, emoji="👍")
        for said in chat
    ]
    plain = {name: line.score for name, line in by_name(chat).items()}
    assert {name: line.score for name, line in by_name([*chat, *liked]).items()} == plain


@given(lines=chats, half_life=st.integers(1, 60))
def test_a_half_life_halves(lines: list[tuple[str, str, int]], half_life: int) -> None:
    """After one half-life without anything new, half is left."""
    chat = write_chat(lines)
    rules = engagement(half_life=timedelta(days=half_life))
    now = by_name(chat, rules)
    then = by_name(chat, rules, NOW + timedelta(days=half_life))
    for name, line in now.items():
        assert then[name].score == pytest.approx(line.score / 2)


@given(lines=chats, cap=st.floats(0.5, 5))
def test_the_cap_holds_for_every_day(lines: list[tuple[str, str, int]], cap: float) -> None:
    """Nobody has more than one cap per day they were part of."""
    capped = by_name(write_chat(lines), engagement(cap=cap))
    for line in capped.values():
        assert line.score <= cap * 11 + 1e-9


def test_the_day_is_the_communitys_own() -> None:
    """Two messages around midnight in Jakarta are two days, though one day in UTC."""
    late = MORNING + timedelta(hours=14, minutes=59)
    early = late + timedelta(minutes=2)
    both = by_name([event("message", "ani", at=late), event("message", "ani", at=early)], now=early)["ani"]
    assert both.score == pytest.approx(2, rel=1e-4)
    assert both.reasons[-1] == "active on 2 days"


def test_others_answers_beat_own_words() -> None:
    """Ten messages to ten people weigh less than ten people's answers, and are worth half a day's cap at most."""
    sent = [event("message", "ani", f"p{n}") for n in range(10)]
    drawn = [event("message", f"q{n}", "budi") for n in range(10)]
    found = by_name([*sent, *drawn], now=MORNING)
    assert found["budi"].score > found["ani"].score
    loud = [event("message", "citra", f"p{n}", how="mention") for n in range(500)]
    assert by_name(loud, now=MORNING)["citra"].score == pytest.approx(20)


def test_one_morning_makes_no_champion() -> None:
    """A single day can't lift anybody beyond its cap, whatever happens in it."""
    storm = [event("message", f"p{n}", "ani", at=MORNING + timedelta(minutes=n)) for n in range(600)]
    rules = engagement()
    score = by_name(storm, rules, MORNING + timedelta(minutes=600))["ani"].score
    assert level_of(score, rules.levels) == "newcomer"


def test_the_list_is_best_first_and_ties_are_settled() -> None:
    """Equal scores are listed by id, whatever order the events came in."""
    events = [event("message", name) for name in ("dewi", "ani", "citra")] + [event("message", "x", "budi")]
    expected = ["budi", "ani", "citra", "dewi", "x"]
    for order in (events, events[::-1]):
        listed = scores(order, engagement=engagement(), zone=JAKARTA, now=NOW)
        assert [line.member.id for line in listed] == expected


def test_the_ignored_and_the_uncounted_are_not_listed() -> None:
    """The brand's own people and those who opted out have no line."""
    events = [event("message", "dewi"), event("message", "ani"), event("message", "budi")]
    listed = scores(
        events,
        engagement=engagement(ignored=["dewi"]),
        zone=JAKARTA,
        now=NOW,
        uncounted=frozenset({person("ani")}),
    )
    assert [line.member.id for line in listed] == ["budi"]


def test_what_has_not_happened_yet_counts_nothing() -> None:
    """Events after `now` are left out."""
    assert by_name([event("message", "ani")], now=MORNING - timedelta(seconds=1)) == {}


def test_reasons_say_it_in_words() -> None:
    """A reader sees what the number rests on."""
    events = [
        event("message", "ani", message_id="m1"),
        event("message", "ani", "budi"),
        event("message", "budi", "ani"),
        event("reaction", "citra", message_id="m1", emoji="❤"),
    ]
    line = by_name(events)["ani"]
    assert line.messages == 2
    assert line.reasons == (
        "1 reply received from 1 person",
        "1 reaction received from 1 person",
        "2 messages to 1 person",
        "active on 1 day",
    )


@pytest.mark.parametrize(
    ("score", "expected"), [(-1, "newcomer"), (0, "newcomer"), (49.9, "newcomer"), (50, "regular"), (1e9, "champion")]
)
def test_levels_begin_at_their_threshold(score: float, expected: str) -> None:
    """The threshold itself belongs to the higher level."""
    assert level_of(score, {"champion": 200, "newcomer": 0, "regular": 50}) == expected
    assert level_of(score, {}) == ""
