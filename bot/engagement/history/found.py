"""What reading a history gives besides messages, and the checks every message passes, whatever it was read from."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from bot.ports.history import PastMessage

#: The longest id of a person, message or channel that is taken for one.
LONGEST_ID = 100
_LONGEST_EMOJI = 64
#: No chat of ours is older or from the future; what says so holds a mistake, or would not fit a database.
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


class Unreadable(NamedTuple):
    """A message that could not be read."""

    #: From 1.
    line: int
    #: Why, for a person.
    reason: str


def check_message(message: PastMessage) -> None:
    """Raise ValueError with the reason when a message cannot be kept: ids and times that no platform gives."""
    ids = message.id + message.author + (message.reply_to or "") + (message.channel or "")
    # nearly every message passes this one look at all its ids; the others are looked at one by one for the reason
    if len(ids) > LONGEST_ID or not ids.isprintable() or not message.id or not message.author:
        _check_id("id", message.id)
        _check_id("author", message.author)
        if message.reply_to is not None:
            _check_id("reply_to", message.reply_to)
        if message.channel is not None:
            _check_id("channel", message.channel)
    check_moment("at", message.at)
    for person in message.mentions:
        _check_id("mentions", person)
    for given in message.reactions:
        _check_id("reactions.by", given.by)
        if given.at is not None:
            check_moment("reactions.at", given.at)
        emoji = given.emoji
        if not emoji or len(emoji) > _LONGEST_EMOJI or not (emoji.isprintable() or _is_writable(emoji)):
            raise ValueError("reactions.emoji is no emoji")


def check_moment(name: str, at: datetime) -> None:
    """Raise ValueError when a moment has no zone or lies in no time that chats have."""
    if at.tzinfo is None:
        raise ValueError(f'{name} carries no time zone; write 2026-11-24T08:00:00Z, or "+07:00" for Jakarta')
    if not _FIRST_YEAR < at.year < _LAST_YEAR:
        raise ValueError(f"{name} is in the year {at.year}")


def clean_name(name: str) -> str:
    """Return a name in which everything can be written and shown on one line."""
    return name if name.isprintable() else "".join(letter for letter in name if letter.isprintable())


def _check_id(name: str, value: str) -> None:
    # isprintable: no control characters, and no half of a character, which no database takes
    if not value or len(value) > LONGEST_ID or not value.isprintable():
        raise ValueError(f"{name} is no id: 1 to {LONGEST_ID} characters that can be printed")


def _is_writable(text: str) -> bool:
    """Whether a database takes it: an emoji may hold joiners, which cannot be printed, but no half characters."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
