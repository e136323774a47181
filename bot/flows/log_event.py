"""How an event becomes a row of the event log. Pure: no text is kept here, and nobody who said no is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from bot.messages import (
    ButtonPressed,
    CommandGiven,
    IncomingMessage,
    MemberEvent,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    PersonRef,
    ReactionGiven,
    ReactionRemoved,
)
from bot.ports.records import EventKind, LoggedEvent, Toward

#: A message by the ids of its channel and its own.
MessageKey: TypeAlias = tuple[str, str]

_KINDS: Mapping[type, EventKind] = {
    IncomingMessage: "message",
    CommandGiven: "command",
    ButtonPressed: "press",
    ReactionGiven: "reaction",
    ReactionRemoved: "reaction_removed",
    MemberJoined: "join",
    MemberLeft: "leave",
    MessageEdited: "edit",
    MessageDeleted: "delete",
}


def people_in(event: MemberEvent) -> Iterator[PersonRef]:
    """Yield everybody an event names by their id."""
    if not isinstance(event, MessageDeleted):
        yield event.author.ref
    if isinstance(event, IncomingMessage):
        yield from event.mentions
        if event.reply_to is not None and event.reply_to.author is not None:
            yield event.reply_to.author


def messages_named(event: MemberEvent) -> Iterator[MessageKey]:
    """Yield the messages an event refers to without saying whose they are."""
    if isinstance(event, IncomingMessage):
        if event.reply_to is not None and event.reply_to.author is None:
            yield event.reply_to.channel.channel, event.reply_to.id
    elif isinstance(event, ReactionGiven | ReactionRemoved | MessageDeleted) and event.message.author is None:
        yield event.message.channel.channel, event.message.id


def logged_event(
    event: MemberEvent,
    community: str,
    *,
    authors: Mapping[MessageKey, PersonRef],
    uncounted: frozenset[PersonRef] | set[PersonRef],
) -> LoggedEvent:
    """Return the row of an event.

    `authors` says who wrote the messages it refers to, as far as known. Somebody in `uncounted` leaves a row that
    keeps the event from being taken twice, and names nobody.
    """
    author = _author_of(event, authors)
    if author in uncounted:
        author = None
    toward = () if author is None else tuple(_toward(event, authors, uncounted | {author}))
    message_id, reply_to = _messages_of(event)
    return LoggedEvent(
        event_id=event.event_id,
        kind=_KINDS[type(event)],
        community=community,
        channel=event.channel.channel,
        at=event.at,
        author=author,
        toward=toward,
        message_id=message_id,
        reply_to=reply_to,
        emoji=event.emoji if isinstance(event, ReactionGiven | ReactionRemoved) else None,
        part_of=event.part_of if isinstance(event, IncomingMessage) else None,
    )


def _author_of(event: MemberEvent, authors: Mapping[MessageKey, PersonRef]) -> PersonRef | None:
    if isinstance(event, MessageDeleted):
        return event.message.author or authors.get((event.message.channel.channel, event.message.id))
    return event.author.ref


def _toward(
    event: MemberEvent, authors: Mapping[MessageKey, PersonRef], uncounted: frozenset[PersonRef] | set[PersonRef]
) -> Iterator[Toward]:
    if isinstance(event, IncomingMessage):
        if event.reply_to is not None:
            answered = event.reply_to.author or authors.get((event.reply_to.channel.channel, event.reply_to.id))
            if answered is not None and answered not in uncounted:
                yield Toward(person=answered, kind="reply")
        for person in dict.fromkeys(event.mentions):
            if person not in uncounted:
                yield Toward(person=person, kind="mention")
    elif isinstance(event, ReactionGiven | ReactionRemoved):
        owner = event.message.author or authors.get((event.message.channel.channel, event.message.id))
        if owner is not None and owner not in uncounted:
            yield Toward(person=owner, kind="reaction")


def _messages_of(event: MemberEvent) -> tuple[str | None, str | None]:
    match event:
        case IncomingMessage():
            return event.message_id, event.reply_to.id if event.reply_to else None
        case CommandGiven():
            return event.message_id, None
        case ButtonPressed() | ReactionGiven() | ReactionRemoved() | MessageEdited() | MessageDeleted():
            return event.message.id, None
        case _:
            return None, None
