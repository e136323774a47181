"""A server on Discord: the real SDK against a gateway and a REST API on loopback."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from bot.ports.platform import Platform
from tests.journeys.community import NAMES, Posted
from tests.journeys.waiting import until
from tests.servers.discord_gateway import GUILD_MESSAGES
from tests.servers.discord_markdown import links, shown
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_state import EPHEMERAL, Accepted, Interaction


class DiscordCommunity:
    """A server with one channel."""

    platform = "discord"
    #: A gateway repeats nothing to a new session, but the channels' history is read.
    keeps_updates = True

    def __init__(self) -> None:
        self.server = DiscordServer(channel_burst=1000)
        self.guild = self.server.add_guild("Kopi Tani")
        self.channel = next(iter(self.guild.channels))
        for member, name in NAMES.items():
            self.server.person(self.guild, name, user_id=member)
        self._picked: dict[str, Interaction] = {}

    @property
    def accounts(self) -> str:
        """The account, at the server on loopback."""
        where = f'api_base: "{self.server.api_base}", gateway: "{self.server.gateway}"'
        return f'  discord: {{token: "${{DISCORD_TOKEN}}", {where}}}\n'

    @property
    def address(self) -> str:
        """The server's and the channel's id."""
        return f'    server: "{self.guild.id}"\n    channels: {{posts: "{self.channel}"}}\n'

    @property
    def environment(self) -> dict[str, str]:
        """The token."""
        return {"DISCORD_TOKEN": TOKEN}

    async def __aenter__(self) -> Self:
        """Start the server."""
        await self.server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        await self.server.__aexit__(kind, error, trace)

    def known_as(self, person: str) -> str:
        """Digits are ids here."""
        return person

    async def meet(self, platform: Platform) -> None:
        """Wait for a living session: only those who listen are told."""
        del platform
        await until(lambda: self.server.line.connected, "the gateway's session")

    async def says(self, person: str, text: str, *, to_bot: bool = False, reply_to: str | None = None) -> str:
        """A member writes."""
        words = f"<@{self.server.bot_id}> {text}" if to_bot else text
        return await self.server.say(self.guild, self.channel, person, words, reply_to=reply_to)

    async def commands(self, person: str, command: str) -> str:
        """A member picks a command from the menu."""
        await until(lambda: self.server.state.commands.get(self.guild.id), "the menu")
        picked = await self.server.pick(self.guild, self.channel, person, command)
        self._picked[picked.token] = picked
        return picked.token

    async def reacts(self, person: str, message_id: str, emoji: str) -> None:
        """A member reacts."""
        await self.server.react(self.guild, self.channel, message_id, person, emoji)

    async def chooses(self, person: str, message_id: str, sign: str) -> None:
        """A member presses a button."""
        drawn = self.server.state.messages[self.channel][message_id]["components"]
        (pressed,) = [each["custom_id"] for row in drawn for each in row["components"] if each["emoji"]["name"] == sign]
        await self.server.press(self.guild, self.channel, message_id, person, pressed)

    def told(self) -> list[str]:
        """What only they see."""
        return [shown(each.message["content"]) for each in self.server.sent if _is_notice(each)]

    async def joins(self, person: str) -> None:
        """Somebody enters."""
        await self.server.join(self.guild, NAMES[person], user_id=person)

    async def tells_again(self, message_id: str) -> None:
        """MESSAGE_CREATE once more, as after a resumed session."""
        message = self.server.state.messages[self.channel][message_id]
        await self.server.line.tell("MESSAGE_CREATE", {**message, "guild_id": self.guild.id}, intent=GUILD_MESSAGES)

    def goes_away(self) -> None:
        """The next message meets a proxy's page: it was certainly not taken."""
        self.server.fail_next("proxy_page")

    def is_lost(self) -> None:
        """The bot loses the right to write."""
        self.guild.bot_rights &= ~(1 << 11)

    def posted(self) -> list[Posted]:
        """What the bot has written."""
        return [self._as_seen(each) for each in self.server.sent if not _is_notice(each)]

    def _as_seen(self, accepted: Accepted) -> Posted:
        message, allowed = accepted.message, accepted.body["allowed_mentions"]
        picked = next(
            (token for token, each in self._picked.items() if each.original and each.original["id"] == message["id"]),
            None,
        )
        named = {member for member in allowed["users"] if f"<@{member}>" in message["content"]}
        assert (allowed["parse"], allowed["replied_user"]) == ([], False)
        text = shown(message["content"])
        for member in named:
            text = text.replace(f"⟦<@{member}>⟧", NAMES[member])
        return Posted(
            id=message["id"],
            text=text,
            reply_to=picked or message.get("message_reference", {}).get("message_id"),
            notified=tuple(sorted(named)),
            links=tuple(links(message["content"])),
            card=next((embed["url"] for embed in message["embeds"] if "url" in embed), None),
            private=bool(message["flags"] & EPHEMERAL),
        )


def _is_notice(accepted: Accepted) -> bool:
    """Whether it answers a press: nobody else sees it, and it is the bot's first word on it."""
    return bool(accepted.message["flags"] & EPHEMERAL) and "webhook_id" in accepted.message
