"""What a chat's history looks like once it is read, and what an adapter knows of its own platform's exports.

An adapter gives the reading of one message of one export, pure, and the ids under which the live account would have
logged it: so history and live events meet. Files, streams and the database are elsewhere. The records here are tuples
with names and no dataclasses: a history has millions of them, and these cost half the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias

from bot.messages import ChannelRef

#: One JSON object of an export.
Object: TypeAlias = Mapping[str, Any]


class PastReaction(NamedTuple):
    """A reaction as an export lists it."""

    #: The person's id.
    by: str
    #: The emoji itself, or the custom emoji's name between colons.
    emoji: str
    #: When, aware; None when the export does not say.
    at: datetime | None = None
    #: The custom emoji's own id, if it has one.
    emoji_id: str | None = None


class PastMessage(NamedTuple):
    """A message as an export gives it."""

    #: The platform's message id.
    id: str
    #: When, aware.
    at: datetime
    #: The author's id.
    author: str
    #: The author's display name; "" when it is not given.
    author_name: str = ""
    #: Whether the author is a bot.
    is_bot: bool = False
    #: Whether it was a command to some bot.
    is_command: bool = False
    text: str = ""
    #: The id of the message it answers, in the same channel.
    reply_to: str | None = None
    #: Ids of the people named.
    mentions: tuple[str, ...] = ()
    reactions: tuple[PastReaction, ...] = ()
    #: Whether `reactions` are all there are, so that one missing was taken back.
    all_reactions: bool = False
    #: The community's key and the channel, where each line says it itself.
    community: str | None = None
    channel: str | None = None


class Naming(Protocol):
    """How an adapter names what it hears."""

    def locate(self, posts: ChannelRef, channel: str | None) -> ChannelRef:
        """Return the channel that a history calls `channel`, of a community whose posts go to `posts`."""

    def message_prefix(self, channel: ChannelRef) -> str:
        """Return what stands before a message's id in the id of its event."""

    def reaction_event(self, channel: ChannelRef, message_id: str, given: PastReaction) -> str:
        """Return the id of the event of a reaction given."""


class ExportForm(Protocol):
    """The JSON document a tool makes of one channel, its messages being in the array `messages`."""

    @property
    def title(self) -> str:
        """What people call it."""

    def recognises(self, header: Object) -> bool:
        """Whether a document that has `header` before its messages is of this form."""

    def read_place(self, header: Object) -> ChannelRef:
        """Return which channel it is; raises ValueError saying what is missing."""

    def read_message(self, item: Object) -> PastMessage | None:
        """Read one message; None for a notice of the platform. Raises ValueError or a LookupError for a broken one."""


class PlainNaming:
    """Meets `Naming` for a platform whose live ids cannot be foreseen."""

    def locate(self, posts: ChannelRef, channel: str | None) -> ChannelRef:
        """Return the channel under the name the history has for it."""
        if channel is None:
            return posts
        return ChannelRef(platform=posts.platform, space=posts.space, channel=channel)

    def message_prefix(self, channel: ChannelRef) -> str:
        """Return the channel, within which message ids are unique."""
        return f"m:{channel.channel}:"

    def reaction_event(self, channel: ChannelRef, message_id: str, given: PastReaction) -> str:
        """Return who put what on which message."""
        return f"r:{channel.channel}:{message_id}:{given.by}:{given.emoji}"
