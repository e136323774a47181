"""What a room's events mean, in our words. Pure: an event's JSON in, ours or None out, never an exception.

Here belongs the reading of single events; what must be remembered between them is `rooms`, and fetching is `adapter`.
Any member of a federated room can send content of any shape, so every field is looked at before it is believed.
Sections in docstrings are those of https://spec.matrix.org/latest/client-server-api/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeGuard

from adapters.matrix.homeserver import Json
from adapters.matrix.settings import NAME, PERSON_ID_PATTERN
from bot.messages import (
    ChannelRef,
    CommandGiven,
    Event,
    IncomingMessage,
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

#: What a member can write. Bots write m.notice, and nothing must answer one ("m.notice").
_SPOKEN: Final = frozenset({"m.text", "m.emote", "m.image", "m.file", "m.audio", "m.video", "m.location"})
_EMOJI_LENGTH: Final = 100
_PERSON: Final = re.compile(PERSON_ID_PATTERN)
_COMMAND: Final = re.compile(r"[!/](?P<name>[\w-]+)(?:\s+(?P<rest>.*))?", re.DOTALL)
#: The quotation older clients put above a reply ("Fallbacks for rich replies").
_QUOTATION: Final = re.compile(r"(?:> .*(?:\n|$))+\n?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Self:
    """Who the bot is in the rooms."""

    #: Its user id.
    id: str
    #: The name members see; "" for none.
    name: str
    #: Canonical command names by every name a member may type.
    commands: Mapping[str, str]


class Known(Protocol):
    """What is remembered of a room's earlier events."""

    def name_of(self, room: str, user_id: str) -> str:
        """Return what members call somebody."""

    def author_of(self, room: str, event_id: str) -> str | None:
        """Return who sent an event, if that is known."""

    def thread_of(self, room: str, event_id: str) -> str | None:
        """Return the thread an event is in, if it is known to be in one."""

    def reaction(self, room: str, event_id: str) -> ReactionGiven | None:
        """Return what a reaction was, if it is known."""

    def is_direct(self, room: str) -> bool:
        """Whether the room is a talk of one person with the bot."""


def read_event(room: str, event: Json, me: Self, known: Known, *, seen_at: datetime) -> Event | None:
    """Return what an event of `room` means; None for the bot's own, other bots', and all that is not for us."""
    kind, sender, event_id, content = event.get("type"), event.get("sender"), event.get("event_id"), _content(event)
    if not isinstance(kind, str) or not is_person(sender) or not _is_text(event_id) or content is None:
        return None
    seen = _Seen(room=room, event=event, id=event_id, sender=sender, content=content, at=read_time(event, seen_at))
    ours_or_gone = sender == me.id or "redacted_because" in _object(event.get("unsigned"))
    match kind:
        case "m.room.member":
            return _read_member(seen, me, known)
        case "m.room.redaction":
            return _read_redaction(seen, me, known)
        case "m.reaction" if not ours_or_gone:
            return _read_reaction(seen, known)
        case "m.room.message" if not ours_or_gone:
            return _read_message(seen, me, known)
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """An event whose outermost fields are what they should be."""

    room: str
    event: Json
    id: str
    sender: str
    content: Json
    at: datetime


def is_person(value: object) -> TypeGuard[str]:
    """Whether `value` is a user id."""
    return _is_text(value) and _PERSON.match(value) is not None


def read_time(event: Json, seen_at: datetime) -> datetime:
    """Return when an event was sent; its sender's server says when, so never later than it was seen."""
    stamp = event.get("origin_server_ts")
    if not isinstance(stamp, int) or isinstance(stamp, bool) or not 0 <= stamp < seen_at.timestamp() * 1000:
        return seen_at
    return datetime.fromtimestamp(stamp / 1000, tz=UTC)


def replied_to(content: Json) -> str | None:
    """Return the event a message answers ("Rich replies"); a thread's own fallback is no answer ("Threading")."""
    relation = _object(content.get("m.relates_to"))
    if relation.get("rel_type") == "m.thread" and relation.get("is_falling_back") is True:
        return None
    answered = _object(relation.get("m.in_reply_to")).get("event_id")
    return answered if _is_text(answered) else None


def related(content: Json, kind: str) -> str | None:
    """Return the event that a relation of `kind` (m.thread, m.replace, m.annotation) points to."""
    relation = _object(content.get("m.relates_to"))
    target = relation.get("event_id")
    return target if relation.get("rel_type") == kind and _is_text(target) else None


def redacted(event: Json) -> str | None:
    """Return the event a redaction takes away; since room version 11 its content says which."""
    target = _object(event.get("content")).get("redacts", event.get("redacts"))
    return target if _is_text(target) else None


def needed(event: Json) -> str | None:
    """Return the earlier event whose author must be known to read this one, if any."""
    content = _content(event)
    if event.get("type") != "m.room.message" or content is None:
        return None
    return related(content, "m.replace") or replied_to(content)


def _read_message(seen: _Seen, me: Self, known: Known) -> Event | None:
    content = seen.content
    if related(content, "m.replace") is not None:
        return _read_edit(seen, me, known)
    text = _spoken(content)
    if text is None:
        return None
    answered = replied_to(content)
    channel = _channel(seen, known, thread=related(content, "m.thread"))
    author = _person(seen, known)
    reply_to = None if answered is None else _ref(channel, answered, me, known)
    if answered is not None:
        text = _QUOTATION.sub("", text, count=1) if text.startswith("> ") else text
    command = _COMMAND.fullmatch(text.strip())
    if command is not None and command["name"].lower() in me.commands:
        return CommandGiven(
            event_id=seen.id,
            at=seen.at,
            channel=channel,
            name=me.commands[command["name"].lower()],
            arguments=(command["rest"] or "").strip(),
            author=author,
            message_id=seen.id,
            reply_to=reply_to,
        )
    people, named = _mentions(content, me)
    return IncomingMessage(
        event_id=seen.id,
        at=seen.at,
        channel=channel,
        message_id=seen.id,
        author=author,
        text=_without_name(text, me) if named else text,
        reply_to=reply_to,
        mentions=tuple(PersonRef(platform=NAME, id=person) for person in people),
        mentions_bot=named,
        replies_to_bot=answered is not None and known.author_of(seen.room, answered) == me.id,
    )


def _read_edit(seen: _Seen, me: Self, known: Known) -> MessageEdited | None:
    """Return an edit; one of somebody else's message is none ("Validity of replacement events")."""
    target = related(seen.content, "m.replace")
    text = _spoken(_object(seen.content.get("m.new_content")))
    if target is None or text is None or known.author_of(seen.room, target) not in {None, seen.sender}:
        return None
    author = _person(seen, known)
    channel = _channel(seen, known, thread=known.thread_of(seen.room, target))
    return MessageEdited(
        event_id=seen.id,
        at=seen.at,
        channel=channel,
        message=MessageRef(channel=channel, id=target, author=author.ref),
        author=author,
        text=_without_name(text, me) if _mentions(_object(seen.content.get("m.new_content")), me)[1] else text,
    )


def _read_reaction(seen: _Seen, known: Known) -> ReactionGiven | None:
    target = related(seen.content, "m.annotation")
    key = _object(seen.content.get("m.relates_to")).get("key")
    if target is None or not isinstance(key, str) or not 0 < len(key) <= _EMOJI_LENGTH:
        return None
    channel = _channel(seen, known, thread=known.thread_of(seen.room, target))
    wrote = known.author_of(seen.room, target)
    return ReactionGiven(
        event_id=seen.id,
        at=seen.at,
        channel=channel,
        message=MessageRef(
            channel=channel, id=target, author=None if wrote is None else PersonRef(platform=NAME, id=wrote)
        ),
        author=_person(seen, known),
        emoji=clean(key),
    )


def _read_redaction(seen: _Seen, me: Self, known: Known) -> ReactionRemoved | MessageDeleted | None:
    """Return what was taken away: a reaction that is known to have been one, or else a message."""
    target = redacted(seen.event)
    if target is None or seen.sender == me.id:
        return None
    given = known.reaction(seen.room, target)
    if given is not None:
        return ReactionRemoved(
            event_id=seen.id,
            at=seen.at,
            channel=given.channel,
            message=given.message,
            author=given.author,
            emoji=given.emoji,
        )
    channel = _channel(seen, known, thread=known.thread_of(seen.room, target))
    return MessageDeleted(event_id=seen.id, at=seen.at, channel=channel, message=MessageRef(channel=channel, id=target))


def _read_member(seen: _Seen, me: Self, known: Known) -> MemberJoined | MemberLeft | None:
    """Return who came or went; a new name or picture comes as the same kind of event ("m.room.member")."""
    person = seen.event.get("state_key")
    if not is_person(person) or person == me.id:
        return None
    unsigned = _object(seen.event.get("unsigned"))
    before = _object(unsigned.get("prev_content", seen.event.get("prev_content"))).get("membership")
    now = seen.content.get("membership")
    if (before == "join") == (now == "join"):
        return None
    shown = seen.content.get("displayname") if now == "join" else None
    author = Person(
        ref=PersonRef(platform=NAME, id=person),
        name=clean(shown) if isinstance(shown, str) and shown else clean(known.name_of(seen.room, person)),
    )
    kind = MemberJoined if now == "join" else MemberLeft
    return kind(event_id=seen.id, at=seen.at, channel=_channel(seen, known, thread=None), author=author)


def _spoken(content: Json) -> str | None:
    """Return what is to be read of a message's content: "" for a picture; None when nobody said anything."""
    kind, body = content.get("msgtype"), content.get("body")
    if not isinstance(kind, str) or kind not in _SPOKEN or not isinstance(body, str):
        return None
    if kind in {"m.text", "m.emote"}:
        return clean(body)
    name = content.get("filename")
    # A picture's body is its caption where it differs from the file's name ("Media captions").
    return clean(body) if isinstance(name, str) and name != body else ""


def _mentions(content: Json, me: Self) -> tuple[tuple[str, ...], bool]:
    """Return who is named, the bot not among them, and whether the bot is.

    Older clients write no `m.mentions`: theirs are links to people in the HTML, or the bot's id in the text.
    """
    if isinstance(content.get("m.mentions"), dict):
        listed = content["m.mentions"].get("user_ids")
        people = [each for each in listed if is_person(each)] if isinstance(listed, list) else []
    else:
        shown, body = content.get("formatted_body"), content.get("body")
        linked = re.findall(r'href="https://matrix\.to/#/(@[^"?/]+)"', shown) if isinstance(shown, str) else []
        people = [each for each in linked if is_person(each)]
        if isinstance(body, str) and me.id in body:
            people.append(me.id)
    return tuple(dict.fromkeys(each for each in people if each != me.id)), me.id in people


def _without_name(text: str, me: Self) -> str:
    """Take the bot's name out of a text that names it: clients write its id, or what members see."""
    names = sorted({me.id, f"@{me.name}", me.name, me.id.partition(":")[0]} - {"", "@"}, key=len, reverse=True)
    alternatives = "|".join(map(re.escape, names))
    return re.sub(rf"(?<!\w)(?:{alternatives})(?!\w)[:,]?\s?", "", text, count=1, flags=re.IGNORECASE).strip()


def _channel(seen: _Seen, known: Known, *, thread: str | None) -> ChannelRef:
    return ChannelRef(
        platform=NAME, space=seen.room, channel=seen.room, thread=thread, direct=known.is_direct(seen.room)
    )


def _person(seen: _Seen, known: Known) -> Person:
    return Person(ref=PersonRef(platform=NAME, id=seen.sender), name=clean(known.name_of(seen.room, seen.sender)))


def _ref(channel: ChannelRef, event_id: str, me: Self, known: Known) -> MessageRef:
    wrote = known.author_of(channel.space, event_id)
    person = None if wrote in {None, me.id} or wrote is None else PersonRef(platform=NAME, id=wrote)
    return MessageRef(channel=channel, id=event_id, author=person)


def _content(event: Json) -> Json | None:
    content = event.get("content")
    return content if isinstance(content, dict) else None


def _object(value: Any) -> Json:  # noqa: ANN401 - of any shape
    return value if isinstance(value, dict) else {}


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= 255 and clean(value) == value  # noqa: PLR2004 - "Size limits"


def clean(text: str) -> str:
    """Replace what no database keeps: half characters, which JSON can spell, and the character zero."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
