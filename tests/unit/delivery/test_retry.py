"""What a failed send means: every fault, and every platform's memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.retry import (
    LONGEST_WAIT,
    GiveUp,
    LeaveUnknown,
    NextStep,
    TryAgain,
    after_failure,
    after_uncertainty,
    before_sending,
    needs_a_look,
    wait_before,
)
from bot.errors import (
    ChannelLost,
    LoginRefused,
    PlatformDown,
    PlatformFault,
    PostRejected,
    RateLimited,
    SendUncertain,
)
from bot.messages import ChannelRef, Span
from bot.ports.platform import PlatformTraits
from bot.ports.records import Body, Queued

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
MESSAGE = Queued(
    id="a1",
    community="warung",
    channel=ChannelRef(platform="chat", space="warung", channel="warung"),
    kind="post",
    body=Body(spans=(Span(text="halo"),)),
    created_at=NOW,
    attempt=1,
    begun_at=NOW,
)
NEITHER = PlatformTraits(after_uncertainty="neither")
IDEMPOTENT = PlatformTraits(after_uncertainty="idempotent", idempotent_for=timedelta(seconds=60))
READABLE = PlatformTraits(after_uncertainty="readable")
MINUTE = timedelta(minutes=1)
LOOK = "; look whether it arrived, then resend or drop it"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (PlatformDown("away"), TryAgain(not_before=NOW + timedelta(seconds=2), reason="away")),
        (PlatformFault("odd"), TryAgain(not_before=NOW + timedelta(seconds=2), reason="odd")),
        (RateLimited("slow", retry_after=MINUTE), TryAgain(not_before=NOW + MINUTE, reason="slow", holds="channel")),
        (
            RateLimited("slow", retry_after=MINUTE, scope="account"),
            TryAgain(not_before=NOW + MINUTE, reason="slow", holds="account"),
        ),
        (
            LoginRefused("bad token"),
            TryAgain(not_before=NOW + LONGEST_WAIT, reason="bad token", holds="account"),
        ),
        (ChannelLost("kicked"), GiveUp(reason="kicked")),
        (PostRejected("too long"), GiveUp(reason="too long")),
        (SendUncertain("no answer"), LeaveUnknown(reason="no answer" + LOOK)),
    ],
)
def test_each_fault_has_its_consequence(fault: PlatformFault, expected: NextStep) -> None:
    """What certainly was not sent is tried again or given up; what perhaps was is never repeated blindly."""
    assert after_failure(fault, MESSAGE, NEITHER, NOW) == expected


def test_a_repeated_id_is_sent_again_while_the_platform_knows_it() -> None:
    """From when the doubt began, and not from the latest attempt; after that a person decides."""
    again = TryAgain(not_before=NOW, reason="no answer", uncertain_since=NOW)
    assert after_failure(SendUncertain("no answer"), MESSAGE, IDEMPOTENT, NOW) == again
    second = replace(MESSAGE, attempt=2, begun_at=NOW + timedelta(seconds=50), uncertain_since=NOW)
    almost, over = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
    assert after_uncertainty(second, IDEMPOTENT, almost, reason="no answer") == replace(again, not_before=almost)
    unknown = LeaveUnknown(reason="no answer" + LOOK)
    assert after_uncertainty(second, IDEMPOTENT, over, reason="no answer") == unknown


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (PlatformDown("away"), TryAgain(not_before=NOW + timedelta(seconds=2), reason="away", uncertain_since=NOW)),
        (
            RateLimited("slow", retry_after=MINUTE),
            TryAgain(not_before=NOW + MINUTE, reason="slow", holds="channel", uncertain_since=NOW),
        ),
        (ChannelLost("kicked"), LeaveUnknown(reason="kicked; an earlier attempt may have arrived" + LOOK)),
        (PostRejected("too long"), LeaveUnknown(reason="too long; an earlier attempt may have arrived" + LOOK)),
    ],
)
def test_a_refusal_does_not_end_an_older_doubt(fault: PlatformFault, expected: NextStep) -> None:
    """That this attempt was not taken says nothing about the one before it."""
    assert after_failure(fault, replace(MESSAGE, uncertain_since=NOW), IDEMPOTENT, NOW) == expected


def test_where_the_history_can_be_read_it_is_sent_again_after_a_look() -> None:
    """The look is needed as soon as the id may be forgotten, and only for what may stand there already."""
    over = NOW + timedelta(minutes=5)
    doubtful = replace(MESSAGE, attempt=2, begun_at=NOW, uncertain_since=NOW)
    step = after_uncertainty(doubtful, IDEMPOTENT, over, reason="killed", can_look_back=True)
    assert isinstance(step, TryAgain)
    assert step.uncertain_since == NOW
    assert needs_a_look(doubtful, IDEMPOTENT, over) is True
    assert needs_a_look(doubtful, IDEMPOTENT, NOW + timedelta(seconds=59)) is False
    assert needs_a_look(MESSAGE, IDEMPOTENT, over) is False
    assert needs_a_look(replace(doubtful, kind="edit"), IDEMPOTENT, over) is False


def test_a_doubtful_message_is_not_sent_once_its_id_is_forgotten() -> None:
    """However long it waited: while the platform remembers its id it goes out again, after that a person decides."""
    doubtful = replace(MESSAGE, uncertain_since=NOW)
    almost, over = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
    too_late = "an earlier attempt may have arrived, too long ago for the platform to know it again"
    assert before_sending(doubtful, IDEMPOTENT, almost, longest=MINUTE) is None
    assert before_sending(doubtful, IDEMPOTENT, over, longest=MINUTE) == LeaveUnknown(reason=too_late + LOOK)
    assert before_sending(MESSAGE, IDEMPOTENT, over, longest=MINUTE) is None


def test_a_send_that_may_outlast_its_lease_is_not_begun() -> None:
    """Others take a message over when its lease has run out, so nothing may be under way then."""
    claimed = replace(MESSAGE, lease_until=NOW + MINUTE)
    late = NOW + timedelta(microseconds=1)
    again = TryAgain(not_before=late, reason="held up until its lease could not outlast the send")
    assert before_sending(claimed, NEITHER, NOW, longest=MINUTE) is None
    assert before_sending(claimed, NEITHER, late, longest=MINUTE) == again


@pytest.mark.parametrize("traits", [NEITHER, READABLE])
def test_without_a_memory_of_ids_nobody_guesses(traits: PlatformTraits) -> None:
    """A platform that can't recognise a repeated id leaves the decision to a person."""
    expected = LeaveUnknown(reason="no answer" + LOOK)
    assert after_uncertainty(MESSAGE, traits, NOW, reason="no answer") == expected


@pytest.mark.parametrize("traits", [NEITHER, READABLE, IDEMPOTENT])
def test_an_answer_to_a_menu_command_is_sent_once_at_most(traits: PlatformTraits) -> None:
    """Whoever gave the command can give it again."""
    message = replace(MESSAGE, body=replace(MESSAGE.body, ticket="t"))
    expected = GiveUp(reason="no answer; an answer to a menu command is sent once at most")
    assert after_failure(SendUncertain("no answer"), message, traits, NOW) == expected


@given(attempt=st.integers(0, 10_000))
def test_waits_double_up_to_the_longest(attempt: int) -> None:
    """Never shorter than the wait before, and never longer than the cap."""
    assert wait_before(attempt) <= wait_before(attempt + 1) <= LONGEST_WAIT
    assert [wait_before(number).total_seconds() for number in (0, 1, 2, 3, 9, 10)] == [2, 2, 4, 8, 512, 600]
