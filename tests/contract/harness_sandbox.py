"""The people on the other side of the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from adapters.sandbox.adapter import SandboxPlatform
from adapters.sandbox.failures import Mishap
from adapters.sandbox.settings import Address
from bot.messages import OutgoingPost, Person, PersonRef, Span
from tests.contract.harness import COMMANDS, Capability, FailureKind, PostedText, Verb

MISHAPS: dict[FailureKind, Mishap] = {
    "down": "away",
    "rate_limited": "slow_mode",
    "uncertain": "answer_lost",
    "channel_lost": "closed",
    "rejected": "refused",
}


class Harness:
    """A sandbox with one community."""

    name = "sandbox"
    secrets = ()
    lacks: dict[Capability, str] = {  # noqa: RUF012  # the protocol's own shape; nothing writes to it
        "login": "a sandbox has no account that could be refused",
        "unsupported": "whatever can happen in a sandbox stands for a core event",
    }

    def __init__(self) -> None:
        self.place = Address().place("warung")
        self.platform = SandboxPlatform(
            places=(self.place,),
            now=lambda: datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
            commands=COMMANDS,
            bot_name="Tani",
        )

    async def __aenter__(self) -> Self:
        """Nothing needs starting."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the sandbox."""
        await self.platform.close()

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
        """Let somebody write, naming the bot in front where it is meant."""
        self.platform.introduce(
            Person(ref=PersonRef(platform=self.name, id=author_id), name=f"Member {author_id[:3]}", is_bot=is_bot)
        )
        return self.platform.says("warung", author_id, f"@Tani {text}" if mention_bot else text, reply_to=reply_to)

    async def says_as_bot_itself(self, text: str) -> None:
        """Let the bot write the only way it can."""
        await self.platform.post(OutgoingPost(id="own-1", channel=self.place.posts, spans=(Span(text=text),)))

    async def sends_something_unsupported(self) -> None:
        """Never asked of a sandbox."""
        raise NotImplementedError(self.lacks["unsupported"])

    async def appoints(self, author_id: str) -> None:
        """Give somebody a say."""
        self.platform.appoints("warung", author_id)

    async def reacts(self, author_id: str, message_id: str, emoji: str) -> None:
        """Let somebody react."""
        self.platform.reacts("warung", author_id, message_id, emoji)

    async def presses(self, author_id: str, message_id: str, button: str) -> None:
        """Let somebody press."""
        self.platform.presses("warung", author_id, message_id, button)

    def notices(self) -> list[str]:
        """Return what only one member sees."""
        return [each.text for each in self.platform.transcript("warung") if each.private_to is not None]

    def choices(self, message_id: str) -> tuple[str, ...]:
        """Return the buttons of a message."""
        (message,) = [each for each in self.platform.transcript("warung") if each.id == message_id]
        return tuple(f"{button.sign} {button.label}" for button in message.buttons)

    def posted(self) -> list[PostedText]:
        """Return the bot's own messages; a sandbox notifies nobody by name."""
        return [
            PostedText(
                channel="warung",
                text=message.text,
                reply_to=message.reply_to,
                mentions_pinged=False,
                links=tuple(span.url for span in message.spans if span.url is not None),
            )
            for message in self.platform.transcript("warung")
            if message.author is None
        ]

    def standing(self, message_id: str) -> str | None:
        """Return what a message of the bot says now."""
        return next((each.text for each in self.platform.transcript("warung") if each.id == message_id), None)

    async def fail_next_send(self, kind: FailureKind, *, verb: Verb = "post") -> None:  # noqa: ARG002  # of any verb
        """Let the next send meet the mishap of this kind."""
        self.platform.suffer(MISHAPS[kind])
