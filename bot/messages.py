"""The words that cross a border: what a platform tells the core, and what the core asks a platform to post.

Here belong frozen data and the checks that keep them honest. Nothing here knows an SDK, the database or the
configuration; an adapter imports this module, `bot.errors` and `bot.ports`, and nothing else of the core.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

#: What a button's id is made of: it fits Telegram's callback data (64 bytes) and Discord's custom ids (100 characters).
_BUTTON_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
#: The longest label, and the most buttons below one post: one row on every platform that draws them.
LONGEST_LABEL = 40
MOST_BUTTONS = 5

Style: TypeAlias = Literal["plain", "bold", "italic", "code", "quote"]
PostKind: TypeAlias = Literal["reply", "post"]


def aware_utc(at: datetime, field_name: str) -> datetime:
    """Return `at` in UTC; raise ValueError when it carries no zone, since a naive time means nothing to a reader."""
    if at.tzinfo is None:
        msg = f"{field_name} must carry a time zone, got the naive {at.isoformat()}"
        raise ValueError(msg)
    return at.astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRef:
    """Who, on one platform. Two accounts of one human are two of these."""

    #: The platform's name: the adapter's folder, the YAML key, the metric label.
    platform: str
    #: The platform's own stable id. Never a handle: handles can be taken over.
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A person as an event shows them."""

    #: Their stable identity.
    ref: PersonRef
    #: The display name at this moment; for addressing them, not for keeping.
    name: str
    #: Whether the platform says this account is a bot.
    is_bot: bool = False
    #: The platform's hint of their language (BCP 47), if it gives one.
    language: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelRef:
    """Where, on one platform: the finest place a message can be in."""

    #: The platform's name.
    platform: str
    #: The community on the platform: a Telegram chat, a Discord server, a Matrix room. A direct chat's own id.
    space: str
    #: The channel inside the space; equal to `space` where a space has only one.
    channel: str
    #: The forum topic or thread inside the channel, if any.
    thread: str | None = None
    #: Whether this is a direct conversation with one person.
    direct: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRef:
    """One message on a platform."""

    #: Where it stands.
    channel: ChannelRef
    #: The platform's message id, unique within the channel.
    id: str
    #: Its author, when the event that names the message also names who wrote it; None also when that is this bot.
    author: PersonRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Event:
    """What every event carries. Adapters build the subclasses below."""

    #: Unique on this platform account for ever, and the same when the platform delivers the event again.
    event_id: str
    #: When it happened, aware UTC.
    at: datetime
    #: Where it happened.
    channel: ChannelRef

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", aware_utc(self.at, "at"))


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingMessage(_Event):
    """Somebody other than this bot wrote something."""

    #: The platform's message id.
    message_id: str
    #: Who wrote it.
    author: Person
    #: The text as people see it, mentions of this bot taken out; "" for a picture without a caption.
    text: str
    #: The message it answers, if any.
    reply_to: MessageRef | None = None
    #: People named in it, this bot not among them.
    mentions: tuple[PersonRef, ...] = ()
    #: Whether it names this bot.
    mentions_bot: bool = False
    #: Whether it answers one of this bot's own messages.
    replies_to_bot: bool = False
    #: What its author sent as one and the platform delivers in several messages (an album): the same for all its parts,
    #: unique within the channel; None for a message that is whole.
    part_of: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandGiven(_Event):
    """Somebody gave this bot a command, typed (`/top`) or picked from a menu."""

    #: The canonical command name, lower case, without slash, address or translation ("top").
    name: str
    #: What came after it, trimmed.
    arguments: str
    #: Who gave it.
    author: Person
    #: The message that carried it; None for a menu command that leaves no message.
    message_id: str | None = None
    #: The message it was given in answer to, if any.
    reply_to: MessageRef | None = None
    #: Opaque handle to answer through; it expires. None where an ordinary reply is the way.
    ticket: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReactionGiven(_Event):
    """Somebody put a reaction on a message."""

    #: The message reacted to; its author is often unknown to the event.
    message: MessageRef
    #: Who reacted.
    author: Person
    #: The emoji itself, or the custom emoji's name between colons.
    emoji: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReactionRemoved(_Event):
    """Somebody took a reaction back."""

    #: The message it was on.
    message: MessageRef
    #: Who took it back.
    author: Person
    #: Which reaction.
    emoji: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberJoined(_Event):
    """Somebody entered the community."""

    #: Who.
    author: Person


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberLeft(_Event):
    """Somebody left the community, or was removed from it."""

    #: Who.
    author: Person


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageEdited(_Event):
    """A message's text was changed by its author."""

    #: Which message.
    message: MessageRef
    #: Who wrote it.
    author: Person
    #: The text it has now.
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDeleted(_Event):
    """A message is gone; platforms rarely say who removed it."""

    #: Which message.
    message: MessageRef


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelMoved(_Event):
    """A channel goes on under another address, with the same people; `channel` is the old one.

    Message ids of the old address mean nothing at the new one.
    """

    #: Where it is now.
    to: ChannelRef


@dataclass(frozen=True, kw_only=True, slots=True)
class ButtonPressed(_Event):
    """Somebody pressed a button below one of this bot's posts."""

    #: The post it stands below.
    message: MessageRef
    #: Who pressed it.
    author: Person
    #: The button's id, as the post gave it; members with software of their own can send any other.
    button: str
    #: Opaque handle to acknowledge and answer through; it expires within minutes. None where nobody waits for one.
    ticket: str | None = None


#: What members do.
MemberEvent: TypeAlias = (
    IncomingMessage
    | CommandGiven
    | ButtonPressed
    | ReactionGiven
    | ReactionRemoved
    | MemberJoined
    | MemberLeft
    | MessageEdited
    | MessageDeleted
)
Event: TypeAlias = MemberEvent | ChannelMoved


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A run of text in one style. Text is data: an adapter escapes it or marks it up by entities, never parses it."""

    #: The characters themselves.
    text: str
    #: How they look, where the platform can show it.
    style: Style = "plain"
    #: Where the run leads when pressed (http or https), where the platform can link words; else it is written out.
    url: str | None = None
    #: Somebody the run names on purpose: they are notified where the platform can do it. Nobody else ever is.
    mention: PersonRef | None = None


def text_of(spans: Iterable[Span]) -> str:
    """Return the plain text of spans."""
    return "".join(span.text for span in spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkCard:
    """A link shown as a picture with a title: an embed, a preview."""

    #: The page (http or https).
    url: str
    #: Its title.
    title: str
    #: A sentence or two; may be "".
    description: str = ""
    #: A picture's address (http or https), if any.
    image_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """One of the things a reader can choose below a post.

    Where the platform has no buttons, the choice is offered by what it has: a reaction with `sign`, a typed number.
    """

    #: Comes back as it is when the button is pressed: 1 to 64 of [A-Za-z0-9_.:-], enough to act by after a restart.
    id: str
    #: What it says, at most 40 characters.
    label: str
    #: The emoji that stands for it.
    sign: str

    def __post_init__(self) -> None:
        if _BUTTON_ID.fullmatch(self.id) is None:
            raise ValueError(f"a button's id is 1 to 64 of [A-Za-z0-9_.:-], got {self.id!r}")
        if not 1 <= len(self.label) <= LONGEST_LABEL:
            raise ValueError(f"a button's label has 1 to {LONGEST_LABEL} characters, got {self.label!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingPost:
    """One message to send, already fitted to the platform's limits."""

    #: At most 25 characters of [0-9a-z-], unique per send: the idempotency key where the platform has one.
    id: str
    #: Where to.
    channel: ChannelRef
    #: The text, in order. Never empty.
    spans: tuple[Span, ...]
    #: The message to answer, if any; a platform that can't find it posts without the reference.
    reply_to: str | None = None
    #: The handle to answer through, if the event gave one.
    ticket: str | None = None
    #: Whether only the person asking should see it, where the platform can do that.
    private: bool = False
    #: The card to show below the text, if any; the first link of the text gets no preview without one.
    card: LinkCard | None = None
    #: What a reader can choose below it, at most `MOST_BUTTONS`; an edit without any takes them away.
    buttons: tuple[Button, ...] = ()

    @property
    def text(self) -> str:
        """The plain text of all spans."""
        return text_of(self.spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedRef:
    """What a platform gave back for a post it took."""

    #: Where it stands now.
    channel: ChannelRef
    #: Its message id there.
    message_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a community lives on its platform, as the configuration names it."""

    #: Where posts go.
    posts: ChannelRef
    #: The channels in which members are heard; None for every channel of the space.
    heard: frozenset[str] | None = None
    #: Whether only the thread of `posts` belongs to this community (a forum topic of its own).
    own_thread: bool = False

    def covers(self, channel: ChannelRef) -> bool:
        """Whether an event in `channel` belongs to this community."""
        if (channel.platform, channel.space) != (self.posts.platform, self.posts.space):
            return False
        if self.own_thread and channel.thread != self.posts.thread:
            return False
        return self.heard is None or channel.channel in self.heard
