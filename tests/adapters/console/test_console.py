"""What is particular to the console: its end, its speakers and what the screen shows."""

from __future__ import annotations

import asyncio
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.console.adapter import ConsolePlatform, Terminal
from adapters.console.settings import Address
from bot.errors import ChannelLost, PostRejected
from bot.messages import ChannelRef, CommandGiven, Event, IncomingMessage, LinkCard, OutgoingPost, Span
from tests.contract.harness import COMMANDS
from tests.contract.listening import PATIENCE_S

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PLACE = Address().place("console")


class Screen(io.StringIO):
    """A text that says whether it is a terminal."""

    def __init__(self, *, is_terminal: bool = False) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        """Say what it was made to be."""
        return self.is_terminal


@contextmanager
def _console(
    typed: str, *, is_terminal: bool = False, patience_s: float = 0.0
) -> Iterator[tuple[ConsolePlatform, Screen]]:
    """Give a console whose whole input is `typed`."""
    source, keyboard = os.pipe()
    os.write(keyboard, typed.encode())
    os.close(keyboard)
    screen = Screen(is_terminal=is_terminal)
    try:
        yield (
            ConsolePlatform(
                places=(PLACE, Address().place("ruang-dua")),
                now=lambda: AT,
                commands=COMMANDS,
                bot_name="Tani",
                terminal=Terminal(source=source, output=screen),
                patience=timedelta(seconds=patience_s),
            ),
            screen,
        )
    finally:
        os.close(source)


async def _run(platform: ConsolePlatform) -> list[Event]:
    heard: list[Event] = []

    async def receive(batch: tuple[Event, ...]) -> None:
        heard.extend(batch)

    async with asyncio.timeout(PATIENCE_S):
        await platform.run(receive)
    return heard


def _post(
    *spans: Span, reply_to: str | None = None, private: bool = False, card: LinkCard | None = None
) -> OutgoingPost:
    return OutgoingPost(id="p-1", channel=PLACE.posts, spans=spans, reply_to=reply_to, private=private, card=card)


async def test_the_end_of_the_input_ends_the_talk() -> None:
    """Piped lines are all heard, the last one without a line break too."""
    with _console("halo\n\n/teratas 3\nberapa?") as (platform, _):
        events = await _run(platform)
    assert [(type(event), event.at, event.channel) for event in events] == [
        (IncomingMessage, AT, PLACE.posts),
        (CommandGiven, AT, PLACE.posts),
        (IncomingMessage, AT, PLACE.posts),
    ]
    assert [event.text for event in events if isinstance(event, IncomingMessage)] == ["halo", "berapa?"]
    assert [(event.name, event.arguments) for event in events if isinstance(event, CommandGiven)] == [("top", "3")]


async def test_a_file_is_as_good_as_a_pipe(tmp_path: Path) -> None:
    """Input may be redirected from a file."""
    script = tmp_path / "talk.txt"
    script.write_text("satu\ndua\n", encoding="utf-8")
    source = os.open(script, os.O_RDONLY)
    platform = ConsolePlatform(
        places=(PLACE,), now=lambda: AT, terminal=Terminal(source=source, output=Screen()), patience=timedelta(0)
    )
    events = await _run(platform)
    os.close(source)
    assert [event.text for event in events if isinstance(event, IncomingMessage)] == ["satu", "dua"]


async def test_quit_ends_the_talk_at_once() -> None:
    """What was typed after it is not said."""
    with _console("halo\n/quit\nlagi\n", patience_s=PATIENCE_S) as (platform, _):
        events = await _run(platform)
    assert [event.text for event in events if isinstance(event, IncomingMessage)] == ["halo"]


async def test_the_end_of_the_input_waits_for_answers_on_their_way() -> None:
    """`echo question | konektor chat` shows the answer, though it comes after the input has ended."""
    with _console("berapa?\n", patience_s=PATIENCE_S) as (platform, screen):
        answering: list[asyncio.Task[object]] = []

        async def answer(message: IncomingMessage) -> None:
            for _ in range(100):
                await asyncio.sleep(0)
            await platform.post(_post(Span(text="Rp90.000"), reply_to=message.message_id))

        async def receive(batch: tuple[Event, ...]) -> None:
            for event in batch:
                assert isinstance(event, IncomingMessage)
                answering.append(asyncio.create_task(answer(event)))

        async with asyncio.timeout(PATIENCE_S):
            await platform.run(receive)
        await asyncio.gather(*answering)
    assert screen.getvalue() == "Tani: Rp90.000\n"


async def test_everybody_at_the_terminal_has_a_name() -> None:
    """`/as` makes the next lines somebody else's."""
    with _console("satu\n/as Dewi Lestari\ndua\n") as (platform, _):
        events = await _run(platform)
    authors = [event.author for event in events if isinstance(event, IncomingMessage)]
    assert [(author.ref.id, author.name) for author in authors] == [("you", "you"), ("dewi-lestari", "Dewi Lestari")]


async def test_every_line_is_said_to_the_bot() -> None:
    """Nobody types into a console to be overheard."""
    with _console("halo\n") as (platform, _):
        (event,) = await _run(platform)
    assert isinstance(event, IncomingMessage)
    assert (event.mentions_bot, event.channel.direct) == (True, False)


async def test_a_post_shows_its_link_its_card_and_who_may_see_it() -> None:
    """In a pipe there are words only: addresses are written out, and nothing steers a terminal."""
    with _console("") as (platform, screen):
        await platform.post(
            _post(
                Span(text="Panen", style="bold"),
                Span(text=" - "),
                Span(text="baca", url="https://kopitani.example/a"),
                Span(text=" "),
                Span(text="https://kopitani.example/b", url="https://kopitani.example/b"),
                private=True,
                card=LinkCard(url="https://kopitani.example/a", title="Panen di Gayo", description="Musim raya."),
            )
        )
    assert screen.getvalue() == (
        "Tani: (only you see this) Panen - baca (https://kopitani.example/a) https://kopitani.example/b\n"
        "  | Panen di Gayo\n  | Musim raya.\n  | https://kopitani.example/a\n"
    )


async def test_a_late_answer_says_what_it_answers() -> None:
    """With another line typed since, the reader must not guess."""
    with _console("satu?\ndua?\n") as (platform, screen):
        first, last = await _run(platform)
        assert isinstance(first, IncomingMessage)
        assert isinstance(last, IncomingMessage)
        await platform.post(_post(Span(text="jawaban satu"), reply_to=first.message_id))
        await platform.post(_post(Span(text="jawaban dua"), reply_to=last.message_id))
    assert screen.getvalue() == "(to: satu?)\nTani: jawaban satu\nTani: jawaban dua\n"


async def test_a_post_to_another_place_says_which() -> None:
    """Two communities on one console are told apart; one that is not there is lost."""
    with _console("") as (platform, screen):
        for space in ("ruang-dua", "nowhere"):
            channel = ChannelRef(platform="console", space=space, channel=space)
            post = OutgoingPost(id="p-1", channel=channel, spans=(Span(text="halo"),))
            if space == "nowhere":
                with pytest.raises(ChannelLost, match='"nowhere"'):
                    await platform.post(post)
            else:
                await platform.post(post)
    assert screen.getvalue() == "[ruang-dua] Tani: halo\n"


async def test_text_can_not_steer_the_terminal() -> None:
    """Control characters in a post show as what they are: not text."""
    with _console("", is_terminal=True) as (platform, screen):
        await platform.post(_post(Span(text="a\x1b]0;owned\x07b\rc\x9b2Jd")))
    assert "a\N{REPLACEMENT CHARACTER}]0;owned\N{REPLACEMENT CHARACTER}b" in screen.getvalue()
    assert "\x1b]0;" not in screen.getvalue()
    assert "\x9b" not in screen.getvalue()


async def test_on_a_terminal_there_is_a_prompt() -> None:
    """A person sees how to begin and whose turn it is."""
    with _console("/as Dewi\n", is_terminal=True) as (platform, screen):
        await _run(platform)
        await platform.post(_post(Span(text="pagi")))
    # What a terminal shows of a line is what follows the last erasure in it.
    shown = [line.rpartition("\x1b[K")[2] for line in screen.getvalue().split("\n")]
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown] == [
        "Type to talk. /as NAME speaks as somebody else, /quit ends.",
        "You are Dewi now.",
        "Tani: pagi",
        "Dewi> ",
    ]


async def test_an_empty_post_is_refused() -> None:
    """A bare name on the screen says nothing."""
    with _console("") as (platform, _), pytest.raises(PostRejected, match="give it some text"):
        await platform.post(_post(Span(text=" \n")))
