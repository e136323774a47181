"""What is remembered of the rooms between events: who sent what, in which thread, and which reactions there are.

Here belongs memory, bounded and lost at the end of the process; what is missing from it can be asked of the homeserver.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from adapters.matrix.homeserver import Json
from adapters.matrix.incoming import is_person, redacted, related
from bot.messages import ReactionGiven

#: Events remembered over all rooms; about 300 bytes each.
_REMEMBERED: Final = 20_000

V = TypeVar("V")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    """An event that was seen."""

    author: str
    thread: str | None


class Rooms:
    """Meets `adapters.matrix.incoming.Known`."""

    def __init__(self, *, name_of: Callable[[str, str], str], is_direct: Callable[[str], bool]) -> None:
        self._name_of = name_of
        self._is_direct = is_direct
        self._sent: OrderedDict[tuple[str, str], _Sent] = OrderedDict()
        self._gone: OrderedDict[tuple[str, str], bool] = OrderedDict()
        self._reactions: OrderedDict[tuple[str, str], ReactionGiven] = OrderedDict()

    def name_of(self, room: str, user_id: str) -> str:
        """Return what members call somebody."""
        return self._name_of(room, user_id)

    def is_direct(self, room: str) -> bool:
        """Whether the room is a talk of one person with the bot."""
        return self._is_direct(room)

    def author_of(self, room: str, event_id: str) -> str | None:
        """Return who sent an event, if that is known."""
        sent = self._sent.get((room, event_id))
        return None if sent is None else sent.author

    def thread_of(self, room: str, event_id: str) -> str | None:
        """Return the thread an event is in, if it is known to be in one."""
        sent = self._sent.get((room, event_id))
        return None if sent is None else sent.thread

    def reaction(self, room: str, event_id: str) -> ReactionGiven | None:
        """Return what a reaction was, if it is known."""
        return self._reactions.get((room, event_id))

    def stands(self, room: str, event_id: str) -> bool:
        """Whether an event is known to be there still."""
        return (room, event_id) in self._sent and (room, event_id) not in self._gone

    def remember(self, room: str, event: Json) -> None:
        """Take an event in, of whatever kind and author."""
        event_id, author, content = event.get("event_id"), event.get("sender"), event.get("content")
        if not isinstance(event_id, str) or not is_person(author):
            return
        if event.get("type") == "m.room.redaction":
            target = redacted(event)
            if target is not None:
                _keep(self._gone, (room, target), value=True)
            return
        thread = related(content, "m.thread") if isinstance(content, dict) else None
        _keep(self._sent, (room, event_id), value=_Sent(author=author, thread=thread))

    def remember_reaction(self, room: str, given: ReactionGiven) -> None:
        """Take a reaction in, so that its being taken back can be told from a message being deleted."""
        _keep(self._reactions, (room, given.event_id), value=given)


def _keep(where: OrderedDict[tuple[str, str], V], key: tuple[str, str], *, value: V) -> None:
    where[key] = value
    if len(where) > _REMEMBERED:
        where.popitem(last=False)
