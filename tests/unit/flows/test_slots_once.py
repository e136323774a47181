"""The ledger around clock changes: however often and whenever the planner is woken, a slot is served once."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.brand import AtTimes
from bot.campaigns.slots import slots
from bot.clock import ReplayClock
from bot.flows.plan_campaigns import plan_campaigns
from bot.store.database import SqlStore
from tests.unit.campaigns.clock_changes import DAY, MINUTE, at_times, changes
from tests.unit.campaigns.sample import a_campaign
from tests.unit.flows.sample import a_brand


def test_the_ledger_serves_each_slot_once_in_every_zone(file_with_tables: Path) -> None:
    """However the planner is woken around a clock change, each slot is entered once, and none is passed over."""

    @settings(max_examples=40)
    @given(
        change=changes(),
        when=at_times,
        steps=st.lists(st.integers(1, 300), min_size=4, max_size=20),
    )
    def served(change: tuple[ZoneInfo, datetime], when: AtTimes, steps: list[int]) -> None:
        zone, at = change
        start = at - timedelta(hours=12)
        with tempfile.TemporaryDirectory() as folder:
            path = shutil.copy(file_with_tables, Path(folder) / "konektor.db")
            end, entries = asyncio.run(_plan_through(f"sqlite:///{path}", zone, when, start, steps))
        expected = slots(when, zone=zone, after=start, until=end)
        assert entries == sorted((slot.key, slot.at) for slot in expected)

    served()


async def _plan_through(
    url: str, zone: ZoneInfo, when: AtTimes, start: datetime, steps: Sequence[int]
) -> tuple[datetime, list[tuple[str, datetime]]]:
    """Wake the planner after each of `steps` (minutes); return when it last was and the ledger."""
    brand = a_brand(a_campaign(when=when, timezone=zone, if_missed=3 * DAY))
    store, clock = SqlStore(url), ReplayClock(start)
    try:
        await plan_campaigns(brand, store=store, clock=clock)
        for step in steps:
            await clock.advance(clock.now() + step * MINUTE, workers=0)
            await plan_campaigns(brand, store=store, clock=clock)
        async with store.read(brand.id) as work:
            entries = await work.shares.ledger(start)
    finally:
        await store.close()
    return clock.now(), sorted((entry.slot, entry.nominal_at) for entry in entries)
