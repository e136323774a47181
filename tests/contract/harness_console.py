"""The person at the terminal: one end of a pipe to type into, a text to read."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from adapters.console.adapter import ConsolePlatform, Terminal
from adapters.console.settings import Address
from tests.contract.harness import CHOICES, COMMANDS, Capability, FailureKind, PostedText, Verb

NO_WIRE = "between a console and its reader lies nothing that could do this"


class Harness:
    """A console with one community, piped."""

    name = "console"
    secrets = ()
    lacks: dict[Capability, str] = {  # noqa: RUF012  # the protocol's own shape; nothing writes to it
        "admins": "a console has one person and no admins",
        "bots": "only the person at the terminal writes in a console",
        "message_ids": "a typed line shows no id",
        "reactions": "a terminal has no reactions",
        "replies": "a typed line follows the one before and answers none in particular",
        "reply_references": "an answer stands below its line",
        "unaddressed": "every line in a console is said to the bot",
        "unsupported": "whatever can be typed stands for a core event",
        "down": NO_WIRE,
        "rate_limited": NO_WIRE,
        "uncertain": NO_WIRE,
        "rejected": NO_WIRE,
        "login": NO_WIRE,
    }

    def __init__(self) -> None:
        self.place = Address().place("console")
        source, self._keyboard = os.pipe()
        self._source = source
        self._screen = io.StringIO()
        self._speaker = ""
        self.platform = ConsolePlatform(
            places=(self.place,),
            now=lambda: datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
            commands=COMMANDS,
            bot_name="Tani",
            terminal=Terminal(source=source, output=self._screen),
        )

    async def __aenter__(self) -> Self:
        """Nothing needs starting."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the keyboard: the console's reader comes to its end."""
        os.close(self._keyboard)

    def known_as(self, author_id: str) -> str:
        """Digits are ids here."""
        return author_id

    async def says(
        self,
        author_id: str,
        text: str,
        *,
        reply_to: str | None = None,  # noqa: ARG002  # a console lacks it
        mention_bot: bool = False,  # noqa: ARG002  # every line is said to the bot
        is_bot: bool = False,  # noqa: ARG002  # a console lacks it
    ) -> str:
        """Type a line, as somebody else first if need be."""
        if author_id != self._speaker:
            self._speaker = author_id
            os.write(self._keyboard, f"/as {author_id}\n".encode())
        os.write(self._keyboard, f"{text}\n".encode())
        return ""

    async def says_as_bot_itself(self, text: str) -> None:
        """Never asked of a console."""
        raise NotImplementedError(text)

    async def sends_something_unsupported(self) -> None:
        """Never asked of a console."""
        raise NotImplementedError

    async def appoints(self, author_id: str) -> None:
        """Never asked of a console."""
        raise NotImplementedError(self.lacks["admins"])

    async def reacts(self, author_id: str, message_id: str, emoji: str) -> None:
        """Never asked of a console."""
        raise NotImplementedError(author_id, message_id, emoji)

    async def presses(self, author_id: str, message_id: str, button: str) -> None:  # noqa: ARG002  # the last choices
        """Type the number of a choice shown last."""
        number = next(at for at, each in enumerate(CHOICES, start=1) if each.id == button)
        await self.says(author_id, str(number))

    def notices(self) -> list[str]:
        """Return what was printed in answer to a choice."""
        return [posted.text for posted in self.posted()[1:]]

    def choices(self, message_id: str) -> tuple[str, ...]:  # noqa: ARG002  # a console shows one after the other
        """Return the numbered lines."""
        return tuple(re.findall(r"^  \d\) (.+)$", self._screen.getvalue(), flags=re.MULTILINE))

    def posted(self) -> list[PostedText]:
        """Return what stands on the screen, post by post: each begins with the bot's name."""
        if self._screen.closed:
            return []
        return [
            PostedText(channel="console", text=text.removesuffix("\n"), reply_to=None, mentions_pinged=False)
            for text in re.split(r"^Tani: ", self._screen.getvalue(), flags=re.MULTILINE)[1:]
        ]

    def standing(self, message_id: str) -> str | None:
        """Never asked of a console: what is on a screen stays there."""
        raise NotImplementedError(message_id)

    async def fail_next_send(self, kind: FailureKind, *, verb: Verb = "post") -> None:  # noqa: ARG002  # of any verb
        """Close the screen: the only thing that can happen to a console."""
        assert kind == "channel_lost"
        self._screen.close()
