"""A talk at a terminal: one person types, as one member after another."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from adapters.console.adapter import ConsolePlatform, Terminal
from bot.assemble import console_place
from bot.clock import SystemClock
from bot.conversation.commands import COMMANDS
from bot.ports.platform import Platform


class Talk:
    """The terminal of the service that is given `platforms`."""

    def __init__(self, key: str) -> None:
        source, self._keyboard = os.pipe()
        self._screen = io.StringIO()
        self._speaker = ""
        self._console = ConsolePlatform(
            places=(console_place(key),),
            now=SystemClock().now,
            commands=COMMANDS,
            bot_name="Tani",
            terminal=Terminal(source=source, output=self._screen),
        )

    @property
    def platforms(self) -> Mapping[str, Platform]:
        """What the service is to listen to."""
        return {self._console.name: self._console}

    async def __aenter__(self) -> Self:
        """Nothing needs starting."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the keyboard: the console's reader comes to its end."""
        os.close(self._keyboard)

    async def says(self, person: str, text: str) -> None:
        """A member types a line, as somebody else first if need be."""
        lines = text if person == self._speaker else f"/as {person}\n{text}"
        self._speaker = person
        await asyncio.to_thread(os.write, self._keyboard, f"{lines}\n".encode())
