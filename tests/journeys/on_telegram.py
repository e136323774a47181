"""A group on Telegram: the real SDK against a Bot API server on loopback."""

from __future__ import annotations

import copy
from types import TracebackType
from typing import Any, Self

from bot.ports.platform import Platform
from tests.journeys.community import NAMES, Posted
from tests.servers.telegram_server import TOKEN, Fault, TelegramServer


class TelegramCommunity:
    """A group in which the bot is an administrator."""

    platform = "telegram"
    keeps_updates = True

    def __init__(self, *, chat_id: int = -1001234567890, rate_limits: bool = True) -> None:
        self.server = TelegramServer(rate_limits=rate_limits)
        self.world = self.server.world
        self.chat = self.world.add_group(chat_id=chat_id)
        for member, name in NAMES.items():
            self.world.user(int(member), name)
        self._told: dict[str, dict[str, Any]] = {}

    @property
    def accounts(self) -> str:
        """The account, at the server on loopback."""
        return f'  telegram: {{token: "${{TELEGRAM_TOKEN}}", api_base: "{self.server.base}"}}\n'

    @property
    def address(self) -> str:
        """The group's number."""
        return f'    chat: "{self.chat}"\n'

    @property
    def environment(self) -> dict[str, str]:
        """The token."""
        return {"TELEGRAM_TOKEN": TOKEN}

    async def __aenter__(self) -> Self:
        """Start the server."""
        await self.server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        await self.server.stop()

    def known_as(self, person: str) -> str:
        """Digits are ids here."""
        return person

    async def meet(self, platform: Platform) -> None:
        """Wait for the first poll; what happens before waits on the server."""
        del platform
        await self.server.until_called("getUpdates")

    async def says(self, person: str, text: str, *, to_bot: bool = False, reply_to: str | None = None) -> str:
        """A member writes."""
        written = f"@{self.world.me['username']} {text}" if to_bot else text
        answered = None if reply_to is None else int(reply_to)
        message_id = str(self.world.says(self.chat, int(person), written, reply_to=answered))
        self._told[message_id] = copy.deepcopy(self.world.pending[-1])
        return message_id

    async def commands(self, person: str, command: str) -> str:
        """A member types a command."""
        return await self.says(person, f"/{command}")

    async def reacts(self, person: str, message_id: str, emoji: str) -> None:
        """A member reacts."""
        self.world.reacts(self.chat, int(person), int(message_id), emoji)

    async def chooses(self, person: str, message_id: str, sign: str) -> None:
        """A member presses a button."""
        drawn = self.world.chats[self.chat].messages[int(message_id)]["reply_markup"]["inline_keyboard"]
        (data,) = [each["callback_data"] for row in drawn for each in row if each["text"].startswith(sign)]
        self.world.presses(self.chat, int(person), int(message_id), data)

    def told(self) -> list[str]:
        """What was shown at the top of their screens."""
        return [text for _, text in self.world.notices]

    async def joins(self, person: str) -> None:
        """Somebody enters."""
        self.world.joins(self.chat, int(person))

    async def tells_again(self, message_id: str) -> None:
        """The update of a message, under the number of a new one: a lost confirmation."""
        self.world.push("message", self._told[message_id]["message"])

    def goes_away(self) -> None:
        """The next message is answered by a server that has done nothing and says so."""
        self.server.fail_next("sendMessage", Fault(kind="flood", seconds=1))

    def is_lost(self) -> None:
        """The bot is put out of the group."""
        self.world.chats[self.chat].members[self.world.me["id"]] = "kicked"

    def posted(self) -> list[Posted]:
        """What the bot has written."""
        return [
            Posted(
                id=str(sent.message_id),
                text=sent.text,
                reply_to=None if sent.reply_to is None else str(sent.reply_to),
                notified=tuple(str(member) for member in sent.pinged),
                links=tuple(entity["url"] for entity in sent.entities if entity["type"] == "text_link"),
                card=(sent.link_preview_options or {}).get("url"),
                private=False,
            )
            for sent in self.server.sent
        ]
