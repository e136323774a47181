"""What a small Discord knows: servers, channels, people, messages, and what it took from the bot.

Here belong the objects as Discord writes them. The wire is `discord_gateway` and `discord_rest`.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

#: Milliseconds of Discord's epoch, 2015-01-01.
_EPOCH = 1_420_070_400_000
LOADING = 1 << 7
EPHEMERAL = 1 << 6
#: View Channel, Send Messages, Embed Links, Read Message History, Send Messages in Threads.
ALL_RIGHTS = (1 << 10) | (1 << 11) | (1 << 14) | (1 << 16) | (1 << 38)
READ_HISTORY = 1 << 16
TEXT_CHANNEL = 0
VOICE_CHANNEL = 2
PUBLIC_THREAD = 11
FORUM = 15


def _snowflakes() -> Iterator[int]:
    """Ids that rise and carry the time of their making."""
    for step in itertools.count():
        yield ((time.time_ns() // 1_000_000 - _EPOCH) << 22) | (step & 0x3FFFFF)


@dataclass
class Guild:
    """One server."""

    id: str
    name: str
    owner_id: str
    #: Roles besides the one every member has.
    roles: list[dict[str, Any]] = field(default_factory=list)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    bot_rights: int = ALL_RIGHTS
    takes_commands: bool = True


@dataclass
class Interaction:
    """One picking of a command, or one press of a button."""

    id: str
    token: str
    channel_id: str
    user: dict[str, Any]
    acknowledged: bool = False
    expired: bool = False
    original: dict[str, Any] | None = None
    #: The message whose button was pressed; None for a command.
    pressed: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """One message taken from the bot."""

    #: The message as members see it: Discord's message object.
    message: dict[str, Any]
    #: The request's body as it came.
    body: dict[str, Any]
    #: Whether somebody's telephone rang.
    pinged: bool


class DiscordState:
    """All of it."""

    def __init__(self, *, token: str, privileged_intents: bool = True) -> None:
        self._ids = _snowflakes()
        self.token = token
        self.privileged_intents = privileged_intents
        self.application_id = self.new_id()
        self.bot = self.user("Tani", is_bot=True)
        self.guilds: dict[str, Guild] = {}
        self.direct: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.nonces: dict[tuple[str, str], dict[str, Any]] = {}
        self.commands: dict[str, list[dict[str, Any]]] = {}
        self.interactions: dict[str, Interaction] = {}
        self.sent: list[Accepted] = []

    def new_id(self) -> str:
        """A fresh id."""
        return str(next(self._ids))

    def user(self, name: str, *, is_bot: bool = False, user_id: str | None = None) -> dict[str, Any]:
        """A user object."""
        return {
            "id": user_id or self.new_id(),
            "username": name.lower(),
            "global_name": None if is_bot else name,
            "discriminator": "0",
            "avatar": None,
            "bot": is_bot,
        }

    def add_guild(self, name: str) -> Guild:
        """A server in which the bot is a member and which has one text channel, #general."""
        guild = Guild(id=self.new_id(), name=name, owner_id=self.new_id())
        self.guilds[guild.id] = guild
        guild.members[self.bot["id"]] = self.member(self.bot)
        self.add_channel(guild, "general")
        return guild

    def add_channel(self, guild: Guild, name: str, *, kind: int = TEXT_CHANNEL) -> str:
        """A channel's id."""
        channel_id = self.new_id()
        guild.channels[channel_id] = {
            "id": channel_id,
            "guild_id": guild.id,
            "type": kind,
            "name": name,
            "position": len(guild.channels),
            "permission_overwrites": [],
            "parent_id": None,
            "nsfw": False,
            **({"bitrate": 64_000, "user_limit": 0} if kind == VOICE_CHANNEL else {}),
        }
        return channel_id

    def add_thread(self, guild: Guild, parent_id: str, name: str) -> str:
        """A thread's id."""
        thread_id = self.new_id()
        guild.threads[thread_id] = {
            "id": thread_id,
            "guild_id": guild.id,
            "parent_id": parent_id,
            "owner_id": guild.owner_id,
            "type": PUBLIC_THREAD,
            "name": name,
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": now(),
                "locked": False,
            },
        }
        return thread_id

    def archive(self, guild: Guild, thread_id: str, *, at: datetime | None = None) -> None:
        """A thread is put away, now or at some earlier time; members still find it among the archived ones."""
        stamp = now() if at is None else at.isoformat()
        guild.threads[thread_id]["thread_metadata"] |= {"archived": True, "archive_timestamp": stamp}

    def active_threads(self, guild: Guild) -> list[dict[str, Any]]:
        """Threads that were not put away: the only ones a bot is told of."""
        return [each for each in guild.threads.values() if not each["thread_metadata"]["archived"]]

    def member(self, user: dict[str, Any], *, nick: str | None = None) -> dict[str, Any]:
        """A member object, with its user."""
        return {
            "user": user,
            "nick": nick,
            "roles": [],
            "joined_at": now(),
            "deaf": False,
            "mute": False,
            "flags": 0,
            "avatar": None,
        }

    def guild_object(self, guild: Guild) -> dict[str, Any]:
        """GUILD_CREATE and Get Guild."""
        everyone = {
            "id": guild.id,
            "name": "@everyone",
            "permissions": str(guild.bot_rights),
            "position": 0,
            "color": 0,
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": guild.id,
            "name": guild.name,
            "owner_id": guild.owner_id,
            "icon": None,
            "splash": None,
            "banner": None,
            "description": None,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": "id",
            "system_channel_id": None,
            "system_channel_flags": 0,
            "features": [],
            "emojis": [],
            "stickers": [],
            "roles": [everyone, *guild.roles],
            "channels": list(guild.channels.values()),
            "threads": self.active_threads(guild),
            "members": [guild.members[self.bot["id"]]],
            "member_count": len(guild.members),
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "large": False,
            "unavailable": False,
        }

    def find_channel(self, channel_id: str) -> tuple[Guild | None, dict[str, Any]] | None:
        """A channel or thread with its server; no server for a direct one; None for an unknown id."""
        for guild in self.guilds.values():
            found = guild.channels.get(channel_id) or guild.threads.get(channel_id)
            if found is not None:
                return guild, found
        direct = self.direct.get(channel_id)
        return None if direct is None else (None, direct)

    def message_object(
        self, channel_id: str, author: dict[str, Any], content: str, *, reply_to: str | None = None, **extra: Any
    ) -> dict[str, Any]:
        """A message as Discord describes it, kept in the channel's history."""
        message_id = self.new_id()
        known = {
            member["user"]["id"]: member["user"] for guild in self.guilds.values() for member in guild.members.values()
        }
        named = [known[each] for each in dict.fromkeys(re.findall(r"<@!?(\d+)>", content)) if each in known]
        message: dict[str, Any] = {
            "id": message_id,
            "channel_id": channel_id,
            "author": author,
            "content": content,
            "timestamp": now(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": named,
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
            "components": [],
        }
        history = self.messages.setdefault(channel_id, {})
        if reply_to is not None:
            message["type"] = 19
            message["message_reference"] = {"type": 0, "channel_id": channel_id, "message_id": reply_to}
            message["referenced_message"] = history.get(reply_to)
        message.update(extra)
        history[message_id] = message
        found = self.find_channel(channel_id)
        if found is not None:
            found[1]["last_message_id"] = message_id
        return message


def now() -> str:
    """The time as Discord writes it."""
    return datetime.fromtimestamp(time.time_ns() / 1e9, UTC).isoformat()
