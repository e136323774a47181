"""Telegram's to ours: one update becomes the events it means, often none. Pure.

Updates are read as the JSON they come in. The SDK's objects would cost ten times as much to build, field by field for
the whole Bot API, as it takes to read the few fields that are asked for here; they would check no types either, and an
update of a newer Bot API could fail to become one. What is no update the Bot API documents may raise, whatever it is.

Not here: fetching updates, and deciding what an event is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from adapters.telegram.entities import Self, clean, read_command, read_text
from adapters.telegram.moves import read_move
from adapters.telegram.settings import NAME
from bot.messages import (
    ButtonPressed,
    ChannelRef,
    CommandGiven,
    Event,
    IncomingMessage,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessageRef,
    Person,
    PersonRef,
    ReactionGiven,
    ReactionRemoved,
)

#: The updates asked for. Reactions and members come only when named here, and only to an administrator.
ALLOWED_UPDATES = ("message", "edited_message", "message_reaction", "chat_member", "my_chat_member", "callback_query")

#: An object of the Bot API as it comes: Update, Message, User, Chat…
Object: TypeAlias = Mapping[str, Any]

#: Threads of recent messages by (chat id, message id): a reaction does not say in which topic its message stands.
Threads: TypeAlias = Mapping[tuple[int, int], str]

#: What somebody can write; a message with none of these is a service message.
_CONTENT = (
    "text", "caption", "photo", "sticker", "animation", "video", "video_note", "voice", "audio", "document",
    "live_photo", "story", "poll", "location", "venue", "contact", "dice", "game", "checklist", "paid_media",
)  # fmt: skip

#: ChatMember.status of those who are in; a restricted one says so itself.
_INSIDE = frozenset({"creator", "administrator", "member"})


def read_update(update: Object, me: Self, threads: Threads, *, seen_at: datetime) -> tuple[Event, ...]:
    """Turn one update into events, oldest first; () for all that is not for us.

    `seen_at` is the time of what Telegram dates not: the press of a button.
    """
    if (message := update.get("message")) is not None:
        moved = read_move(message)
        return _read_message(message, me) if moved is None else (moved,)
    if (message := update.get("edited_message")) is not None:
        return _read_edit(message, update["update_id"], me)
    if (reaction := update.get("message_reaction")) is not None:
        return _read_reactions(reaction, update["update_id"], threads)
    if (member := update.get("chat_member")) is not None:
        return _read_member(member)
    if (press := update.get("callback_query")) is not None:
        return _read_press(press, threads, seen_at)
    return ()


def thread_of(message: Object) -> str | None:
    """Name the forum topic of `message`; None for General, where `message_thread_id` names a chain of replies."""
    if not message.get("is_topic_message") or message.get("message_thread_id") is None:
        return None
    return _number(message["message_thread_id"])


def channel_of(chat: Object, thread: str | None) -> ChannelRef:
    """Say where `chat` is."""
    number = _number(chat["id"])
    return ChannelRef(
        platform=NAME, space=number, channel=number, thread=thread, direct=chat["type"] == "private"
    )  # fmt: skip


def _read_message(message: Object, me: Self) -> tuple[Event, ...]:
    if message.get("new_chat_members"):
        return _joined(message)
    if message.get("left_chat_member") is not None:
        return _left(message, message["left_chat_member"])
    author = _author_of(message)
    if author is None or author.is_bot or not _has_content(message):
        return ()
    text, entities = _text_of(message)
    channel, message_id = channel_of(message["chat"], thread_of(message)), _number(message["message_id"])
    event_id, at = f"m:{channel.space}:{message_id}", _moment(message["date"])
    answered = _answered(message)
    reply_to = None if answered is None else _ref_of(answered)

    # A forwarded command was given to somebody else, at another time.
    command = None if message.get("forward_origin") is not None else read_command(text, entities, me)
    if command is not None:
        if command.for_other:
            return ()
        return (
            CommandGiven(
                event_id=event_id,
                at=at,
                channel=channel,
                name=me.commands.get(command.name, command.name),
                arguments=command.arguments,
                author=author,
                message_id=message_id,
                reply_to=reply_to,
            ),
        )
    read = read_text(text, entities, me)
    return (
        IncomingMessage(
            event_id=event_id,
            at=at,
            channel=channel,
            message_id=message_id,
            author=author,
            text=read.text,
            reply_to=reply_to,
            mentions=read.mentions,
            mentions_bot=read.mentions_bot,
            replies_to_bot=answered is not None and _is_mine(answered, me),
            part_of=_album_of(message),
        ),
    )


def _read_edit(message: Object, update_id: object, me: Self) -> tuple[Event, ...]:
    author = _author_of(message)
    # A shared live location is "edited" every few seconds while its owner walks.
    if author is None or author.is_bot or message.get("location") is not None or not _has_content(message):
        return ()
    channel, message_id = channel_of(message["chat"], thread_of(message)), _number(message["message_id"])
    return (
        MessageEdited(
            event_id=f"e:{channel.space}:{message_id}:{_number(update_id)}",
            at=_moment(message.get("edit_date") or message["date"]),
            channel=channel,
            message=MessageRef(channel=channel, id=message_id, author=author.ref),
            author=author,
            text=read_text(*_text_of(message), me).text,
        ),
    )


def _read_reactions(update: Object, update_id: object, threads: Threads) -> tuple[Event, ...]:
    if update.get("user") is not None:
        author = _person(update["user"])
    elif update.get("actor_chat") is not None:
        author = _chat_as_person(update["actor_chat"])
    else:
        return ()
    if author.is_bot:
        return ()
    chat = update["chat"]
    channel = channel_of(chat, threads.get((chat["id"], update["message_id"])))
    message = MessageRef(channel=channel, id=_number(update["message_id"]))
    old, new = _emoji(update.get("old_reaction") or ()), _emoji(update.get("new_reaction") or ())
    changes: list[tuple[type[ReactionGiven | ReactionRemoved], str]] = [
        *((ReactionRemoved, emoji) for emoji in old if emoji not in new),
        *((ReactionGiven, emoji) for emoji in new if emoji not in old),
    ]
    return tuple(
        change(
            event_id=f"r:{channel.space}:{message.id}:{_number(update_id)}:{index}",
            at=_moment(update["date"]),
            channel=channel,
            message=message,
            author=author,
            emoji=emoji,
        )
        for index, (change, emoji) in enumerate(changes)
    )


def _read_press(query: Object, threads: Threads, seen_at: datetime) -> tuple[Event, ...]:
    """Return the press of a button below a message of ours; one that carries no data or no message is none."""
    message = query.get("message")
    if message is None or not query.get("data"):
        return ()
    # Below a message that is too old to be shown Telegram gives its chat and number only, dated 0.
    thread = thread_of(message) if message["date"] else threads.get((message["chat"]["id"], message["message_id"]))
    channel = channel_of(message["chat"], thread)
    user = query["from"]
    return (
        ButtonPressed(
            # documented without a length, and no database key is longer
            event_id=f"b:{clean(query['id'])[:200]}",
            at=seen_at,
            channel=channel,
            message=MessageRef(channel=channel, id=_number(message["message_id"])),
            # An anonymous administrator presses with a placeholder account, as they write with one.
            author=_chat_as_person(message["chat"]) if user["is_bot"] else _person(user),
            button=clean(query["data"]),
            ticket=clean(query["id"]),
        ),
    )


def _read_member(update: Object) -> tuple[Event, ...]:
    was, now = _is_inside(update["old_chat_member"]), _is_inside(update["new_chat_member"])
    user = update["new_chat_member"]["user"]
    if user["is_bot"] or was == now:
        return ()
    return (_membership(MemberJoined if now else MemberLeft, update["chat"], user, update),)


def _joined(message: Object) -> tuple[Event, ...]:
    return tuple(
        _membership(MemberJoined, message["chat"], user, message)
        for user in message["new_chat_members"]
        if not user["is_bot"]
    )


def _left(message: Object, user: Object) -> tuple[Event, ...]:
    return () if user["is_bot"] else (_membership(MemberLeft, message["chat"], user, message),)


def _membership(
    kind: Callable[..., MemberJoined | MemberLeft], chat: Object, user: Object, seen: Object
) -> MemberJoined | MemberLeft:
    """Make the event of one coming or going: an administrator is told twice, as member and as service message."""
    verb = "j" if kind is MemberJoined else "l"
    channel, person = channel_of(chat, None), _person(user)
    return kind(
        event_id=f"{verb}:{channel.space}:{person.ref.id}:{_number(seen['date'])}",
        at=_moment(seen["date"]),
        channel=channel,
        author=person,
    )


def _is_inside(member: Object) -> bool:
    if member["status"] == "restricted":
        return bool(member["is_member"])
    return member["status"] in _INSIDE


def _author_of(message: Object) -> Person | None:
    """Who wrote `message`; None for nobody and for a channel's post that Telegram itself copied into its group.

    On behalf of a chat (an anonymous administrator, a channel) Telegram names a placeholder account in `from`: the
    chat is the author then, and has no rights that could be asked for.
    """
    if message.get("is_automatic_forward"):
        return None
    if message.get("sender_chat") is not None:
        return _chat_as_person(message["sender_chat"])
    user = message.get("from")
    return None if user is None else _person(user)


def _answered(message: Object) -> Object | None:
    """Return the message this one answers.

    In a topic Telegram makes every message "answer" the one that announced the topic, whose id is the topic's.
    """
    answered: Object | None = message.get("reply_to_message")
    if answered is None:
        return None
    if message.get("is_topic_message") and answered["message_id"] == message.get("message_thread_id"):
        return None
    return answered


def _album_of(message: Object) -> str | None:
    album: str | None = message.get("media_group_id")
    # documented without a length, and the log has room for 255
    return None if album is None else clean(album)[:200]


def _ref_of(message: Object) -> MessageRef:
    sender = message.get("sender_chat") or message.get("from")
    return MessageRef(
        channel=channel_of(message["chat"], thread_of(message)),
        id=_number(message["message_id"]),
        author=None if sender is None else PersonRef(platform=NAME, id=_number(sender["id"])),
    )


def _is_mine(message: Object, me: Self) -> bool:
    user = message.get("from")
    return user is not None and bool(user["id"] == me.id)


def _text_of(message: Object) -> tuple[str, Sequence[Object]]:
    text: str | None = message.get("text")
    if text is not None:
        return text, message.get("entities") or ()
    return message.get("caption") or "", message.get("caption_entities") or ()


def _has_content(message: Object) -> bool:
    return any(message.get(name) for name in _CONTENT)


def _person(user: Object) -> Person:
    name, last, language = user["first_name"], user.get("last_name"), user.get("language_code")
    return Person(
        ref=PersonRef(platform=NAME, id=_number(user["id"])),
        name=clean(f"{name} {last}" if last else name),
        is_bot=bool(user["is_bot"]),
        language=None if language is None else clean(language),
    )


def _chat_as_person(chat: Object) -> Person:
    name = chat.get("title") or chat.get("username") or ""
    return Person(ref=PersonRef(platform=NAME, id=_number(chat["id"])), name=clean(name))


def _emoji(reactions: Sequence[Object]) -> list[str]:
    return [name for reaction in reactions if (name := _emoji_name(reaction))]


def _emoji_name(reaction: Object) -> str | None:
    match reaction["type"]:
        case "emoji":
            return clean(reaction["emoji"])
        case "custom_emoji":
            return clean(f":{reaction['custom_emoji_id']}:")
    # A paid star, or a kind of next year: not a sign from one member to another.
    return None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _number(value: Any) -> str:  # noqa: ANN401  # whatever stands where the Bot API documents a number
    """Write an id as the core keeps it; what is no number is a mistake of the sender, and raises.

    A text in an id's place may hold what no database takes.
    """
    return str(int(value))
