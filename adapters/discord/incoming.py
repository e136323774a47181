"""What Discord tells us, in our words. Pure: objects of discord.py in, an event or None out, never an exception.

Here belongs the reading of events; the menu of commands is `commands`, and when and how often the core is told is
`adapter`. Own messages, those of other bots, webhooks and system notices are None. Event ids are made of what Discord
sends again unchanged when a connection is resumed, so that a repetition is recognised. A reaction has no id and no
time: given, taken back and given again by one person it keeps one id each for giving and taking, and counts once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import discord

from adapters.discord.settings import NAME
from bot.messages import (
    ChannelRef,
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

#: Gives the channel a thread hangs in, or None when the id is no thread that is known.
ParentOf: TypeAlias = Callable[[int], int | None]

_SPOKEN = {discord.MessageType.default, discord.MessageType.reply}
_MENTION = re.compile(r"( ?)<(@!?|@&|#)(\d+)>")
_CUSTOM_EMOJI = re.compile(r"<a?(:\w+:)\d+>")


def parent_in(client: discord.Client) -> ParentOf:
    """Return a look-up of threads among the channels that `client` knows."""

    def parent_of(channel_id: int) -> int | None:
        channel = client.get_channel(channel_id)
        return channel.parent_id if isinstance(channel, discord.Thread) else None

    return parent_of


def read_channel(channel_id: int, guild_id: int | None, parent_of: ParentOf) -> ChannelRef:
    """Return where something happened; a direct chat is its own space."""
    if guild_id is None:
        return ChannelRef(platform=NAME, space=str(channel_id), channel=str(channel_id), direct=True)
    parent = parent_of(channel_id)
    if parent is None:
        return ChannelRef(platform=NAME, space=str(guild_id), channel=str(channel_id))
    return ChannelRef(platform=NAME, space=str(guild_id), channel=str(parent), thread=str(channel_id))


def read_person(user: discord.abc.User, *, language: str | None = None) -> Person:
    """Return the person behind an account; the name is what members see in this server."""
    return Person(
        ref=PersonRef(platform=NAME, id=str(user.id)), name=clean(user.display_name), is_bot=user.bot, language=language
    )


def read_message(message: discord.Message, *, bot_id: int, parent_of: ParentOf) -> IncomingMessage | None:
    """Return what a member wrote (MESSAGE_CREATE), or None."""
    if not _is_spoken(message):
        return None
    channel = _channel_of(message, parent_of)
    reply_to = _read_reply(message, channel)
    written = _written_ids(message)
    return IncomingMessage(
        event_id=f"m:{message.id}",
        at=message.created_at,
        channel=channel,
        message_id=str(message.id),
        author=read_person(message.author),
        text=read_text(message, bot_id=bot_id),
        reply_to=reply_to,
        mentions=tuple(
            PersonRef(platform=NAME, id=str(user.id))
            for user in message.mentions
            if user.id in written and user.id != bot_id
        ),
        mentions_bot=not written.isdisjoint({bot_id, *_own_roles(message, bot_id)}),
        replies_to_bot=reply_to is not None and reply_to.author == PersonRef(platform=NAME, id=str(bot_id)),
    )


def read_edit(event: discord.RawMessageUpdateEvent, *, bot_id: int, parent_of: ParentOf) -> MessageEdited | None:
    """Return an edit (MESSAGE_UPDATE), or None: Discord also reports previews, pins and the like this way."""
    message = event.message
    if not _is_spoken(message) or message.edited_at is None:
        return None
    channel = _channel_of(message, parent_of)
    author = read_person(message.author)
    return MessageEdited(
        event_id=f"e:{message.id}:{int(message.edited_at.timestamp() * 1000)}",
        at=message.edited_at,
        channel=channel,
        message=MessageRef(channel=channel, id=str(message.id), author=author.ref),
        author=author,
        text=read_text(message, bot_id=bot_id),
    )


def read_deletions(
    event: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent, *, seen_at: datetime, parent_of: ParentOf
) -> tuple[MessageDeleted, ...]:
    """Return what was deleted (MESSAGE_DELETE, MESSAGE_DELETE_BULK), oldest first; `seen_at` stands for the time."""
    channel = read_channel(event.channel_id, event.guild_id, parent_of)
    ids = sorted(event.message_ids) if isinstance(event, discord.RawBulkMessageDeleteEvent) else [event.message_id]
    return tuple(
        MessageDeleted(
            event_id=f"d:{message_id}",
            at=seen_at,
            channel=channel,
            message=MessageRef(channel=channel, id=str(message_id)),
        )
        for message_id in ids
    )


def read_reaction(
    event: discord.RawReactionActionEvent, *, bot_id: int, seen_at: datetime, parent_of: ParentOf
) -> ReactionGiven | ReactionRemoved | None:
    """Return a reaction given or taken back, or None for a bot's; a removal does not say whose account is a bot."""
    if event.user_id == bot_id or (event.member is not None and event.member.bot):
        return None
    channel = read_channel(event.channel_id, event.guild_id, parent_of)
    author = Person(
        ref=PersonRef(platform=NAME, id=str(event.user_id)),
        name=clean(event.member.display_name) if event.member is not None else "",
    )
    wrote = event.message_author_id
    message = MessageRef(
        channel=channel,
        id=str(event.message_id),
        author=None if wrote is None else PersonRef(platform=NAME, id=str(wrote)),
    )
    emoji = clean(f":{event.emoji.name}:" if event.emoji.is_custom_emoji() else event.emoji.name)
    identity = f"{event.message_id}:{event.user_id}:{event.emoji.id or emoji}"
    if event.event_type == "REACTION_ADD":
        return ReactionGiven(
            event_id=f"r+:{identity}", at=seen_at, channel=channel, message=message, author=author, emoji=emoji
        )
    return ReactionRemoved(
        event_id=f"r-:{identity}", at=seen_at, channel=channel, message=message, author=author, emoji=emoji
    )


def read_join(member: discord.Member, *, seen_at: datetime, entrance: ChannelRef) -> MemberJoined | None:
    """Return who entered a server (GUILD_MEMBER_ADD), or None for a bot.

    Discord says which server; `entrance` is the channel of it that the community looks at.
    """
    if member.bot:
        return None
    at = member.joined_at or seen_at
    return MemberJoined(
        event_id=f"j:{member.guild.id}:{member.id}:{int(at.timestamp())}",
        at=at,
        channel=entrance,
        author=read_person(member),
    )


def read_leave(event: discord.RawMemberRemoveEvent, *, seen_at: datetime, entrance: ChannelRef) -> MemberLeft | None:
    """Return who left a server (GUILD_MEMBER_REMOVE), or None for a bot; `entrance` as for `read_join`.

    The event has no time; the membership that ended is known by when it began, or else by the day on which it ended.
    """
    if event.user.bot:
        return None
    joined_at = event.user.joined_at if isinstance(event.user, discord.Member) else None
    membership = seen_at.date().isoformat() if joined_at is None else str(int(joined_at.timestamp()))
    return MemberLeft(
        event_id=f"l:{event.guild_id}:{event.user.id}:{membership}",
        at=seen_at,
        channel=entrance,
        author=read_person(event.user),
    )


def read_text(message: discord.Message, *, bot_id: int) -> str:
    """Return the text as people see it: names for ids, this bot's mention taken out, custom emoji by name."""
    people = {user.id: user.display_name for user in message.mentions}
    own = {bot_id, *_own_roles(message, bot_id)}
    roles = {role.id: role.name for role in message.role_mentions}
    channels = {channel.id: channel.name for channel in message.channel_mentions}

    def show(match: re.Match[str]) -> str:
        space, kind, target = match.group(1), match.group(2), int(match.group(3))
        if kind != "#" and target in own:
            return ""
        names, sign = (channels, "#") if kind == "#" else (roles, "@") if kind == "@&" else (people, "@")
        return f"{space}{sign}{names[target]}" if target in names else match.group()

    return clean(_CUSTOM_EMOJI.sub(r"\1", _MENTION.sub(show, message.content))).strip()


def clean(text: str) -> str:
    """Replace halves of characters and drop NULs: JSON can carry both, databases and terminals can't."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")


def is_withheld(message: discord.Message) -> bool:
    """Whether a member's message came without what makes it one: Discord keeps that from bots without the intent.

    Mentions and direct messages always come whole. https://discord.com/developers/docs/events/gateway#message-content-intent
    """
    said = (message.content, message.attachments, message.embeds, message.stickers, message.components, message.poll)
    return _is_spoken(message) and message.guild is not None and not any(said) and not message.message_snapshots


def _channel_of(message: discord.Message, parent_of: ParentOf) -> ChannelRef:
    """Return where a message stands; one from an archived thread brings along which channel that hangs in."""
    thread = message.channel
    if isinstance(thread, discord.Thread):
        return read_channel(thread.id, thread.guild.id, lambda _: thread.parent_id)
    return read_channel(thread.id, _guild_id(message), parent_of)


def _is_spoken(message: discord.Message) -> bool:
    return message.type in _SPOKEN and not message.author.bot and message.webhook_id is None


def _guild_id(message: discord.Message) -> int | None:
    if message.guild is not None:
        return message.guild.id
    # A server the connection has not described yet: without this its messages would look like direct ones.
    return message.channel.guild_id if isinstance(message.channel, discord.PartialMessageable) else None


def _read_reply(message: discord.Message, channel: ChannelRef) -> MessageRef | None:
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None or reference.message_id is None:
        return None
    answered = reference.resolved
    wrote = answered.author if isinstance(answered, discord.Message) else None
    return MessageRef(
        channel=channel,
        id=str(reference.message_id),
        author=None if wrote is None else PersonRef(platform=NAME, id=str(wrote.id)),
    )


def _own_roles(message: discord.Message, bot_id: int) -> set[int]:
    """Ids of the role that Discord made for this bot: people often pick it instead of the bot of the same name."""
    return {role.id for role in message.role_mentions if role.tags is not None and role.tags.bot_id == bot_id}


def _written_ids(message: discord.Message) -> set[int]:
    """Ids named in the text itself; answering a message pings its author too, which is not naming them."""
    return {int(target) for _, kind, target in _MENTION.findall(message.content) if kind != "#"}
