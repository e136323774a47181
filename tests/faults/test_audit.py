"""The audit notices what it is there for: a night with nothing to complain of means something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.messages import ChannelRef, Span
from bot.ports.records import Body, Queued
from tests.faults.audit import Books, judge_sends
from tests.faults.far_side import Arrived

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)


def _sent(number: int) -> Queued:
    return Queued(
        id=f"a{number}",
        community="warung",
        channel=ChannelRef(platform="chat", space="warung", channel="warung"),
        kind="post",
        body=Body(spans=(Span(text=f"words {number}"),)),
        created_at=NOW,
        state="sent",
        message_id=str(number),
    )


def _arrived(*numbers: int) -> list[Arrived]:
    return [Arrived(channel="warung", id=str(number), text=f"words {number}", reply_to=None) for number in numbers]


def _books(*sent: Queued, unsettled: tuple[Queued, ...] = ()) -> Books:
    return Books(events=(), questions=(), posts=(), shares=(), sent=sent, unsettled=unsettled)


def test_books_that_agree_with_the_server_are_sound() -> None:
    """Also where a send that may have arrived is shown to a person, whether it arrived or not."""
    doubtful = tuple(replace(_sent(number), state="unknown", message_id=None) for number in (3, 4))
    verdict = judge_sends(_books(_sent(1), _sent(2), unsettled=doubtful), _arrived(1, 2, 3))
    assert (verdict.breaches, verdict.sent, verdict.unknown) == ((), 3, 2)


def test_what_never_arrived_is_lost() -> None:
    """A message recorded as sent that the server has not taken, and one that waits for ever."""
    waiting = replace(_sent(2), state="held", message_id=None)
    assert judge_sends(_books(_sent(1), unsettled=(waiting,)), []).lost == 2


def test_what_arrived_again_is_a_duplicate() -> None:
    """Under an id of its own, with the same words in the same place."""
    again = replace(_arrived(1)[0], id="9")
    verdict = judge_sends(_books(_sent(1)), [*_arrived(1), again])
    assert (verdict.duplicates, verdict.unknown_undeclared) == (1, 1)


def test_what_overtakes_is_out_of_order() -> None:
    """Two posts of one channel that arrived the other way round."""
    assert judge_sends(_books(_sent(1), _sent(2)), _arrived(2, 1)).reordered == 1


def test_a_doubt_that_nobody_was_told_of_is_found() -> None:
    """It arrived, and the database knows neither that nor that it may have."""
    assert judge_sends(_books(_sent(1)), _arrived(1, 2)).unknown_undeclared == 1


def test_a_doubt_without_a_reason_is_found() -> None:
    """A send is doubtful that nobody was killed in the middle of; one whose answer never came is not."""
    begun = replace(_sent(2), state="unknown", message_id=None, begun_at=NOW)
    silent = replace(_sent(3), state="unknown", message_id=None, begun_at=NOW, reason="no answer within 3 s")
    books = _books(_sent(1), unsettled=(begun, silent))

    def count(killed_at: datetime) -> int:
        return judge_sends(books, _arrived(1), killed_at=[killed_at], within=timedelta(seconds=8)).unknown_unfounded

    second = timedelta(seconds=1)
    assert [count(NOW + ago) for ago in (-second, second, 9 * second)] == [1, 0, 1]


def test_a_correction_that_never_arrived_is_lost() -> None:
    """The edit is recorded, and the message reads as before."""
    edit = replace(_sent(2), kind="edit", target="1", message_id="1", body=Body(spans=(Span(text="better words"),)))
    books = _books(_sent(1), edit)
    arrived = _arrived(1)
    assert judge_sends(books, arrived, reads=lambda *_: "words 1").lost == 1
    assert judge_sends(books, arrived, reads=lambda *_: "better words").breaches == ()


def test_books_are_settled_when_nothing_waits() -> None:
    """Neither a message, nor a post that was corrected and reads as before."""
    waiting = replace(_sent(2), state="retry", message_id=None)
    unsettled = [_books(unsettled=(waiting,)), replace(_books(), is_outdated=True)]
    assert [books.is_settled for books in (_books(_sent(1)), *unsettled)] == [True, False, False]
