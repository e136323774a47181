"""The people on the other side of Telegram: a Bot API server on loopback and a group in it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from adapters.telegram.adapter import TelegramPlatform
from adapters.telegram.incoming import ALLOWED_UPDATES
from adapters.telegram.settings import Account, Address
from bot.messages import OutgoingPost, PostedRef
from tests.contract.harness import COMMANDS, Capability, FailureKind, PostedText, Verb
from tests.servers.telegram_server import TOKEN, Fault, TelegramServer

FAULTS: dict[FailureKind, Fault] = {
    "rate_limited": Fault(kind="flood", seconds=3),
    "uncertain": Fault(kind="drop_after"),
    "channel_lost": Fault(kind="forbidden"),
    "rejected": Fault(kind="bad_request"),
    "login": Fault(kind="unauthorized"),
}


METHODS: dict[Verb, str] = {"post": "sendMessage", "edit": "editMessageText", "delete": "deleteMessage"}


class Platform(TelegramPlatform):
    """The real adapter, after whose every send a server that was away comes back."""

    server: TelegramServer

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send."""
        try:
            return await super().post(post)
        finally:
            await self.server.start()

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Change."""
        try:
            await super().edit(posted, post)
        finally:
            await self.server.start()

    async def delete(self, posted: PostedRef) -> None:
        """Take back."""
        try:
            await super().delete(posted)
        finally:
            await self.server.start()


class Harness:
    """A group the bot administers."""

    name = "telegram"
    secrets: tuple[str, ...] = (TOKEN, TOKEN.partition(":")[2])
    lacks: dict[Capability, str] = {}  # noqa: RUF012  # the protocol's own shape; nothing writes to it

    def __init__(self, server: TelegramServer | None = None) -> None:
        self.server = server or TelegramServer()
        self.world = self.server.world
        self.chat_id = self.world.add_group()
        self.place = Address(chat=str(self.chat_id)).place("warung")
        # Telegram remembers what an earlier poll asked for, and would not deliver messages of bots at all.
        self.world.allowed = frozenset(ALLOWED_UPDATES)
        self.world.delivers_bots = True
        self.platform: TelegramPlatform

    async def __aenter__(self) -> Self:
        """Start the server, which gives the address the adapter is built with."""
        await self.server.start()
        settings = Account.model_validate({"token": TOKEN, "api_base": self.server.base})
        platform = Platform(settings, commands=COMMANDS, places=(self.place,), now=lambda: datetime.now(UTC))  # noqa: TID251 - the clock's own stand-in
        platform.server = self.server
        self.platform = platform
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both."""
        await self.platform.close()
        await self.server.stop()

    def known_as(self, author_id: str) -> str:
        """Digits are ids here."""
        return author_id

    async def says(
        self,
        author_id: str,
        text: str,
        *,
        reply_to: str | None = None,
        mention_bot: bool = False,
        is_bot: bool = False,
    ) -> str:
        """Let somebody write, naming the bot by its username where it is meant."""
        written = f"@{self.world.me['username']} {text}" if mention_bot else text
        answered = None if reply_to is None else int(reply_to)
        return str(self.world.says(self.chat_id, int(author_id), written, reply_to=answered, is_bot=is_bot))

    async def says_as_bot_itself(self, text: str) -> None:
        """Deliver the bot's own message."""
        self.world.says(self.chat_id, self.world.me["id"], text)

    async def sends_something_unsupported(self) -> None:
        """Deliver a service message, a message of a kind nobody knows, and word of the bot's own new rights."""
        self.world.sends(self.chat_id, {"from": self.world.user(111), "new_chat_title": "Warung Baru"})
        self.world.sends(self.chat_id, {"from": self.world.user(111), "telepathy": {"thought": "kopi"}})
        chat, me = self.world.chats[self.chat_id].as_json(), self.world.me
        was, now = {"user": me, "status": "member"}, {"user": me, "status": "administrator"}
        told = {"chat": chat, "from": me, "date": 1795399200, "old_chat_member": was, "new_chat_member": now}
        self.world.push("my_chat_member", told)

    async def appoints(self, author_id: str) -> None:
        """Promote somebody."""
        self.world.user(int(author_id))
        self.world.chats[self.chat_id].members[int(author_id)] = "administrator"

    async def reacts(self, author_id: str, message_id: str, emoji: str) -> None:
        """Let somebody react."""
        self.world.reacts(self.chat_id, int(author_id), int(message_id), emoji)

    async def presses(self, author_id: str, message_id: str, button: str) -> None:
        """Let somebody press."""
        self.world.presses(self.chat_id, int(author_id), int(message_id), button)

    def notices(self) -> list[str]:
        """Return what was shown at the top of the screen."""
        return [text for _, text in self.world.notices]

    def choices(self, message_id: str) -> tuple[str, ...]:
        """Return what the inline keyboard says."""
        markup = self.world.chats[self.chat_id].messages[int(message_id)].get("reply_markup", {"inline_keyboard": []})
        return tuple(button["text"] for row in markup["inline_keyboard"] for button in row)

    def posted(self) -> list[PostedText]:
        """Return what the server took."""
        return [
            PostedText(
                channel=str(sent.chat_id),
                text=sent.text,
                reply_to=None if sent.reply_to is None else str(sent.reply_to),
                mentions_pinged=bool(sent.pinged),
                links=tuple(entity["url"] for entity in sent.entities if entity["type"] == "text_link"),
            )
            for sent in self.server.sent
        ]

    def standing(self, message_id: str) -> str | None:
        """Return what a message of the bot says now."""
        message = self.world.chats[self.chat_id].messages.get(int(message_id))
        return None if message is None else message["text"]

    async def fail_next_send(self, kind: FailureKind, *, verb: Verb = "post") -> None:
        """Let the next call of this kind meet this."""
        if kind == "down":
            await self.server.stop()
        else:
            self.server.fail_next(METHODS[verb], FAULTS[kind])
