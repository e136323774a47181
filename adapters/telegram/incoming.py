"""Telegram's to ours: one update becomes the events it means, often none. Pure.

No update that is what the Bot API documents raises; the SDK checks no types, and one that is not may.

Not here: fetching updates, and deciding what an event is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from telegram import (
    Chat,
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Message,
    MessageEntity,
    MessageReactionUpdated,
    ReactionType,
    ReactionTypeCustomEmoji,
    ReactionTypeEmoji,
    Update,
    User,
)

from adapters.telegram.entities import Self, clean, read_command, read_text
from adapters.telegram.moves import read_move
from adapters.telegram.settings import NAME
from bot.messages import (
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
ALLOWED_UPDATES = ("message", "edited_message", "message_reaction", "chat_member", "my_chat_member")

#: Threads of recent messages by (chat id, message id): a reaction does not say in which topic its message stands.
Threads: TypeAlias = Mapping[tuple[int, int], str]

#: What somebody can write; a message with none of these is a service message.
_CONTENT = (
    "text", "caption", "photo", "sticker", "animation", "video", "video_note", "voice", "audio", "document",
    "live_photo", "story", "poll", "location", "venue", "contact", "dice", "game", "checklist", "paid_media",
)  # fmt: skip

_INSIDE = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER})


def read_update(update: Update, me: Self, threads: Threads) -> tuple[Event, ...]:
    """Turn one update into events, oldest first; () for all that is not for us."""
    if update.message is not None:
        moved = read_move(update.message)
        return _read_message(update.message, me) if moved is None else (moved,)
    if update.edited_message is not None:
        return _read_edit(update.edited_message, update.update_id, me)
    if update.message_reaction is not None:
        return _read_reactions(update.message_reaction, update.update_id, threads)
    if update.chat_member is not None:
        return _read_member(update.chat_member)
    return ()


def thread_of(message: Message) -> str | None:
    """Name the forum topic of `message`; None for General, where `message_thread_id` names a chain of replies."""
    if not message.is_topic_message or message.message_thread_id is None:
        return None
    return _number(message.message_thread_id)


def channel_of(chat: Chat, thread: str | None) -> ChannelRef:
    """Say where `chat` is."""
    return ChannelRef(
        platform=NAME, space=_number(chat.id), channel=_number(chat.id), thread=thread, direct=chat.type == Chat.PRIVATE
    )


def _read_message(message: Message, me: Self) -> tuple[Event, ...]:
    if message.new_chat_members:
        return _joined(message)
    if message.left_chat_member is not None:
        return _left(message, message.left_chat_member)
    author = _author_of(message)
    if author is None or author.is_bot or not _has_content(message):
        return ()
    text, entities = _text_of(message)
    chat_id, channel = message.chat.id, channel_of(message.chat, thread_of(message))
    event_id, message_id = f"m:{chat_id}:{message.message_id}", _number(message.message_id)
    answered = _answered(message)
    reply_to = None if answered is None else _ref_of(answered)

    # A forwarded command was given to somebody else, at another time.
    command = None if message.forward_origin is not None else read_command(text, entities, me)
    if command is not None:
        if command.for_other:
            return ()
        return (
            CommandGiven(
                event_id=event_id,
                at=message.date,
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
            at=message.date,
            channel=channel,
            message_id=message_id,
            author=author,
            text=read.text,
            reply_to=reply_to,
            mentions=read.mentions,
            mentions_bot=read.mentions_bot,
            replies_to_bot=answered is not None and answered.from_user is not None and answered.from_user.id == me.id,
        ),
    )


def _read_edit(message: Message, update_id: int, me: Self) -> tuple[Event, ...]:
    author = _author_of(message)
    # A shared live location is "edited" every few seconds while its owner walks.
    if author is None or author.is_bot or message.location is not None or not _has_content(message):
        return ()
    channel = channel_of(message.chat, thread_of(message))
    return (
        MessageEdited(
            event_id=f"e:{message.chat.id}:{message.message_id}:{update_id}",
            at=message.edit_date or message.date,
            channel=channel,
            message=MessageRef(channel=channel, id=_number(message.message_id), author=author.ref),
            author=author,
            text=read_text(*_text_of(message), me).text,
        ),
    )


def _read_reactions(update: MessageReactionUpdated, update_id: int, threads: Threads) -> tuple[Event, ...]:
    if update.user is not None:
        author = _person(update.user)
    elif update.actor_chat is not None:
        author = _chat_as_person(update.actor_chat)
    else:
        return ()
    if author.is_bot:
        return ()
    channel = channel_of(update.chat, threads.get((update.chat.id, update.message_id)))
    message = MessageRef(channel=channel, id=_number(update.message_id))
    old, new = _emoji(update.old_reaction), _emoji(update.new_reaction)
    changes: list[tuple[type[ReactionGiven | ReactionRemoved], str]] = [
        *((ReactionRemoved, emoji) for emoji in old if emoji not in new),
        *((ReactionGiven, emoji) for emoji in new if emoji not in old),
    ]
    return tuple(
        change(
            event_id=f"r:{update.chat.id}:{update.message_id}:{update_id}:{index}",
            at=update.date,
            channel=channel,
            message=message,
            author=author,
            emoji=emoji,
        )
        for index, (change, emoji) in enumerate(changes)
    )


def _read_member(update: ChatMemberUpdated) -> tuple[Event, ...]:
    was, now = _is_inside(update.old_chat_member), _is_inside(update.new_chat_member)
    user = update.new_chat_member.user
    if user.is_bot or was == now:
        return ()
    return (_membership(MemberJoined if now else MemberLeft, update.chat, user, update),)


def _joined(message: Message) -> tuple[Event, ...]:
    return tuple(
        _membership(MemberJoined, message.chat, user, message) for user in message.new_chat_members if not user.is_bot
    )


def _left(message: Message, user: User) -> tuple[Event, ...]:
    return () if user.is_bot else (_membership(MemberLeft, message.chat, user, message),)


def _membership(
    kind: Callable[..., MemberJoined | MemberLeft], chat: Chat, user: User, seen: Message | ChatMemberUpdated
) -> MemberJoined | MemberLeft:
    """Make the event of one coming or going: an administrator is told twice, as member and as service message."""
    verb = "j" if kind is MemberJoined else "l"
    return kind(
        event_id=f"{verb}:{chat.id}:{user.id}:{int(seen.date.timestamp())}",
        at=seen.date,
        channel=channel_of(chat, None),
        author=_person(user),
    )


def _is_inside(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in _INSIDE


def _author_of(message: Message) -> Person | None:
    """Who wrote `message`; None for nobody and for a channel's post that Telegram itself copied into its group.

    On behalf of a chat (an anonymous administrator, a channel) Telegram names a placeholder account in `from`: the
    chat is the author then, and has no rights that could be asked for.
    """
    if message.is_automatic_forward:
        return None
    if message.sender_chat is not None:
        return _chat_as_person(message.sender_chat)
    return None if message.from_user is None else _person(message.from_user)


def _answered(message: Message) -> Message | None:
    """Return the message this one answers.

    In a topic Telegram makes every message "answer" the one that announced the topic, whose id is the topic's.
    """
    answered = message.reply_to_message
    if answered is None or (message.is_topic_message and answered.message_id == message.message_thread_id):
        return None
    return answered


def _ref_of(message: Message) -> MessageRef:
    sender = message.sender_chat or message.from_user
    return MessageRef(
        channel=channel_of(message.chat, thread_of(message)),
        id=_number(message.message_id),
        author=None if sender is None else PersonRef(platform=NAME, id=_number(sender.id)),
    )


def _text_of(message: Message) -> tuple[str, Sequence[MessageEntity]]:
    if message.text is not None:
        return message.text, message.entities
    return message.caption or "", message.caption_entities


def _has_content(message: Message) -> bool:
    return any(getattr(message, name, None) for name in _CONTENT)


def _person(user: User) -> Person:
    return Person(
        ref=PersonRef(platform=NAME, id=_number(user.id)),
        name=clean(user.full_name),
        is_bot=user.is_bot,
        language=None if user.language_code is None else clean(user.language_code),
    )


def _chat_as_person(chat: Chat) -> Person:
    name = chat.title or chat.full_name or chat.username or ""
    return Person(ref=PersonRef(platform=NAME, id=_number(chat.id)), name=clean(name))


def _emoji(reactions: Sequence[ReactionType]) -> list[str]:
    return [name for reaction in reactions if (name := _emoji_name(reaction))]


def _emoji_name(reaction: ReactionType) -> str | None:
    if isinstance(reaction, ReactionTypeEmoji):
        return clean(reaction.emoji)
    if isinstance(reaction, ReactionTypeCustomEmoji):
        return clean(f":{reaction.custom_emoji_id}:")
    # A paid star, or a kind this SDK does not know: not a sign from one member to another.
    return None


def _number(value: int) -> str:
    """Write an id as the core keeps it; what is no number is a mistake of the sender, and raises.

    The SDK checks no types, and a text in an id's place may hold what no database takes.
    """
    return str(int(value))
