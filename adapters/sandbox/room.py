"""One community in memory: who is in it and what was said, without time, events or anything of the platform port.

A `Message` never changes: an edit or a reaction puts a new one in its place, and a transcript once taken stays true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.messages import Button, LinkCard, Person, Span, text_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message as it stands now."""

    #: Unique in the sandbox.
    id: str
    #: Who wrote it; None for the bot.
    author: Person | None
    #: When, aware UTC.
    at: datetime
    #: What it says, in order.
    spans: tuple[Span, ...]
    #: The card below the text.
    card: LinkCard | None = None
    #: The id of the message it answers.
    reply_to: str | None = None
    #: The thread it stands in; None for the main room.
    thread: str | None = None
    #: The id of the only person who sees it; None for everybody.
    private_to: str | None = None
    #: What can be chosen below it.
    buttons: tuple[Button, ...] = ()
    #: Who reacted, by emoji, in order of coming.
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: When its text was last changed.
    edited_at: datetime | None = None

    @property
    def text(self) -> str:
        """The plain text as people see it."""
        return text_of(self.spans)


#: Told of a message each time it appears or changes; the second argument is None when it was deleted.
Listener = Callable[[str, Message | None], None]


class Room:
    """The state of one community."""

    def __init__(self) -> None:
        #: Who is in it, by person id.
        self.members: dict[str, Person] = {}
        #: Who has a say in it, by person id.
        self.admins: set[str] = set()
        #: What stands in it, by message id, oldest first.
        self.messages: dict[str, Message] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of every change from now on; call what is returned to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def put(self, message: Message) -> None:
        """Add `message`, or let it take the place of the one with the same id."""
        self.messages[message.id] = message
        self._tell(message.id, message)

    def remove(self, message_id: str) -> None:
        """Take a message away; KeyError if it is not there."""
        del self.messages[message_id]
        self._tell(message_id, None)

    def react(self, message_id: str, person_id: str, emoji: str) -> bool:
        """Put a reaction on a message and say whether it is new; KeyError if there is no such message."""
        message = self.messages[message_id]
        people = message.reactions.get(emoji, ())
        if person_id in people:
            return False
        self.put(replace(message, reactions={**message.reactions, emoji: (*people, person_id)}))
        return True

    def unreact(self, message_id: str, person_id: str, emoji: str) -> bool:
        """Take a reaction back and say whether it was there; KeyError if there is no such message."""
        message = self.messages[message_id]
        people = message.reactions.get(emoji, ())
        if person_id not in people:
            return False
        left = {**message.reactions, emoji: tuple(other for other in people if other != person_id)}
        self.put(replace(message, reactions={key: others for key, others in left.items() if others}))
        return True

    def _tell(self, message_id: str, message: Message | None) -> None:
        for listener in tuple(self._listeners):
            listener(message_id, message)
