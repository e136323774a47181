"""How messages of a history become events of the log. Pure: what the log and the members say is passed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.brand import Brand
from bot.messages import ChannelRef, PersonRef
from bot.ports.history import Naming, PastMessage, PastReaction
from bot.ports.records import PastEvent, StandingReaction, TowardKind

#: The longest id of an event that every database takes.
_LONGEST_EVENT_ID = 255

#: A message by its channel's id and its own, and who wrote it; None for a bot or somebody unknown.
Authors = dict[tuple[str, str], str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Where the messages of a history belong."""

    #: The community's key.
    community: str
    channel: ChannelRef
    naming: Naming
    #: What stands before a message's id in the id of its event.
    prefix: str


def people_of(messages: Iterable[PastMessage]) -> set[str]:
    """Return the id of everybody who wrote, was named or reacted."""
    people = set()
    for message in messages:
        people.add(message.author)
        if message.mentions:
            people.update(message.mentions)
        if message.reactions:
            people.update(given.by for given in message.reactions)
    return people


def message_row(
    message: PastMessage, home: Home, *, authors: Mapping[tuple[str, str], str | None], counts: Callable[[str], bool],
    text: str | None,
) -> PastEvent:  # fmt: skip
    """Return the row of a message; somebody who does not count leaves one that names nobody, as live events do."""
    author = message.author if counts(message.author) else None
    channel, reply_to = home.channel.channel, message.reply_to
    toward: tuple[tuple[str, TowardKind], ...] = ()
    if author is not None:
        answered = None if reply_to is None else authors.get((channel, reply_to))
        if answered is not None and answered != author and counts(answered):
            toward = ((answered, "reply"),)
        if message.mentions:
            toward += tuple((named, "mention") for named in message.mentions if named != author and counts(named))
    event_id = home.prefix + message.id
    return PastEvent(
        event_id if len(event_id) <= _LONGEST_EVENT_ID else _bounded(event_id),
        "command" if message.is_command else "message",
        home.community,
        channel,
        message.at,
        author,
        toward,
        message.id,
        reply_to,
        None,
        text if author is not None else None,
    )


def reaction_row(message: PastMessage, given: PastReaction, home: Home, *, counts: Callable[[str], bool]) -> PastEvent:
    """Return the row of a reaction; one whose time the export does not say is as old as its message."""
    author = given.by if counts(given.by) else None
    aimed = author is not None and author != message.author and not message.is_bot and counts(message.author)
    return PastEvent(
        event_id=_bounded(home.naming.reaction_event(home.channel, message.id, given)),
        kind="reaction",
        community=home.community,
        channel=home.channel.channel,
        at=given.at or message.at,
        author=author,
        toward=((message.author, "reaction"),) if aimed else (),
        message_id=message.id,
        emoji=given.emoji,
    )


def taken_back_row(standing: StandingReaction, home: Home, *, now: datetime) -> PastEvent:
    """Return the row of a reaction that a newer history does not have any more."""
    return PastEvent(
        event_id=_bounded(f"-{now.timestamp():.0f}:{standing.event_id}"),
        kind="reaction_removed",
        community=home.community,
        channel=standing.channel,
        at=now,
        author=standing.author,
        message_id=standing.message_id,
        emoji=standing.emoji,
    )


def text_to_keep(message: PastMessage, brand: Brand) -> str | None:
    """Return what is kept of a text, as `privacy.store_text` has it."""
    if brand.privacy.store_text == "none":
        return None
    writable = message.text.encode("utf-8", "replace")
    if brand.privacy.store_text == "hash":
        return hashlib.sha256(writable).hexdigest()
    return writable.decode().replace("\0", "")


def person_on(platform: str, person: str) -> PersonRef:
    """Return somebody by the id a history has for them."""
    return PersonRef(platform=platform, id=person)


def _bounded(event_id: str) -> str:
    if len(event_id) <= _LONGEST_EVENT_ID:
        return event_id
    return f"#{hashlib.sha256(event_id.encode()).hexdigest()}"
