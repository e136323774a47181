"""From the clock to drafts: each slot once, each post once, nothing old unasked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.brand import AsPublished, Backlog, Brand
from bot.clock import ReplayClock
from bot.flows.plan_campaigns import Extent, plan_campaigns
from bot.ports.records import LedgerEntry, Share
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign, a_post
from tests.unit.flows.sample import a_brand, move, save

#: The next 09:00 in Jakarta.
TOMORROW = NOW + timedelta(hours=23)
LONDON = replace(COMMUNITY, key="london", timezone=ZoneInfo("Europe/London"))


async def state(store: Transactions, brand: Brand) -> tuple[list[LedgerEntry], list[Share]]:
    """Return the slots decided and the shares drafted."""
    async with store.read(brand.id) as work:
        return list(await work.shares.ledger(NOW)), list(await work.shares.waiting())


async def begin(store: Transactions, brand: Brand, clock: ReplayClock) -> None:
    """Let the campaigns begin, and a post come in afterwards."""
    assert await plan_campaigns(brand, store=store, clock=clock) == 0
    await move(clock, hours=1)
    await save(store, a_post("p1", first_seen_at=clock.now()))


async def test_a_slot_brings_what_is_new_once(store: Transactions, clock: ReplayClock) -> None:
    """Nothing before its moment; at its moment a draft; and never again, however often it is looked at."""
    brand = a_brand()
    await begin(store, brand, clock)
    assert await plan_campaigns(brand, store=store, clock=clock) == 0
    await clock.advance(TOMORROW, workers=0)
    assert await plan_campaigns(brand, store=store, clock=clock) == 1
    assert await plan_campaigns(brand, store=store, clock=clock) == 0
    ledger, shares = await state(store, brand)
    assert [(entry.slot, entry.outcome, entry.detail) for entry in ledger] == [
        ("2026-07-07T09:00", "ran", "1 to share")
    ]
    assert [(share.post_id, share.community, share.slot, share.state) for share in shares] == [
        ("p1", "warung", "2026-07-07T09:00", "draft")
    ]


async def test_two_workers_serve_a_slot_once(store: Transactions, clock: ReplayClock) -> None:
    """Both find it due; one wins."""
    brand = a_brand()
    await begin(store, brand, clock)
    await clock.advance(TOMORROW, workers=0)
    drafted = await asyncio.gather(*(plan_campaigns(brand, store=store, clock=clock) for _ in range(2)))
    assert sorted(drafted) == [0, 1]


async def test_a_slot_without_news_says_so(store: Transactions, clock: ReplayClock) -> None:
    """It is decided all the same."""
    brand = a_brand()
    await plan_campaigns(brand, store=store, clock=clock)
    await clock.advance(TOMORROW, workers=0)
    await plan_campaigns(brand, store=store, clock=clock)
    ledger, _ = await state(store, brand)
    assert [entry.detail for entry in ledger] == ["nothing new to share"]


async def test_missed_slots_are_recorded_and_late_ones_served(store: Transactions, clock: ReplayClock) -> None:
    """After two days away the last slot is still within `if_missed`; the one before it is not."""
    brand = a_brand()
    await begin(store, brand, clock)
    await clock.advance(TOMORROW + timedelta(days=1, hours=2), workers=0)
    assert await plan_campaigns(brand, store=store, clock=clock) == 1
    ledger, _ = await state(store, brand)
    assert sorted((entry.slot, entry.outcome, entry.detail) for entry in ledger) == [
        ("2026-07-07T09:00", "missed", "missed: found 1560 min late, if_missed allows 180 min"),
        ("2026-07-08T09:00", "ran", "1 to share"),
    ]


async def test_a_campaign_that_skips_what_it_missed_is_on_time_or_not_at_all(
    store: Transactions, clock: ReplayClock
) -> None:
    """Two minutes are on time; three are not."""
    brand = a_brand(a_campaign(if_missed=None))
    await begin(store, brand, clock)
    await clock.advance(TOMORROW + timedelta(minutes=3), workers=0)
    assert await plan_campaigns(brand, store=store, clock=clock) == 0
    await clock.advance(TOMORROW + timedelta(days=1, minutes=2), workers=0)
    assert await plan_campaigns(brand, store=store, clock=clock) == 1
    ledger, _ = await state(store, brand)
    assert [entry.outcome for entry in ledger] == ["missed", "ran"]


async def test_a_backlog_is_brought_by_the_first_slot(store: Transactions, clock: ReplayClock) -> None:
    """The newest of what was there before; without a backlog nothing of it."""
    old = [a_post(f"p{day}", published_at=NOW - timedelta(days=day), in_first_reading=True) for day in (1, 2, 3)]
    await save(store, *old)
    brand = a_brand(a_campaign(backlog=Backlog(latest=2)), a_campaign(key="other"))
    await plan_campaigns(brand, store=store, clock=clock)
    await clock.advance(TOMORROW, workers=0)
    assert await plan_campaigns(brand, store=store, clock=clock) == 2
    _, shares = await state(store, brand)
    assert [(share.campaign, share.post_id) for share in shares] == [("news", "p2"), ("news", "p1")]


async def test_each_community_is_served_in_its_own_morning(store: Transactions, clock: ReplayClock) -> None:
    """Nine in London is six hours after nine in Jakarta in summer, and a slot of its own."""
    campaign = a_campaign(communities=("warung", "london"), each_community_time=True)
    brand = a_brand(campaign, communities=[COMMUNITY, LONDON])
    await begin(store, brand, clock)
    drafts: list[tuple[datetime, str]] = []
    while clock.now() < NOW + timedelta(hours=30):
        await move(clock, minutes=30)
        if await plan_campaigns(brand, store=store, clock=clock):
            _, shares = await state(store, brand)
            drafts.append((clock.now(), shares[-1].slot))
    assert drafts == [
        (NOW + timedelta(hours=5), "2026-07-06T09:00@london"),
        (TOMORROW, "2026-07-07T09:00@warung"),
    ]


async def test_as_published_waits_for_no_slot(store: Transactions, clock: ReplayClock) -> None:
    """A post is drafted on the next look after it was read, once."""
    brand = a_brand(a_campaign(when=AsPublished()))
    await begin(store, brand, clock)
    assert await plan_campaigns(brand, store=store, clock=clock) == 1
    assert await plan_campaigns(brand, store=store, clock=clock) == 0
    ledger, shares = await state(store, brand)
    assert (ledger, [share.slot for share in shares]) == ([], ["as_published"])


async def test_a_disabled_campaign_does_nothing(store: Transactions, clock: ReplayClock) -> None:
    """It does not even begin."""
    brand = a_brand(a_campaign(enabled=False, when=AsPublished()))
    await begin(store, brand, clock)
    assert await plan_campaigns(brand, store=store, clock=clock) == 0
    assert await state(store, brand) == ([], [])


async def test_posts_that_were_looked_at_are_not_looked_at_again(store: Transactions, clock: ReplayClock) -> None:
    """What a campaign has planned with is remembered between calls; a new post is found all the same."""
    brand, planned = a_brand(a_campaign(when=AsPublished())), dict[str, Extent]()
    assert await plan_campaigns(brand, store=store, clock=clock, planned=planned) == 0
    await move(clock, seconds=1)
    for number, expected in ((1, 1), (2, 1)):
        await save(store, a_post(f"p{number}", first_seen_at=clock.now()))
        assert await plan_campaigns(brand, store=store, clock=clock, planned=planned) == expected
        assert await plan_campaigns(brand, store=store, clock=clock, planned=planned) == 0
    assert planned == {"news": (2, 2, 2)}
