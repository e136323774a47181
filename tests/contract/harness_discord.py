"""Discord for the contract suite: the adapter against the server on loopback."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from adapters.discord.adapter import DiscordPlatform, build
from adapters.discord.settings import Account, Address
from bot.messages import Place
from bot.ports.platform import Platform
from tests.contract.harness import COMMANDS, Capability, FailureKind, PostedText, Verb
from tests.servers.discord_markdown import links, shown
from tests.servers.discord_rest import FaultKind
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_state import EPHEMERAL, Guild, Interaction

#: A refused connection can't be ordered for one send alone; a proxy's own page is as certain a sign of "not sent".
_FAULTS: dict[FailureKind, FaultKind] = {
    "down": "proxy_page",
    "rate_limited": "rate_limited",
    "uncertain": "accept_then_drop",
    "channel_lost": "unknown_channel",
    "rejected": "rejected",
    "login": "unauthorised",
}


class Harness:
    """One server, one community in it, one adapter that is not yet running."""

    name = "discord"
    secrets: tuple[str, ...] = (TOKEN,)
    lacks: dict[Capability, str] = {}  # noqa: RUF012  # the protocol's own shape; nothing writes to it
    platform: Platform
    place: Place

    def __init__(self) -> None:
        self._server = DiscordServer(channel_burst=1000)
        self._adapter: DiscordPlatform | None = None
        self._guild: Guild | None = None
        self._pressed: list[Interaction] = []

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self._guild = self._server.add_guild("Kopi Tani")
        posts = next(iter(self._guild.channels))
        self.place = Address.model_validate({"server": self._guild.id, "channels": {"posts": posts}}).place("roasters")
        account = Account.model_validate(
            {"token": TOKEN, "api_base": self._server.api_base, "gateway": self._server.gateway}
        )
        self.platform = self._adapter = build(account, commands=COMMANDS, places=(self.place,))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._adapter is not None:
            await self._adapter.close()
        await self._server.__aexit__(kind, error, trace)

    def known_as(self, author_id: str) -> str:
        """Digits are ids here."""
        return author_id

    async def says(
        self, author_id: str, text: str, *, reply_to: str | None = None, mention_bot: bool = False, is_bot: bool = False
    ) -> str:
        """Somebody writes in the community's channel, once the adapter is connected; returns the message's id."""
        guild = await self._listening()
        self._know(author_id, is_bot=is_bot)
        words = f"<@{self._server.bot_id}> {text}" if mention_bot else text
        return await self._server.say(guild, self.place.posts.channel, author_id, words, reply_to=reply_to)

    async def says_as_bot_itself(self, text: str) -> None:
        """The bot's own message comes back to it, as Discord does with every message."""
        guild = await self._listening()
        await self._server.say(guild, self.place.posts.channel, self._server.bot_id, text)

    async def sends_something_unsupported(self) -> None:
        """A pin notice, an event that no client knows, and a picked menu entry of a command that is long gone."""
        guild = await self._listening()
        channel = self.place.posts.channel
        self._know("323232323232323232")
        await self._server.say(guild, channel, "323232323232323232", "", type=6)
        await self._server.line.tell("GUILD_TELEPATHY_UPDATE", {"guild_id": guild.id}, intent=1)
        gone = self._server.state.new_id()
        self._server.state.commands[guild.id] = [{"id": gone, "name": "gone", "options": []}]
        await self._server.pick(guild, channel, "323232323232323232", "gone")

    async def appoints(self, author_id: str) -> None:
        """Give somebody a role that may manage the server (1 << 5)."""
        guild = await self._listening()
        self._know(author_id)
        role = {
            "id": self._server.state.new_id(),
            "name": "Pengurus",
            "permissions": str(1 << 5),
            "position": 1,
            "color": 0,
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        guild.roles.append(role)
        guild.members[author_id]["roles"].append(role["id"])

    async def reacts(self, author_id: str, message_id: str, emoji: str) -> None:
        """Somebody puts a reaction on a message."""
        guild = await self._listening()
        self._know(author_id)
        await self._server.react(guild, self.place.posts.channel, message_id, author_id, emoji)

    async def presses(self, author_id: str, message_id: str, button: str) -> None:
        """Somebody presses a button."""
        guild = await self._listening()
        self._know(author_id)
        self._pressed.append(await self._server.press(guild, self.place.posts.channel, message_id, author_id, button))

    def notices(self) -> list[str]:
        """What those who pressed were told; an acknowledged press of which nothing is said ended in silence."""
        said = [shown(each.message["content"]) for each in self._server.sent if each.message["flags"] & EPHEMERAL]
        return said or ["" for each in self._pressed if each.acknowledged]

    def choices(self, message_id: str) -> tuple[str, ...]:
        """What the row of buttons says."""
        message = self._server.state.messages[self.place.posts.channel][message_id]
        drawn = [button for row in message["components"] for button in row["components"]]
        return tuple(f"{button['emoji']['name']} {button['label']}" for button in drawn)

    def posted(self) -> list[PostedText]:
        """What was taken, oldest first."""
        return [
            PostedText(
                channel=each.message["channel_id"],
                text=shown(each.message["content"] or each.message["embeds"][0]["description"]),
                reply_to=each.message.get("message_reference", {}).get("message_id"),
                mentions_pinged=each.pinged,
                links=tuple(links(each.message["content"])),
            )
            for each in self._server.sent
        ]

    def standing(self, message_id: str) -> str | None:
        """Return what a message of the bot says now."""
        message = self._server.state.messages.get(self.place.posts.channel, {}).get(message_id)
        return None if message is None else shown(message["content"])

    async def fail_next_send(self, kind: FailureKind, *, verb: Verb = "post") -> None:  # noqa: ARG002  # of any verb
        """Let the next send fail in one way."""
        self._server.fail_next(_FAULTS[kind], seconds=30)

    def _know(self, author_id: str, *, is_bot: bool = False) -> None:
        assert self._guild is not None
        if author_id not in self._guild.members:
            self._server.person(self._guild, f"Person {author_id[-2:]}", user_id=author_id, is_bot=is_bot)

    async def _listening(self) -> Guild:
        """Return the guild once the adapter's gateway is up; members are only heard by those who listen."""
        await self._server.line.ready.wait()
        assert self._guild is not None
        return self._guild
