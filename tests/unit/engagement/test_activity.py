"""What counts for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.engagement.activity import activities_of
from bot.ports.records import LoggedEvent, Toward
from tests.unit.engagement.sample import MORNING, event, person

LATER = MORNING + timedelta(minutes=5)
LATEST = MORNING + timedelta(minutes=9)


def summary(*events: LoggedEvent, uncounted: frozenset[str] = frozenset()) -> list[str]:
    """Write each activity as "member kind partner"."""
    found = activities_of(events, uncounted=frozenset(person(name) for name in uncounted))
    return [f"{a.member.id} {a.kind}{f' {a.partner.id}' if a.partner else ''}" for a in found]


def test_a_reply_counts_for_both() -> None:
    """Who writes gave a message, who is answered received a reply."""
    assert summary(event("message", "ani", "budi")) == ["ani message budi", "budi reply_received ani"]


def test_an_answered_and_named_person_is_answered_once() -> None:
    """Platforms name the person a reply goes to; that is one thing, not two."""
    both = event("message", "ani")
    toward = (Toward(person=person("budi"), kind="mention"), Toward(person=person("budi"), kind="reply"))
    assert summary(replace(both, toward=toward)) == ["ani message budi", "budi reply_received ani"]


def test_an_album_counts_once() -> None:
    """Three pictures sent as one in answer to somebody are one message, and one reply received."""
    parts = [event("message", "ani", "budi", part_of="a1", at=MORNING + timedelta(seconds=at)) for at in range(3)]
    assert summary(*parts) == summary(parts[0]) == ["ani message budi", "budi reply_received ani"]


def test_an_album_stands_as_long_as_one_of_its_pictures() -> None:
    """Taking the first picture back leaves the others, which still are one."""
    parts = [event("message", "ani", message_id=f"m{at}", part_of="a1") for at in range(3)]
    gone = event("delete", "ani", message_id="m0", at=LATER)
    assert summary(*parts, gone) == ["ani message"]
    assert summary(*parts, *(replace(gone, message_id=f"m{at}", event_id=f"d{at}") for at in range(3))) == []


def test_albums_are_told_apart() -> None:
    """By author, album, and those who send single pictures."""
    said = [
        event("message", "ani", part_of="a1"),
        event("message", "ani", part_of="a2"),
        event("message", "budi", part_of="a1"),
        event("message", "ani"),
        event("message", "ani"),
    ]
    assert summary(*said) == ["ani message", "ani message", "budi message", "ani message", "ani message"]


def test_any_picture_of_an_album_can_be_answered_and_liked() -> None:
    """What others do to the second picture counts as if it were the first; a liked answer is an answer given."""
    asked = event("message", "citra", message_id="q")
    parts = [event("message", "ani", message_id=f"m{at}", reply_to="q", part_of="a1") for at in range(2)]
    replied = event("message", "budi", reply_to="m1", at=LATER)
    liked = event("reaction", "citra", message_id="m1", emoji="👍", at=LATEST)
    assert summary(asked, *parts, replied, liked) == [
        "citra message",
        "ani message citra",
        "citra reply_received ani",
        "budi message ani",
        "ani reply_received budi",
        "ani reaction_received citra",
        "ani answer_given citra",
    ]


def test_the_author_reacted_to_is_found_in_the_log() -> None:
    """A reaction or reply that does not say to whom is completed from the message it names."""
    said = event("message", "ani", message_id="m1")
    reacted = event("reaction", "budi", message_id="m1", emoji="👍", at=LATER)
    replied = event("message", "citra", reply_to="m1", at=LATEST)
    assert summary(said, reacted, replied) == [
        "ani message",
        "ani reaction_received budi",
        "citra message ani",
        "ani reply_received citra",
    ]


def test_what_one_does_to_oneself_counts_nothing() -> None:
    """Reacting to and answering one's own message mints nothing."""
    said = event("message", "ani", message_id="m1")
    assert summary(
        said,
        event("reaction", "ani", message_id="m1", emoji="👍", at=LATER),
        event("message", "ani", reply_to="m1", at=LATER),
        event("message", "ani", "ani", how="mention", at=LATER),
    ) == ["ani message"]


def test_a_reaction_taken_back_was_never_given() -> None:
    """Removing one of two reactions leaves the other; removing both leaves none."""
    said = event("message", "ani", message_id="m1")
    up = event("reaction", "budi", message_id="m1", emoji="👍", at=LATER)
    heart = event("reaction", "budi", message_id="m1", emoji="❤", at=LATER)
    up_off = event("reaction_removed", "budi", message_id="m1", emoji="👍", at=LATEST)
    heart_off = event("reaction_removed", "budi", message_id="m1", emoji="❤", at=LATEST)
    counted = ["ani message", "ani reaction_received budi"]
    assert summary(said, up, heart) == counted
    assert summary(said, up, heart, up_off) == counted
    assert summary(said, up, heart, up_off, heart_off) == ["ani message"]


def test_a_deleted_message_takes_with_it_what_it_gave_and_drew() -> None:
    """Bait that is deleted pays nothing; those who answered it keep their own words."""
    bait = event("message", "ani", "budi", message_id="m1")
    reacted = event("reaction", "citra", message_id="m1", emoji="👍", at=LATER)
    replied = event("message", "citra", "ani", reply_to="m1", at=LATER)
    gone = event("delete", None, message_id="m1", at=LATEST)
    assert summary(bait, reacted, replied, gone) == ["citra message"]


def test_a_deletion_that_names_no_message_deletes_none() -> None:
    """What cannot be told which it was leaves everything else counted."""
    assert summary(event("delete", None), event("message", "ani", "budi", at=LATER)) == [
        "ani message budi",
        "budi reply_received ani",
    ]


def test_two_communities_may_use_the_same_message_ids() -> None:
    """A deletion in one community leaves the other's message of the same id alone."""
    here = event("message", "ani", message_id="m1")
    there = replace(event("delete", None, message_id="m1", at=LATER), community="roasters")
    assert summary(here, there) == ["ani message"]


def test_disapproval_is_no_credit() -> None:
    """A thumbs down gives its target nothing."""
    said = event("message", "ani", message_id="m1")
    assert summary(said, event("reaction", "budi", message_id="m1", emoji="👎", at=LATER)) == ["ani message"]


def test_a_reply_its_asker_likes_is_an_answer() -> None:
    """Only the person answered can make a reply an answer, and others' reactions stay reactions."""
    asked = event("message", "ani", message_id="q")
    answered = event("message", "budi", "ani", message_id="a", reply_to="q", at=LATER)
    by_asker = event("reaction", "ani", message_id="a", emoji="👍", at=LATEST)
    by_other = event("reaction", "citra", message_id="a", emoji="👍", at=LATEST)
    found = summary(asked, answered, by_asker, by_other)
    assert found.count("budi answer_given ani") == 1
    assert "budi reaction_received citra" in found


def test_the_uncounted_neither_gain_nor_give() -> None:
    """Bots, the brand's people and those who opted out leave no trace in anybody's activities."""
    events = (
        event("message", "bot", "ani"),
        event("message", "ani", "bot"),
        event("join", "bot"),
        event("command", "ani"),
    )
    assert summary(*events, uncounted=frozenset({"bot"})) == ["ani message"]
