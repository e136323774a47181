"""How an event becomes a row: what it was, whom it was aimed at, and nobody who said no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flows.log_event import logged_event, messages_named, people_in
from bot.messages import (
    Event,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessageRef,
    Person,
    PersonRef,
    ReactionGiven,
    ReactionRemoved,
)
from bot.ports.records import LoggedEvent, Toward
from tests.unit.campaigns.sample import NOW
from tests.unit.conversation.sample import GROUP, SARI, command, message

BUDI = Person(ref=PersonRef(platform="sandbox", id="budi"), name="Budi")
BARE = MessageRef(channel=GROUP, id="m0")
KNOWN = {("warung", "m0"): BUDI.ref}


def row(event: Event, *, uncounted: frozenset[PersonRef] = frozenset()) -> LoggedEvent:
    """Return the row of an event when it is known that Budi wrote `m0`."""
    return logged_event(event, "warung", authors=KNOWN, uncounted=uncounted)


def test_a_part_of_an_album_is_logged_as_one() -> None:
    """Each part has a row of its own that names the whole."""
    assert row(replace(message("halo"), part_of="a1")) == replace(row(message("halo")), part_of="a1")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (message("halo"), ("message", SARI.ref, "m1", None, None)),
        (replace(message("halo"), reply_to=BARE), ("message", SARI.ref, "m1", "m0", None)),
        (command("top"), ("command", SARI.ref, None, None, None)),
        (
            ReactionGiven(event_id="e", at=NOW, channel=GROUP, message=BARE, author=SARI, emoji="👍"),
            ("reaction", SARI.ref, "m0", None, "👍"),
        ),
        (
            ReactionRemoved(event_id="e", at=NOW, channel=GROUP, message=BARE, author=SARI, emoji="👍"),
            ("reaction_removed", SARI.ref, "m0", None, "👍"),
        ),
        (MemberJoined(event_id="e", at=NOW, channel=GROUP, author=SARI), ("join", SARI.ref, None, None, None)),
        (MemberLeft(event_id="e", at=NOW, channel=GROUP, author=SARI), ("leave", SARI.ref, None, None, None)),
        (
            MessageEdited(event_id="e", at=NOW, channel=GROUP, message=BARE, author=SARI, text="x"),
            ("edit", SARI.ref, "m0", None, None),
        ),
        (MessageDeleted(event_id="e", at=NOW, channel=GROUP, message=BARE), ("delete", BUDI.ref, "m0", None, None)),
        (
            MessageDeleted(event_id="e", at=NOW, channel=GROUP, message=replace(BARE, id="m9")),
            ("delete", None, "m9", None, None),
        ),
    ],
)
def test_each_event_has_its_row(event: Event, expected: tuple[object, ...]) -> None:
    """Who did what to which message, and none of the words."""
    found = row(event)
    assert (found.kind, found.author, found.message_id, found.reply_to, found.emoji) == expected


def test_a_message_is_aimed_at_whom_it_answers_and_names() -> None:
    """Each person once per kind, in the order of the message."""
    event = replace(message("halo"), reply_to=BARE, mentions=(BUDI.ref, SARI.ref, BUDI.ref))
    assert row(event).toward == (
        Toward(person=BUDI.ref, kind="reply"),
        Toward(person=BUDI.ref, kind="mention"),
    )


def test_an_author_named_by_the_event_wins_over_the_log() -> None:
    """The event knows better, and needs no look-up."""
    event = replace(message("halo"), reply_to=replace(BARE, author=PersonRef(platform="sandbox", id="dewi")))
    assert row(event).toward == (Toward(person=PersonRef(platform="sandbox", id="dewi"), kind="reply"),)
    assert list(messages_named(event)) == []
    assert list(messages_named(replace(event, reply_to=BARE))) == [("warung", "m0")]


@pytest.mark.parametrize("uncounted", [frozenset({SARI.ref}), frozenset({BUDI.ref}), frozenset({SARI.ref, BUDI.ref})])
def test_who_is_not_counted_is_not_named(uncounted: frozenset[PersonRef]) -> None:
    """Neither as the author nor as the one aimed at, in any kind of event."""
    events: list[Event] = [
        replace(message("halo"), reply_to=BARE, mentions=(BUDI.ref,)),
        ReactionGiven(event_id="e", at=NOW, channel=GROUP, message=BARE, author=SARI, emoji="👍"),
        MessageDeleted(event_id="e", at=NOW, channel=GROUP, message=BARE),
        MessageEdited(event_id="e", at=NOW, channel=GROUP, message=BARE, author=SARI, text="x"),
    ]
    for event in events:
        found = row(event, uncounted=uncounted)
        named = {found.author, *(toward.person for toward in found.toward)}
        assert not named & uncounted


def test_nobody_is_aimed_at_themselves() -> None:
    """Answering or naming oneself is no tie to anybody."""
    own = replace(BARE, author=SARI.ref)
    assert row(replace(message("halo"), reply_to=own, mentions=(SARI.ref,))).toward == ()
    reaction = ReactionGiven(event_id="e", at=NOW, channel=GROUP, message=own, author=SARI, emoji="👍")
    assert row(reaction).toward == ()


def test_everybody_named_by_id_is_met() -> None:
    """The author, whom they name, and whom they answer; a deletion names nobody."""
    event = replace(message("halo"), reply_to=replace(BARE, author=BUDI.ref), mentions=(BUDI.ref,))
    assert set(people_in(event)) == {SARI.ref, BUDI.ref}
    assert list(people_in(MessageDeleted(event_id="e", at=NOW, channel=GROUP, message=BARE))) == []
