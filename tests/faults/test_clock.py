"""The clock is set while the service runs, across a change of summer time, forwards and backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.clock import LeapingClock
from tests.journeys.community import BUDI
from tests.journeys.home import KEY, NEW, OLD, blog, write_config
from tests.journeys.on_sandbox import SandboxCommunity
from tests.journeys.service import Running, running
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer

#: A time of day that is skipped in Berlin on the one day and comes twice on the other.
TIME = "02:30"


@pytest.mark.parametrize(
    ("begins", "steps", "days"),
    [
        pytest.param(
            "2027-03-27 12:00",
            # 02:00 becomes 03:00 at 01:00 UTC
            ("28 00:59", "28 01:01", "28 00:29", "28 00:59", "28 01:31", "29 00:31"),
            ("2027-03-28", "2027-03-29"),
            id="spring",
        ),
        pytest.param(
            "2027-10-30 12:00",
            # 03:00 becomes 02:00 at 01:00 UTC
            ("31 00:29", "31 00:31", "31 01:31", "31 00:29", "31 00:45", "31 01:45"),
            ("2027-10-31",),
            id="autumn",
        ),
    ],
)
async def test_each_slot_comes_once(begins: str, steps: tuple[str, ...], days: tuple[str, ...], tmp_path: Path) -> None:
    """The night that lacks its hour, the one that has it twice, and the clock that goes back: one post each time."""
    start = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    clock = LeapingClock()
    clock.leap(start - clock.now())
    community = SandboxCommunity()
    async with FeedServer({"/feed.xml": blog(OLD)}) as site:
        config = write_config(tmp_path, communities={KEY: community}, feeds={"blog": site.url("/feed.xml")})
        text = config.read_text(encoding="utf-8").replace("as_published", f"daily {TIME}")
        config.write_text(text.replace("Asia/Jakarta", "Europe/Berlin"), encoding="utf-8")
        async with running(config, community, clock=clock) as bot:
            await bot.read("blog")
            site.answers["/feed.xml"] = blog(OLD, NEW)
            await bot.read("blog")
            for number, step in enumerate(steps):
                day, time = step.split()
                to = datetime.fromisoformat(f"{begins[:8]}{day} {time}").replace(tzinfo=UTC)
                await bot.leap(to - clock.now())
                await _is_at_work(bot, community, person=f"{BUDI}{number}")
            ledger = await _read_ledger(bot, start)
            posts = [each.text for each in community.posted() if NEW.title in each.text]
    assert ledger == [(f"{day}T{TIME}", "ran") for day in days]
    assert len(posts) == 1


async def _is_at_work(bot: Running, community: SandboxCommunity, *, person: str) -> None:
    """Return when the service has looked at what is due now, which answers a question among other things."""
    asked = await community.says(person, "berapa ongkir ke luar Jawa?", to_bot=True)
    await until(lambda: [each for each in community.posted() if each.reply_to == asked], "an answer")
    planned = bot.clock.now() + timedelta(milliseconds=300)
    await until(lambda: bot.clock.now() > planned, "the other workers")


async def _read_ledger(bot: Running, start: datetime) -> list[tuple[str, str]]:
    async with bot.parts.store.read(bot.parts.brand.id) as work:
        return [(entry.slot, entry.outcome) for entry in await work.shares.ledger(start)]
