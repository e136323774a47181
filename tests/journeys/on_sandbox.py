"""A community in the sandbox."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from adapters.sandbox.adapter import SandboxPlatform
from adapters.sandbox.room import Message
from bot.messages import Person, PersonRef
from bot.ports.platform import Platform
from tests.journeys.community import NAMES, Posted

KEY = "warung"


class SandboxCommunity:
    """It lives and dies with the service."""

    platform = "sandbox"
    accounts = ""
    address = ""
    environment: dict[str, str] = {}  # noqa: RUF012  # the protocol's own shape; nothing writes to it
    keeps_updates = False

    def __init__(self) -> None:
        self._stage: SandboxPlatform

    async def __aenter__(self) -> Self:
        """Nothing needs starting."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing needs closing."""

    def known_as(self, person: str) -> str:
        """Digits are ids here."""
        return person

    async def meet(self, platform: Platform) -> None:
        """Take the service's own sandbox."""
        assert isinstance(platform, SandboxPlatform)
        self._stage = platform
        for member, name in NAMES.items():
            platform.introduce(Person(ref=PersonRef(platform="sandbox", id=member), name=name))

    async def says(self, person: str, text: str, *, to_bot: bool = False, reply_to: str | None = None) -> str:
        """A member writes."""
        return self._stage.says(KEY, person, text, mentions_bot=to_bot, reply_to=reply_to)

    def appoints(self, person: str) -> None:
        """A member becomes an admin."""
        self._stage.appoints(KEY, person)

    async def commands(self, person: str, command: str) -> str:
        """A member types a command."""
        return self._stage.says(KEY, person, f"/{command}")

    async def reacts(self, person: str, message_id: str, emoji: str) -> None:
        """A member reacts."""
        self._stage.reacts(KEY, person, message_id, emoji)

    async def chooses(self, person: str, message_id: str, sign: str) -> None:
        """A member presses a button."""
        (below,) = [each for each in self._stage.transcript(KEY) if each.id == message_id]
        (button,) = [each.id for each in below.buttons if each.sign == sign]
        self._stage.presses(KEY, person, message_id, button)

    def told(self) -> list[str]:
        """What only they see, in answer to a message of the bot."""
        return [each.text for each in self._stage.transcript(KEY) if self._is_notice(each)]

    def _is_notice(self, message: Message) -> bool:
        about = next((each for each in self._stage.transcript(KEY) if each.id == message.reply_to), None)
        return message.private_to is not None and about is not None and about.author is None

    async def joins(self, person: str) -> None:
        """Somebody enters."""
        self._stage.joins(KEY, person)

    async def tells_again(self, message_id: str) -> None:
        """Never asked of a sandbox."""
        raise NotImplementedError("a sandbox tells everything once")

    def goes_away(self) -> None:
        """The next post finds it away."""
        self._stage.suffer("away")

    def is_lost(self) -> None:
        """The next post finds it closed."""
        self._stage.suffer("closed")

    def posted(self) -> list[Posted]:
        """What the bot has written."""
        return [
            Posted(
                id=message.id,
                text=message.text,
                reply_to=message.reply_to,
                notified=tuple(span.mention.id for span in message.spans if span.mention is not None),
                links=tuple(span.url for span in message.spans if span.url is not None),
                card=None if message.card is None else message.card.url,
                private=message.private_to is not None,
            )
            for message in self._stage.transcript(KEY)
            if message.author is None and not self._is_notice(message)
        ]
