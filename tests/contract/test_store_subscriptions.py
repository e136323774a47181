"""What `bot.ports.store.Subscriptions` promises, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.ports.records import Subscription
from bot.ports.store import Store
from tests.contract.store_sample import BRAND, NOW, later

OFFERED = Subscription(source="blog", hub="https://hub.example", topic="https://kopi.example/feed", next_at=NOW)


async def _offer(store: Store, hub: str = OFFERED.hub) -> None:
    async with store.work(BRAND) as work:
        await work.subscriptions.offer("blog", hub=hub, topic=OFFERED.topic, now=NOW)
        await work.commit()


async def test_an_offer_takes_the_place_of_the_one_before(store: Store) -> None:
    """With all that the other hub had agreed to."""
    await _offer(store)
    async with store.work(BRAND) as work:
        await work.subscriptions.confirm("blog", until=later(60), next_at=later(30))
        await work.subscriptions.pushed("blog", later(1))
        agreed = replace(OFFERED, until=later(60), next_at=later(30), pushed_at=later(1))
        assert (await work.subscriptions.get("blog"), await work.subscriptions.next_at()) == (agreed, later(30))
        await work.commit()
    await _offer(store, hub="https://other.example")
    async with store.work(BRAND) as work:
        assert await work.subscriptions.all() == {"blog": replace(OFFERED, hub="https://other.example")}
        await work.subscriptions.drop("blog")
        await work.subscriptions.drop("blog")
        assert (await work.subscriptions.get("blog"), await work.subscriptions.next_at()) == (None, None)


async def test_processes_side_by_side_ask_a_hub_once(store: Store) -> None:
    """Of eight that find it due, one is given it."""
    await _offer(store)

    async def claim() -> int:
        async with store.work(BRAND) as work:
            due = await work.subscriptions.claim_due(NOW, next_at=later(60))
            await work.commit()
            return len(due)

    assert sorted(await asyncio.gather(*(claim() for _ in range(8)))) == [0] * 7 + [1]


async def test_a_push_during_a_reading_still_waits(store: Store) -> None:
    """The reading may have missed what it was about."""
    await _offer(store)
    async with store.work(BRAND) as work:
        await work.subscriptions.pushed("blog", later(2))
        await work.subscriptions.served("blog", later(1))
        assert await work.subscriptions.get("blog") == replace(OFFERED, pushed_at=later(2))
        await work.subscriptions.served("blog", later(2))
        assert await work.subscriptions.get("blog") == OFFERED
