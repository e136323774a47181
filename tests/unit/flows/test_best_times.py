"""`best_time`: once a day and community, when its people write."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.brand import BestTime
from bot.clock import ReplayClock
from bot.flows.best_times import BestTimes
from bot.flows.foresee_posts import foresee_posts
from bot.flows.plan_campaigns import plan_campaigns
from bot.messages import PersonRef
from bot.ports.records import LoggedEvent
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import COMMUNITY, JAKARTA, NOW, a_campaign, a_post
from tests.unit.flows.sample import a_brand, save

DAILY = BestTime(weekdays=frozenset(range(7)), between=None)
LONDON = replace(COMMUNITY, key="london", timezone=ZoneInfo("Europe/London"))
BRAND = a_brand(a_campaign(when=DAILY, communities=("warung", "london")), communities=(COMMUNITY, LONDON))


async def talk(store: Transactions, community: str, at: datetime) -> None:
    """Let thirty people write in the hour after a moment."""
    events = [
        LoggedEvent(
            event_id=f"{community}{at}{number}",
            kind="message",
            community=community,
            channel=community,
            at=at + timedelta(minutes=number),
            author=PersonRef(platform="sandbox", id=f"m{number}"),
        )
        for number in range(30)
    ]
    async with store.work(BRAND.id) as work:
        await work.events.add("sandbox", events, {})
        await work.commit()


async def test_each_community_has_its_own_moment_once_a_day(store: Transactions, clock: ReplayClock) -> None:
    """Looked at every quarter of an hour for three days, with what was read remembered and without."""
    sunday = NOW.astimezone(JAKARTA).replace(hour=0) - timedelta(days=1)
    await talk(store, "warung", sunday + timedelta(hours=19))
    await talk(store, "london", (sunday + timedelta(hours=12)).replace(tzinfo=LONDON.timezone))
    best_times = BestTimes()
    for number in range(3 * 24 * 4):
        await save(store, a_post(f"p{number // 48}", first_seen_at=NOW + timedelta(seconds=1)))
        known = best_times if number % 2 else None
        await plan_campaigns(BRAND, store=store, clock=clock, best_times=known)
        await clock.advance(clock.now() + timedelta(minutes=15), workers=0)
    async with store.read(BRAND.id) as work:
        ledger = await work.shares.ledger(NOW)
    assert [(entry.slot, entry.outcome) for entry in ledger if entry.community == "warung"] == [
        (f"2026-07-{day:02}@warung", "ran") for day in (6, 7, 8)
    ]
    assert {entry.nominal_at.astimezone(JAKARTA).hour for entry in ledger if entry.community == "warung"} == {19}
    assert {entry.nominal_at.astimezone(LONDON.timezone).hour for entry in ledger if entry.community == "london"} == {
        12
    }


async def test_the_plan_says_why_then(store: Transactions, clock: ReplayClock) -> None:
    """Today's moment is in it until it has been; what is waiting comes with the reason."""
    await plan_campaigns(BRAND, store=store, clock=clock)
    await talk(store, "warung", (NOW - timedelta(days=2)).astimezone(JAKARTA).replace(hour=19))
    await save(store, a_post("p1", first_seen_at=NOW + timedelta(seconds=1)))
    lines = [
        line
        for line in await foresee_posts(BRAND, store=store, now=NOW + timedelta(minutes=1), days=2)
        if line.community == "warung"
    ]
    assert [(line.at.astimezone(JAKARTA).hour, line.post, line.reason) for line in lines] == [
        (19, "Title of p1", "100 % of those who write in warung write from 19:00 to 21:00"),
        (
            19,
            None,
            "100 % of those who write in warung write from 19:00 to 21:00; brings whatever is new by then",
        ),
    ]
    await clock.advance(NOW + timedelta(hours=9), workers=0)
    assert await plan_campaigns(BRAND, store=store, clock=clock) == 1
    later = await foresee_posts(BRAND, store=store, now=clock.now(), days=1)
    assert [line.at.day for line in later if line.community == "warung"] == [6, 7]
