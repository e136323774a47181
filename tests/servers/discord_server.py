"""A small Discord on loopback: strict gateway and REST API, and a hand for what members do.

The wire is `discord_gateway` and `discord_rest`; this is what a test holds.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.servers.discord_gateway import (
    DIRECT_MESSAGES,
    GUILD_MEMBERS,
    GUILD_MESSAGES,
    GUILD_REACTIONS,
    GUILDS,
    Gateway,
)
from tests.servers.discord_rest import Fault, FaultKind, Rest
from tests.servers.discord_state import Accepted, DiscordState, Guild, Interaction, now

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.dGhpcy1pcy1ub3QtYS1yZWFsLXRva2Vu"


class DiscordServer:
    """Start it with `async with`; then `api_base` and `gateway` are where a client finds it."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        privileged_intents: bool = True,
        channel_burst: int = 5,
        channel_window: float = 5.0,
        heartbeat_seconds: float = 41.25,
        shards: int = 1,
        max_concurrency: int = 1,
        identify_seconds: float = 0.0,
        logins_a_day: int = 1000,
    ) -> None:
        self.state = DiscordState(token=token, privileged_intents=privileged_intents)
        self.line = Gateway(
            self.state,
            heartbeat_seconds=heartbeat_seconds,
            shards=shards,
            max_concurrency=max_concurrency,
            identify_seconds=identify_seconds,
            logins_a_day=logins_a_day,
        )
        self.rest = Rest(self.state, self.line, channel_burst=channel_burst, channel_window=channel_window)
        self._runner: web.AppRunner | None = None
        self.api_base = ""
        self.gateway = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.rest.guard])
        app.add_routes([web.get("/gateway/", self.line.accept), web.get("/gateway", self.line.accept)])
        app.add_routes(self.rest.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_base = f"http://127.0.0.1:{port}/api/v10"
        self.gateway = self.line.address = f"ws://127.0.0.1:{port}/gateway/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.cut_all()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def bot_id(self) -> str:
        """The bot's user id."""
        return str(self.state.bot["id"])

    @property
    def sent(self) -> list[Accepted]:
        """What was taken from the bot, oldest first."""
        return self.state.sent

    def add_guild(self, name: str = "Roasters") -> Guild:
        """A server with the bot in it and one channel."""
        return self.state.add_guild(name)

    def person(self, guild: Guild, name: str, *, user_id: str | None = None, is_bot: bool = False) -> str:
        """The id of a member who has been there for long."""
        user = self.state.user(name, user_id=user_id, is_bot=is_bot)
        guild.members[user["id"]] = self.state.member(user)
        return str(user["id"])

    def fail_next(self, kind: FaultKind, *, seconds: float = 0.0) -> None:
        """Let the next message from the bot meet a fault."""
        self.rest.faults.append(Fault(kind=kind, seconds=seconds))

    def fail_next_acknowledgement(self) -> None:
        """Tear the connection at the next acknowledgement of a command."""
        self.rest.acknowledgements_to_drop += 1

    async def say(
        self, guild: Guild, channel_id: str, author_id: str, text: str, *, reply_to: str | None = None, **extra: Any
    ) -> str:
        """A member writes; returns the message's id. `extra` replaces fields of the message object."""
        member = guild.members[author_id]
        message = self.state.message_object(channel_id, member["user"], text, reply_to=reply_to, **extra)
        await self.line.tell(
            "MESSAGE_CREATE", {**message, "guild_id": guild.id, "member": _bare(member)}, intent=GUILD_MESSAGES
        )
        return str(message["id"])

    async def say_directly(self, user_id: str, name: str, text: str) -> tuple[str, str]:
        """Somebody writes to the bot alone; returns the channel's and the message's id."""
        user = self.state.user(name, user_id=user_id)
        channel_id = self.state.new_id()
        self.state.direct[channel_id] = {"id": channel_id, "type": 1, "recipients": [user]}
        message = self.state.message_object(channel_id, user, text)
        await self.line.tell("MESSAGE_CREATE", message, intent=DIRECT_MESSAGES)
        return channel_id, str(message["id"])

    async def edit(self, guild: Guild, channel_id: str, message_id: str, text: str) -> None:
        """The author changes a message."""
        message = self.state.messages[channel_id][message_id]
        message.update(content=text, edited_timestamp=now())
        await self.line.tell("MESSAGE_UPDATE", {**message, "guild_id": guild.id}, intent=GUILD_MESSAGES)

    async def delete(self, guild: Guild, channel_id: str, *message_ids: str) -> None:
        """Messages are removed, in bulk when they are many."""
        where = {"channel_id": channel_id, "guild_id": guild.id}
        for message_id in message_ids:
            self.state.messages[channel_id].pop(message_id, None)
        if len(message_ids) == 1:
            await self.line.tell("MESSAGE_DELETE", {"id": message_ids[0], **where}, intent=GUILD_MESSAGES)
        else:
            await self.line.tell("MESSAGE_DELETE_BULK", {"ids": list(message_ids), **where}, intent=GUILD_MESSAGES)

    async def react(
        self, guild: Guild, channel_id: str, message_id: str, user_id: str, emoji: str, *, removed: bool = False
    ) -> None:
        """A member puts a reaction on a message, or takes it back."""
        data: dict[str, Any] = {
            "user_id": user_id,
            "channel_id": channel_id,
            "message_id": message_id,
            "guild_id": guild.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if not removed:
            wrote = self.state.messages[channel_id][message_id]["author"]["id"]
            data |= {"member": guild.members[user_id], "message_author_id": wrote, "burst_colors": []}
        event = "MESSAGE_REACTION_REMOVE" if removed else "MESSAGE_REACTION_ADD"
        await self.line.tell(event, data, intent=GUILD_REACTIONS)

    async def join(self, guild: Guild, name: str, *, user_id: str | None = None) -> str:
        """Somebody enters a server; returns their id."""
        joined = self.person(guild, name, user_id=user_id)
        await self.line.tell("GUILD_MEMBER_ADD", {**guild.members[joined], "guild_id": guild.id}, intent=GUILD_MEMBERS)
        return joined

    async def leave(self, guild: Guild, user_id: str) -> None:
        """Somebody goes."""
        member = guild.members.pop(user_id)
        await self.line.tell(
            "GUILD_MEMBER_REMOVE", {"user": member["user"], "guild_id": guild.id}, intent=GUILD_MEMBERS
        )

    async def pick(
        self, guild: Guild, channel_id: str, user_id: str, name: str, *, words: str | None = None, locale: str = "id"
    ) -> Interaction:
        """A member picks one of the registered commands, with words for its option."""
        command = next(each for each in self.state.commands[guild.id] if each["name"] == name)
        options = []
        if words is not None:
            options = [{"type": 3, "name": command["options"][0]["name"], "value": words}]
        data = {"id": command["id"], "name": name, "type": 1, "guild_id": guild.id, "options": options}
        return await self._interact(guild, channel_id, user_id, {"type": 2, "data": data}, locale=locale)

    async def press(
        self, guild: Guild, channel_id: str, message_id: str, user_id: str, custom_id: str, *, locale: str = "id"
    ) -> Interaction:
        """A member presses a button below one of the bot's messages."""
        message = self.state.messages[channel_id][message_id]
        drawn = [button["custom_id"] for row in message["components"] for button in row["components"]]
        assert custom_id in drawn, drawn
        body = {"type": 3, "message": message, "data": {"custom_id": custom_id, "component_type": 2, "id": 2}}
        return await self._interact(guild, channel_id, user_id, body, pressed=message, locale=locale)

    async def _interact(
        self,
        guild: Guild,
        channel_id: str,
        user_id: str,
        body: dict[str, Any],
        *,
        pressed: dict[str, Any] | None = None,
        locale: str,
    ) -> Interaction:
        number = self.state.new_id()
        interaction = Interaction(
            id=number,
            token=f"aW50ZXJhY3Rpb24_{number}",
            channel_id=channel_id,
            user=guild.members[user_id]["user"],
            pressed=pressed,
        )
        self.state.interactions[interaction.token] = interaction
        data = {
            "id": interaction.id,
            "application_id": self.state.application_id,
            "token": interaction.token,
            "version": 1,
            "guild_id": guild.id,
            "channel_id": channel_id,
            "channel": {**(guild.channels | guild.threads)[channel_id], "permissions": "0"},
            "member": {**guild.members[user_id], "permissions": "0"},
            "locale": locale,
            "guild_locale": "id",
            "app_permissions": str(guild.bot_rights),
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild.id},
            "context": 0,
            "attachment_size_limit": 10_485_760,
            **body,
        }
        await self.line.tell("INTERACTION_CREATE", data, intent=GUILDS)
        return interaction


def _bare(member: dict[str, Any]) -> dict[str, Any]:
    """A member without its user, as it comes with a message."""
    return {key: value for key, value in member.items() if key != "user"}
