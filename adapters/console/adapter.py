"""The terminal as a platform: every line typed is said to the bot, every post is printed.

`run` ends by itself at `/quit` or at the end of the input. This is the one place that writes to the output.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import secrets
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TextIO

from rich.console import Console
from rich.text import Text

from adapters.console import settings
from adapters.console.incoming import Chosen, Commanded, Left, Line, Said, Switched, read_line
from adapters.console.outgoing import readable, show_post
from adapters.console.reading import start_reading
from bot.errors import ChannelLost
from bot.messages import (
    Button,
    ButtonPressed,
    CommandGiven,
    Event,
    IncomingMessage,
    MessageRef,
    OutgoingPost,
    Person,
    PersonRef,
    Place,
    PostedRef,
)
from bot.ports.platform import CommandSpec, PlatformLimits, PlatformTraits, Receive

#: How long an event that could not be committed waits before it comes again, at first and at most.
FIRST_PAUSE = timedelta(milliseconds=50)
LONGEST_PAUSE = timedelta(seconds=5)

#: After the last answer, how long to wait for a second part of it when the input has ended.
SECOND_PART = timedelta(milliseconds=300)

#: The descriptor every process reads from.
STANDARD_INPUT = 0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Terminal:
    """The two ends of a terminal."""

    #: The file descriptor lines are read from.
    source: int
    #: Where posts are printed.
    output: TextIO

    @classmethod
    def standard(cls) -> Terminal:
        """Return the terminal this process was started in."""
        return cls(source=STANDARD_INPUT, output=sys.stdout)


class ConsolePlatform:
    """A talk at the terminal. Lines go to the first of `places`; posts to the others say which they are for.

    `patience` is how long the end of piped input waits for answers that are still on their way.
    """

    def __init__(
        self,
        *,
        places: tuple[Place, ...],
        now: Callable[[], datetime],
        commands: tuple[CommandSpec, ...] = (),
        bot_name: str = "bot",
        speaker: str = "you",
        terminal: Terminal | None = None,
        patience: timedelta = timedelta(seconds=10),
    ) -> None:
        if not places:
            raise ValueError("a console needs a place to talk in; give it at least one")
        self._places = places
        self._now = now
        self._commands = commands
        self._bot_name = bot_name
        self._terminal = Terminal.standard() if terminal is None else terminal
        self._patience = patience
        self._seen_by = Console(file=self._terminal.output)
        self._run_id = secrets.token_hex(4)
        self._numbers = count(1)
        self._speaker = Person(ref=PersonRef(platform=settings.NAME, id=speaker), name=speaker)
        #: What was typed, by message id; the last one is what an answer usually answers.
        self._typed: dict[str, str] = {}
        self._unanswered: set[str] = set()
        #: The choices shown last and the post they stand below; a number chooses among them.
        self._choices: tuple[Button, ...] = ()
        self._chosen_below: PostedRef | None = None
        self._events: deque[Event] = deque()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._is_reading = False
        self._printed = asyncio.Event()

    @property
    def name(self) -> str:
        """The adapter's folder name."""
        return settings.NAME

    @property
    def limits(self) -> PlatformLimits:
        """What fits."""
        return settings.LIMITS

    @property
    def traits(self) -> PlatformTraits:
        """What it can do."""
        return settings.TRAITS

    async def run(self, receive: Receive) -> None:
        """Pass each line to `receive` until cancelled, `/quit` or the end of the input."""
        if not self._is_reading:
            self._is_reading = True
            self._note("Type to talk. /as NAME speaks as somebody else, /quit ends.")
            start_reading(self._terminal.source, self._lines.put_nowait)
        while True:
            await self._deliver(receive)
            self._prompt()
            line = await self._lines.get()
            if line is None:
                await self._wait_for_answers()
                return
            if not self._take(read_line(line, self._commands, choices=len(self._choices))):
                return

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Print a post. Raises ChannelLost when nobody can see it: an unknown place, or an output that was closed."""
        spaces = [place.posts.space for place in self._places]
        if post.channel.space not in spaces:
            raise ChannelLost(f'there is no console community "{post.channel.space}"; add it under communities')
        typed = None if post.reply_to is None else self._typed.get(post.reply_to)
        is_plain = typed is None or post.reply_to == next(reversed(self._typed))
        shown = show_post(post, bot_name=self._bot_name, answers=None if is_plain else typed)
        if post.channel.space != spaces[0]:
            shown = Text.assemble(f"[{readable(post.channel.space)}] ", shown)
        self._print(shown)
        if self._is_reading:
            self._prompt()
        if post.reply_to is not None:
            self._unanswered.discard(post.reply_to)
        self._printed.set()
        posted = PostedRef(channel=post.channel, message_id=self._new_id("m"))
        if post.buttons:
            self._choices, self._chosen_below = post.buttons, posted
        return posted

    async def acknowledge(self, ticket: str, *, private: bool, text: str = "") -> None:  # noqa: ARG002  # one reader
        """Print the answer to a choice; nobody waits for anything else at a terminal."""
        if text:
            with contextlib.suppress(ChannelLost):
                self._print(Text.assemble((f"{readable(self._bot_name)}: ", "bold green"), readable(text)))
                self._prompt()

    def _take(self, line: Line | None) -> bool:
        """Do what a line says and return whether to go on."""
        match line:
            case Left():
                return False
            case Switched():
                self._speaker = Person(ref=PersonRef(platform=self.name, id=line.person_id), name=line.name)
                self._note(f"You are {line.name} now.")
            case Chosen():
                self._events.append(self._press(self._choices[line.number - 1]))
            case Said() | Commanded():
                self._events.append(self._event(line))
        return True

    def _press(self, button: Button) -> Event:
        below = self._chosen_below
        if below is None:
            raise RuntimeError("a choice without the post it stands below")
        event_id = self._new_id("b")
        return ButtonPressed(
            event_id=event_id,
            at=self._now(),
            channel=below.channel,
            message=MessageRef(channel=below.channel, id=below.message_id),
            author=self._speaker,
            button=button.id,
            ticket=event_id,
        )

    def _event(self, line: Said | Commanded) -> Event:
        message_id, event_id = self._new_id("m"), self._new_id("e")
        self._unanswered.add(message_id)
        channel, at = self._places[0].posts, self._now()
        if isinstance(line, Commanded):
            self._typed[message_id] = f"/{line.name} {line.arguments}".rstrip()
            return CommandGiven(
                event_id=event_id,
                at=at,
                channel=channel,
                name=line.name,
                arguments=line.arguments,
                author=self._speaker,
                message_id=message_id,
            )
        self._typed[message_id] = line.text
        return IncomingMessage(
            event_id=event_id,
            at=at,
            channel=channel,
            message_id=message_id,
            author=self._speaker,
            text=line.text,
            mentions_bot=True,
        )

    async def _deliver(self, receive: Receive) -> None:
        pause = FIRST_PAUSE
        while self._events:
            try:
                await receive((self._events[0],))
            except Exception:  # noqa: BLE001  # by the port, whatever `receive` raises, the same event comes again
                _log.warning("a line could not be kept and will come again", exc_info=True)
                await asyncio.sleep(pause.total_seconds())
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                self._events.popleft()

    async def _wait_for_answers(self) -> None:
        """Return when every line is answered, or nothing was printed for `patience`."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._printed.clear()
                left = self._patience if self._unanswered else SECOND_PART
                await asyncio.wait_for(self._printed.wait(), left.total_seconds())

    def _note(self, text: str) -> None:
        """Say something about the console itself, to people only: piped output holds posts and nothing else."""
        if self._seen_by.is_terminal:
            self._print(Text(readable(text), style="dim"))

    def _prompt(self) -> None:
        if self._seen_by.is_terminal and self._lines.empty():
            self._write(f"{readable(self._speaker.name)}> ")

    def _print(self, text: Text) -> None:
        page = io.StringIO()
        console = Console(
            file=page,
            force_terminal=self._seen_by.is_terminal,
            color_system=self._seen_by.color_system,  # type: ignore[arg-type]  # rich gives what it takes, as plain str
        )
        console.print(text, soft_wrap=True)
        # A prompt that stands in the line is overwritten; it comes again when it is the reader's turn.
        self._write(f"\r\x1b[K{page.getvalue()}" if self._seen_by.is_terminal else page.getvalue())

    def _write(self, text: str) -> None:
        """Write by hand: rich's own way ends the process when the output is closed."""
        try:
            self._terminal.output.write(text)
            self._terminal.output.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream object itself is closed
            raise ChannelLost("nobody reads this console any more; start it again in an open terminal") from error

    def _new_id(self, kind: str) -> str:
        return f"{self._run_id}-{kind}{next(self._numbers)}"
