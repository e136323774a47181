"""The history DiscordChatExporter writes (format JSON), read as the bot would have heard it.

Pure: one object in, one message out. Its form: https://github.com/Tyrrrz/DiscordChatExporter, JsonMessageWriter. Who
reacted is only in exports made by its newer versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.discord.settings import NAME
from bot.messages import ChannelRef
from bot.ports.history import Object, PastMessage, PastReaction

_SPOKEN = frozenset({"Default", "Reply", "0", "19"})


class DiscordNaming:
    """Meets `bot.ports.history.Naming`."""

    def locate(self, posts: ChannelRef, channel: str | None) -> ChannelRef:
        """Return the channel of that id; a name of some other kind is the channel posts go to."""
        known = channel is not None and channel.isascii() and channel.isdigit()
        return replace(posts, channel=channel, thread=None) if known and channel else posts

    def message_prefix(self, channel: ChannelRef) -> str:  # noqa: ARG002  # message ids are unique on all of Discord
        """Return the same as `incoming`."""
        return "m:"

    def reaction_event(self, channel: ChannelRef, message_id: str, given: PastReaction) -> str:  # noqa: ARG002  # same
        """Return the same as `incoming`."""
        return f"r+:{message_id}:{given.by}:{given.emoji_id or given.emoji}"


class DiscordExport:
    """Meets `bot.ports.history.ExportForm`."""

    title = "DiscordChatExporter export"

    def recognises(self, header: Object) -> bool:
        """Whether it names a server and a channel."""
        return isinstance(header.get("guild"), dict) and isinstance(header.get("channel"), dict)

    def read_place(self, header: Object) -> ChannelRef:
        """Return the channel it was made of; a thread is in the channel it hangs in."""
        guild, channel = header["guild"], header["channel"]
        space, own, parent = _id(guild.get("id")), _id(channel.get("id")), channel.get("categoryId")
        if not space.strip("0"):
            raise ValueError("it is the export of a direct conversation; export a server's channel")
        if "Thread" in str(channel.get("type")) and parent:
            return ChannelRef(platform=NAME, space=space, channel=_id(parent), thread=own)
        return ChannelRef(platform=NAME, space=space, channel=own)

    def read_message(self, item: Object) -> PastMessage | None:
        """Read a message; what Discord itself says (a pin, a join, a boost) is none."""
        if str(item.get("type")) not in _SPOKEN:
            return None
        author = item["author"]
        reference = item.get("reference")
        reactions = item.get("reactions")
        answered = reference.get("messageId") if isinstance(reference, dict) and item["type"] == "Reply" else None
        return PastMessage(
            id=_id(item["id"]),
            at=datetime.fromisoformat(str(item["timestamp"])),
            author=_id(author["id"]),
            author_name=str(author.get("nickname") or author.get("name") or ""),
            is_bot=author.get("isBot") is True,
            text=str(item.get("content") or ""),
            reply_to=None if answered is None else _id(answered),
            mentions=tuple(dict.fromkeys(_id(one["id"]) for one in item.get("mentions") or () if not one.get("isBot"))),
            reactions=tuple(_read_reactions(reactions)),
            all_reactions=_names_all(reactions),
        )


def _read_reactions(value: Any) -> Iterator[PastReaction]:  # noqa: ANN401  # as the file has it
    for counted in value or ():
        emoji = counted["emoji"]
        name, own = str(emoji.get("name") or ""), emoji.get("id")
        for person in counted.get("users") or ():
            if person.get("isBot") is not True:
                yield PastReaction(
                    by=_id(person["id"]), emoji=f":{name}:" if own else name, emoji_id=str(own) if own else None
                )


def _names_all(value: Any) -> bool:  # noqa: ANN401  # as the file has it
    """Whether everybody who reacted is named, which depends on the tool's version and on what it could see."""
    return isinstance(value, list) and all(len(each.get("users") or ()) == each.get("count") for each in value)


def _id(value: object) -> str:
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise ValueError("an id is missing or is no number")
    return text
