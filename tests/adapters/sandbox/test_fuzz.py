"""Lines of every shape: none stops those behind it."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.sandbox.adapter import SandboxPlatform
from adapters.sandbox.settings import Address
from bot.messages import Event, Person, PersonRef
from tests.adapters.mutating import UPDATES, check_storable, mutations
from tests.contract.harness import COMMANDS
from tests.contract.listening import Listening

SAMPLES = [["berapa ongkir ke luar Jawa?"], ["/top@tani 7"], ["@tani halo @dewi 👩‍🌾"], ["/"], ["<b>&amp;</b> *a*"]]


async def test_no_line_is_too_strange() -> None:
    """Of 10,000 changed lines every one is told, in order, as a message or as a command."""
    place = Address().place("warung")
    platform = SandboxPlatform(
        places=(place,), commands=COMMANDS, now=lambda: datetime(2026, 11, 24, tzinfo=UTC), bot_name="Tani"
    )
    platform.introduce(Person(ref=PersonRef(platform="sandbox", id="dewi"), name="Dewi"))
    lines = [str(line[0]) for line in mutations(SAMPLES, seed=8, count=UPDATES) if line]
    ids: list[str] = []
    async with Listening(platform) as heard:
        for start in range(0, len(lines), 1000):
            ids += [platform.says("warung", "dewi", _written(line)) for line in lines[start : start + 1000]]
            await heard.until(len(ids))
    for event in heard.events:
        check_storable(event)
    assert [_message_of(event) for event in heard.events] == ids


def _written(line: str) -> str:
    """What a browser's form can carry: it replaces halves of characters before it sends anything."""
    return line.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def _message_of(event: Event) -> str | None:
    found: str | None = getattr(event, "message_id", None)
    return found
