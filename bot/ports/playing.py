"""What a page needs to let a person act as the members of a community that lives in memory.

An optional port of `Platform`: the sandbox meets it, and whoever shows it asks by `isinstance`, never by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.messages import Button, LinkCard, Person, Span


class PlayedMessage(Protocol):
    """One message as it stands now."""

    @property
    def id(self) -> str:
        """Unique on the platform."""

    @property
    def author(self) -> Person | None:
        """Who wrote it; None for the bot."""

    @property
    def at(self) -> datetime:
        """When, aware UTC."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """What it says, in order."""

    @property
    def card(self) -> LinkCard | None:
        """The card below the text."""

    @property
    def reply_to(self) -> str | None:
        """The id of the message it answers."""

    @property
    def private_to(self) -> str | None:
        """The id of the only person who sees it; None for everybody."""

    @property
    def buttons(self) -> tuple[Button, ...]:
        """What can be chosen below it."""

    @property
    def reactions(self) -> Mapping[str, tuple[str, ...]]:
        """Who reacted, by emoji."""


@runtime_checkable
class Playable(Protocol):
    """A platform whose members can be played."""

    def introduce(self, person: Person) -> None:
        """Say who a person is before they act."""

    def says(self, space: str, person: str, text: str, *, reply_to: str | None = None) -> str:
        """Let a person write and return the message's id; KeyError for a community or message that is not there."""

    def reacts(self, space: str, person: str, message_id: str, emoji: str) -> None:
        """Let a person put a reaction on a message; KeyError for an unknown one."""

    def presses(self, space: str, person: str, message_id: str, button: str) -> None:
        """Let a person press a button, by its id; KeyError for a message or a button that is not there."""

    def transcript(self, space: str) -> Sequence[PlayedMessage]:
        """Everything that stands in a community, oldest first; KeyError for an unknown one."""

    async def committed(self) -> None:
        """Return once everything that has happened so far is committed by the core."""
