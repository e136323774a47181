"""When the bot answers what was put to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import JoinIn
from bot.conversation.hear import Ask, StaySilent, hear
from bot.conversation.join_in import LEAST_CHANCE, LOOK_BACK, Overheard, chance_of_opening, listen_back, why_not_join
from bot.messages import IncomingMessage, MessageRef, PersonRef
from bot.ports.records import Joined, LoggedEvent, Toward
from tests.unit.conversation.sample import GROUP, MEMBER, SARI, WARUNG, brand_with, message

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
BUDI = PersonRef(platform="sandbox", id="budi")
DEWI = PersonRef(platform="sandbox", id="dewi")
QUESTION = "Kak, ada yang tau cara simpan biji kopi biar nggak cepat apek?"
JOINING = brand_with(join_in=JoinIn(wait=timedelta(minutes=10), per_day=2, communities=frozenset({"warung"})))


def said(who: PersonRef | None, minutes: float, to: PersonRef | None = None, **changes: Any) -> LoggedEvent:
    """Return a message so many minutes after the question."""
    values: dict[str, Any] = {
        "event_id": f"{who}{minutes}",
        "kind": "message",
        "community": "warung",
        "channel": "warung",
        "at": NOW + timedelta(minutes=minutes),
        "author": who,
        "toward": (Toward(person=to, kind="reply"),) if to else (),
        "message_id": f"m{minutes}",
    }
    return LoggedEvent(**{**values, **changes})


def why(*talk: LoggedEvent, text: str = QUESTION, joined: tuple[Joined, ...] = ()) -> str | None:
    """Return why the bot stays out of it ten minutes after Sari's question."""
    return why_not_join(
        listen_back(text, author=SARI.ref, at=NOW, talk=talk),
        message_id="q",
        author=SARI.ref,
        at=NOW,
        talk=(said(SARI.ref, 0, message_id="q"), *talk),
        joined=joined,
        brand_people={DEWI},
        per_day=2,
        now=LATER,
    )


def test_a_question_nobody_answers_is_taken_up() -> None:
    """Sari comes in, asks, and the others talk about something else."""
    assert why(said(BUDI, -30), said(BUDI, 4)) is None


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (said(BUDI, 3, reply_to="q"), "somebody answered it"),
        (said(None, 3, reply_to="q"), "somebody answered it"),
        (said(BUDI, 3, SARI.ref), "somebody spoke to its author since"),
        (said(DEWI, 3), "one of the brand's people is present"),
    ],
)
def test_whoever_is_faster_keeps_the_bot_silent(talk: LoggedEvent, reason: str) -> None:
    """Anybody who answers will do, somebody too who is not counted; and the brand's people need no help."""
    assert why(talk) == reason


def test_an_answer_to_somebody_else_is_none_to_this() -> None:
    """Budi helps Dewi's friend, and Sari still waits."""
    assert why(said(BUDI, 3, PersonRef(platform="sandbox", id="eko"))) is None


@pytest.mark.parametrize("talk", [said(SARI.ref, -2, BUDI), said(BUDI, -2, SARI.ref)])
def test_people_in_the_middle_of_it_are_left_alone(talk: LoggedEvent) -> None:
    """What Sari asks while she speaks with Budi is for him."""
    assert "does not read as the start" in str(why(talk, said(SARI.ref, -1)))


def test_a_member_is_answered_unasked_once() -> None:
    """However long ago it was."""
    assert "unasked before" in str(why(joined=(Joined(person=SARI.ref, at=NOW - timedelta(days=80)),)))


def test_a_community_hears_it_so_often_a_day() -> None:
    """Two a day are allowed, and yesterday's no longer count."""
    times = [NOW - timedelta(hours=h) for h in (1, 2, 30)]
    joined = tuple(Joined(person=PersonRef(platform="sandbox", id=str(at)), at=at) for at in times)
    assert "answers.join_in.per_day allows 2" in str(why(joined=joined))
    assert why(joined=joined[1:]) is None


@given(
    text=st.text(max_size=200),
    quiet_for=st.timedeltas(min_value=timedelta(0), max_value=LOOK_BACK),
    in_exchange=st.booleans(),
)
def test_what_is_said_to_somebody_is_never_likelier(text: str, quiet_for: timedelta, *, in_exchange: bool) -> None:
    """Whatever the words, a message to somebody is less the bot's business than the same to nobody."""
    alone = Overheard(to_somebody=False, text=text, quiet_for=quiet_for, in_exchange=in_exchange)
    assert 0.0 <= chance_of_opening(replace(alone, to_somebody=True)) <= chance_of_opening(alone) <= 1.0


def test_small_talk_opens_nothing() -> None:
    """A nod of somebody who has long been silent needs no answer."""
    nod = Overheard(to_somebody=False, text="wkwk mantap", quiet_for=LOOK_BACK, in_exchange=False)
    assert chance_of_opening(nod) < LEAST_CHANCE


def test_a_question_to_nobody_waits_for_others() -> None:
    """It is put down, to be looked at again, and nothing is said unless it is known."""
    heard = hear(message(QUESTION), community=WARUNG, brand=JOINING, member=MEMBER)
    assert isinstance(heard, Ask)
    assert (heard.unasked, heard.only_if_known) == (True, True)


BUDIS = MessageRef(channel=GROUP, id="m1", author=BUDI)


@pytest.mark.parametrize(
    "event",
    [
        replace(message(QUESTION), reply_to=BUDIS),
        replace(message(QUESTION), mentions=(BUDI,)),
        message("Selamat pagi semuanya"),
        message("Kopi ini enak"),
    ],
)
def test_talk_among_members_is_not_overheard(event: IncomingMessage) -> None:
    """What is said to somebody, a greeting and a remark are none of the bot's business."""
    assert isinstance(hear(event, community=WARUNG, brand=JOINING, member=MEMBER), StaySilent)


def test_it_joins_in_only_where_it_may() -> None:
    """Not in other communities, and not with members who want to be left out."""
    elsewhere = replace(WARUNG, key="pasar")
    out = replace(MEMBER, consent="out")
    assert isinstance(hear(message(QUESTION), community=elsewhere, brand=JOINING, member=MEMBER), StaySilent)
    assert isinstance(hear(message(QUESTION), community=WARUNG, brand=JOINING, member=out), StaySilent)
