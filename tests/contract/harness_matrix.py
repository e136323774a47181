"""The people on the other side of Matrix: a homeserver on loopback and a room on it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from adapters.matrix.adapter import MatrixPlatform
from adapters.matrix.settings import Account, Address
from bot.messages import OutgoingPost, PostedRef
from tests.contract.harness import COMMANDS, Capability, FailureKind, PostedText, Verb
from tests.servers.matrix_server import TOKEN, FaultKind, MatrixServer
from tests.servers.matrix_server import Verb as Call
from tests.servers.matrix_shown import links, shown
from tests.servers.matrix_world import BOT, DOMAIN

FAULTS: dict[FailureKind, FaultKind] = {
    "rate_limited": "flood",
    # aiohttp repeats a PUT whose connection was cut, as it may: only an answer can be uncertain
    "uncertain": "error_after",
    "channel_lost": "forbidden",
    "rejected": "rejected",
    "login": "unauthorised",
}
CALLS: dict[Verb, Call] = {"post": "send", "edit": "send", "delete": "redact"}


class _Platform(MatrixPlatform):
    """The real adapter, after whose every send a homeserver that was away comes back."""

    server: MatrixServer

    async def post(self, post: OutgoingPost) -> PostedRef:
        try:
            return await super().post(post)
        finally:
            await self.server.start()

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        try:
            await super().edit(posted, post)
        finally:
            await self.server.start()

    async def delete(self, posted: PostedRef) -> None:
        try:
            await super().delete(posted)
        finally:
            await self.server.start()


class Harness:
    """A room the bot is in."""

    name = "matrix"
    secrets = (TOKEN,)
    lacks: dict[Capability, str] = {"presses": "a room has no buttons; what can be chosen is chosen by a reaction"}  # noqa: RUF012  # the protocol's own shape; nothing writes to it

    def __init__(self) -> None:
        self.server = MatrixServer()
        self.world = self.server.world
        self.room = self.world.add_room()
        for each in (1, 2, 3):
            self.world.joins(self.room, self.world.user(f"{each}" * 18))
        self.place = Address(room=self.room.id).place("warung")
        self.platform: MatrixPlatform

    async def __aenter__(self) -> Self:
        """Start the server, which gives the address the adapter is built with."""
        await self.server.start()
        settings = Account.model_validate({"token": TOKEN, "homeserver": self.server.base})
        platform = _Platform(settings, commands=COMMANDS, places=(self.place,), now=lambda: datetime.now(UTC))  # noqa: TID251 - the clock's own stand-in
        platform.server = self.server
        self.platform = platform
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the platform, then the server it may still be talking to."""
        await self.platform.close()
        await self.server.stop()

    def known_as(self, author_id: str) -> str:
        """Return the id of an account of this homeserver."""
        return f"@{author_id}:{DOMAIN}"

    async def says(
        self,
        author_id: str,
        text: str,
        *,
        reply_to: str | None = None,
        mention_bot: bool = False,
        is_bot: bool = False,
    ) -> str:
        """Let somebody write, naming the bot as clients do; other bots write notices."""
        await self.server.until_listened_to()
        content: dict[str, object] = {"m.mentions": {"user_ids": [BOT]} if mention_bot else {}}
        if mention_bot:
            pill = f'<a href="https://matrix.to/#/{BOT}">Tani</a>'
            content |= {"format": "org.matrix.custom.html", "formatted_body": f"{pill}: {text}"}
        if is_bot:
            content["msgtype"] = "m.notice"
        if reply_to is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        return self.world.says(
            self.room, self.world.user(author_id), f"Tani: {text}" if mention_bot else text, **content
        )

    async def says_as_bot_itself(self, text: str) -> None:
        """Deliver the bot's own message."""
        await self.server.until_listened_to()
        self.world.says(self.room, BOT, text)

    async def sends_something_unsupported(self) -> None:
        """A message nobody can read, a kind of message nobody knows, and a new name of somebody."""
        await self.server.until_listened_to()
        dewi = self.world.user("1" * 18)
        self.world.says(self.room, dewi, "", body=["no", "text"])
        self.world.says(self.room, dewi, "?", msgtype="test.telepathy")
        self.world.joins(self.room, dewi)

    async def appoints(self, author_id: str) -> None:
        """Make somebody a moderator, whom the room's settings let remove people."""
        self.world.appoints(self.room, self.world.user(author_id))

    async def reacts(self, author_id: str, message_id: str, emoji: str) -> None:
        """Let somebody react."""
        await self.server.until_listened_to()
        self.world.reacts(self.room, self.world.user(author_id), message_id, emoji)

    async def presses(self, author_id: str, message_id: str, button: str) -> None:
        """Never asked of a room."""
        raise NotImplementedError(author_id, message_id, button)

    def notices(self) -> list[str]:
        """Never asked of a room."""
        raise NotImplementedError

    def choices(self, message_id: str) -> tuple[str, ...]:
        """Return what the last line says that reactions mean."""
        _, _, offered = str(self.standing(message_id)).rpartition("\n\n")
        return tuple(offered.split(" · "))

    def posted(self) -> list[PostedText]:
        """Return what the server took; replacements are no posts."""
        return [
            PostedText(
                channel=sent.room,
                text=shown(sent.content),
                reply_to=sent.content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id"),
                mentions_pinged=bool(sent.content["m.mentions"]),
                links=tuple(links(sent.content)),
            )
            for sent in self.server.sent
            if "m.new_content" not in sent.content
        ]

    def standing(self, message_id: str) -> str | None:
        """Return what a message of the bot says now."""
        return self.world.text_of(self.room, message_id)

    async def fail_next_send(self, kind: FailureKind, *, verb: Verb = "post") -> None:
        """Let the next call of this kind meet this."""
        if kind == "down":
            await self.server.stop()
        else:
            self.server.fail_next(CALLS[verb], FAULTS[kind])
