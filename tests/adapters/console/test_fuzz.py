"""Lines of every shape: none stops those behind it."""

from __future__ import annotations

import asyncio
import io
import os
from datetime import UTC, datetime

from adapters.console.adapter import ConsolePlatform, Terminal
from adapters.console.settings import Address
from bot.messages import CommandGiven, IncomingMessage
from tests.adapters.mutating import UPDATES, VALID_EVERY, check_storable, mutations
from tests.contract.harness import COMMANDS
from tests.contract.listening import Listening

SAMPLES = [["berapa ongkir ke luar Jawa?"], ["/top 7"], ["halo @dewi 👩‍🌾"], ["/"], ["/as Dewi"], ["<b>&amp;</b> *a*"]]
#: What ends the talk.
_END = "/quit"


async def test_no_line_is_too_strange() -> None:
    """Of 10,000 changed lines none stops the console, and every whole line among them is told, in order."""
    place = Address().place("console")
    source, keyboard = os.pipe()
    platform = ConsolePlatform(
        places=(place,),
        commands=COMMANDS,
        now=lambda: datetime(2026, 11, 24, tzinfo=UTC),
        bot_name="Tani",
        terminal=Terminal(source=source, output=io.StringIO()),
    )
    valid: list[str] = []
    async with Listening(platform) as heard:
        for number, line in enumerate(mutations(SAMPLES, seed=9, count=UPDATES)):
            typed = "".join(str(part) for part in line)
            if not typed.strip().casefold().startswith(_END):
                await asyncio.to_thread(os.write, keyboard, typed.encode("utf-8", "surrogatepass") + b"\n")
            if number % VALID_EVERY == 0:
                valid.append(f"pesan {number}")
                await asyncio.to_thread(os.write, keyboard, f"{valid[-1]}\n".encode())
        os.write(keyboard, b"selesai\n")
        while not any(isinstance(each, IncomingMessage) and each.text == "selesai" for each in heard.events):
            await heard.until(len(heard.events) + 1)
    os.close(keyboard)
    for event in heard.events:
        check_storable(event)
    assert {type(event) for event in heard.events} == {IncomingMessage, CommandGiven}
    assert [e.text for e in heard.events if isinstance(e, IncomingMessage) and e.text.startswith("pesan ")] == valid
