"""One row of the event log, as engagement reads it. No scoring here, and no text of anybody's message.

Flat on purpose: the store keeps an event in one row and each `Toward` in a row of its own beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.messages import PersonRef, aware_utc

EventKind: TypeAlias = Literal["message", "command", "reaction", "reaction_removed", "join", "leave", "edit", "delete"]
TowardKind: TypeAlias = Literal["reply", "mention", "reaction"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Toward:
    """Somebody an event was aimed at. One message may answer one person and name others."""

    #: Whom: the author of the message answered or reacted to, or the person named.
    person: PersonRef
    #: How.
    kind: TowardKind


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedEvent:
    """Something that happened in a community, without what was said."""

    #: The platform's id of the event, unique for ever on the account that heard it.
    event_id: str
    #: What happened.
    kind: EventKind
    #: The community's key in the YAML.
    community: str
    #: The channel's id on its platform, without its thread: message ids are unique within it.
    channel: str
    #: When, aware UTC.
    at: datetime
    #: Who did it; for `delete`, whose message it was, and None when even that is unknown.
    author: PersonRef | None
    #: Whom it was aimed at, each person once per kind; empty when nobody, or when the event could not tell.
    toward: tuple[Toward, ...] = ()
    #: The message written, edited, deleted or reacted to; None for joins, leaves and menu commands.
    message_id: str | None = None
    #: The message this one answers, if any; in the same channel.
    reply_to: str | None = None
    #: Which reaction was put on or taken back; None for every other kind.
    emoji: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", aware_utc(self.at, "at"))
