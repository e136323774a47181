"""What the outbox promises about a platform's limits, and about many workers at once, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.delivery.limiter import rate_keys
from bot.ports.platform import Rate
from bot.ports.records import RateKey
from bot.ports.store import Store
from tests.contract.store_sample import BRAND, LEASE, NOW, RATES, a_message, channel, later

KEYS = rate_keys("chat", RATES)


async def take(store: Store, now: datetime, rates: tuple[RateKey, ...] = KEYS) -> list[str]:
    """Claim what may go now, and settle it as sent."""
    async with store.work(BRAND) as work:
        claimed = await work.outbox.claim(now, kinds=("reply", "post"), rates={"chat": rates}, lease=LEASE, most=100)
        for message in claimed:
            await work.outbox.sent(message, channel=message.channel, message_id=f"m{message.id}", at=now)
        await work.commit()
    return [message.id for message in claimed]


async def fill(store: Store, *, lanes: int, each: int) -> None:
    """Queue `each` messages for each of `lanes` channels; their ids run in order within a lane."""
    async with store.work(BRAND) as work:
        await work.outbox.add(
            [
                a_message(f"{lane:02}-{number:03}", channel=channel(f"c{lane:02}"))
                for number in range(each)
                for lane in range(lanes)
            ]
        )
        await work.commit()


async def test_a_channel_gets_no_more_than_its_rate(store: Store) -> None:
    """One a second: the second message waits for the next second, and its lane is looked at then."""
    await fill(store, lanes=1, each=3)
    assert await take(store, NOW) == ["00-000"]
    assert await take(store, later(0.999)) == []
    async with store.read(BRAND) as work:
        assert await work.outbox.next_due() == later(1)
    assert await take(store, later(1)) == ["00-001"]


async def test_the_threads_of_a_channel_share_its_rate(store: Store) -> None:
    """A platform counts per chat, however many topics it has."""
    async with store.work(BRAND) as work:
        topics = [replace(channel("c"), thread=thread) for thread in (None, "1", "2")]
        await work.outbox.add([a_message(f"a{number}", channel=topic) for number, topic in enumerate(topics)])
        await work.commit()
    assert len(await take(store, NOW)) == 1
    assert len(await take(store, later(1))) == 1


async def test_an_account_gets_no_more_than_its_rate(store: Store) -> None:
    """Thirty a second over all channels; the other twenty follow, one every thirtieth of a second."""
    await fill(store, lanes=50, each=1)
    assert len(await take(store, NOW)) == 30
    assert len(await take(store, later(0.03))) == 0
    assert len(await take(store, later(0.1))) == 3
    assert len(await take(store, later(0.9))) == 17


async def test_places_are_given_out_ahead_and_several_at_once(store: Store) -> None:
    """Ten a second for half a second: six at first, and more once half of that has passed, not before."""
    steady = {"chat": rate_keys("chat", (Rate(scope="account", count=10, per=timedelta(seconds=1)),))}
    ahead = timedelta(seconds=0.5)
    await fill(store, lanes=40, each=1)

    async def take_ahead(now: datetime) -> tuple[list[datetime | None], datetime | None]:
        async with store.work(BRAND) as work:
            claimed = await work.outbox.claim(now, kinds=("post",), rates=steady, lease=LEASE, most=30, ahead=ahead)
            due = await work.outbox.next_due(rates=steady, ahead=ahead)
            await work.commit()
        return [message.not_before for message in claimed], due

    assert await take_ahead(NOW) == ([None, *(later(number / 10) for number in range(1, 6))], later(0.35))
    assert await take_ahead(later(0.34)) == ([], later(0.35))
    assert await take_ahead(later(0.35)) == ([later(0.6), later(0.7), later(0.8)], later(0.65))


async def test_no_place_comes_before_the_claim_can_have_ended(store: Store) -> None:
    """Where sends follow each other evenly; a burst may go at once."""
    await fill(store, lanes=2, each=1)
    for burst, expected in ((1, [later(0.2), later(0.3)]), (2, [None, None])):
        rates = {"chat": rate_keys("chat", (Rate(scope="account", count=10, per=timedelta(seconds=1), burst=burst),))}
        async with store.work(BRAND) as work:
            claimed = await work.outbox.claim(
                NOW, kinds=("post",), rates=rates, lease=LEASE, most=9, ahead=LEASE, lead=timedelta(seconds=0.2)
            )
        assert [message.not_before for message in claimed] == expected


async def test_replies_get_the_allowance_before_posts(store: Store) -> None:
    """Where the limit leaves room for one, the reply has it."""
    one = rate_keys("chat", (Rate(scope="account", count=1, per=timedelta(seconds=1)),))
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2", kind="reply", created_at=later(1))])
        await work.commit()
    assert await take(store, later(2), one) == ["a2"]


async def test_a_platform_without_limits_is_not_held(store: Store) -> None:
    """Nor is one by the limits of another."""
    await fill(store, lanes=40, each=1)
    assert len(await take(store, NOW, ())) == 40


async def test_a_held_account_sends_nothing_until_then(store: Store) -> None:
    """A platform that asks for patience gets it, in every lane; then the rhythm goes on, not a burst on top."""
    await fill(store, lanes=40, each=1)
    async with store.work(BRAND) as work:
        await work.outbox.hold_back(KEYS, until=later(60), channel=None)
        await work.outbox.hold_back(KEYS, until=later(30), channel=None)
        await work.commit()
    assert await take(store, later(59)) == []
    async with store.read(BRAND) as work:
        assert await work.outbox.next_due(rates={"chat": KEYS}) == later(60)
    assert len(await take(store, later(60))) == 1


async def test_a_held_channel_gets_nothing_through_any_of_its_lanes(store: Store) -> None:
    """Neither its posts nor its replies go out before the moment the platform named; other channels go on."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2", kind="reply"), a_message("a3", channel=channel("c"))])
        await work.outbox.hold_back(KEYS, until=later(60), channel=a_message("a1").channel)
        await work.commit()
    assert await take(store, later(59)) == ["a3"]
    assert await take(store, later(60)) == ["a2"]


async def test_holding_shortens_no_wait(store: Store) -> None:
    """A hold that ends before the limit would allow a send changes nothing."""
    slow = rate_keys("chat", (Rate(scope="account", count=1, per=timedelta(seconds=60)),))
    await fill(store, lanes=2, each=1)
    assert len(await take(store, NOW, slow)) == 1
    async with store.work(BRAND) as work:
        await work.outbox.hold_back(slow, until=later(1), channel=None)
        await work.commit()
    assert await take(store, later(59), slow) == []


async def test_workers_that_start_together_share_one_allowance(store: Store) -> None:
    """A limit nobody has used yet is not taken once by each of four processes."""
    await fill(store, lanes=120, each=1)
    taken = await asyncio.gather(*(take(store, NOW) for _ in range(4)))
    assert sum(len(each) for each in taken) == 30


async def test_workers_side_by_side_claim_each_message_once_and_in_order(store: Store) -> None:
    """Four workers, 50 lanes, 600 messages: none is claimed twice, none is left, and every lane keeps its order."""
    await fill(store, lanes=50, each=12)
    claimed: list[str] = []

    async def worker() -> None:
        empty = 0
        while empty < 3:
            async with store.work(BRAND) as work:
                found = await work.outbox.claim(NOW, kinds=("post",), rates={}, lease=LEASE, most=20)
                await work.commit()
            # after the commit, as a worker would send
            claimed.extend(message.id for message in found)
            async with store.work(BRAND) as work:
                for message in found:
                    await work.outbox.sent(message, channel=message.channel, message_id=message.id, at=NOW)
                await work.commit()
            empty = 0 if found else empty + 1

    await asyncio.gather(*(worker() for _ in range(4)))
    async with store.read(BRAND) as work:
        assert await work.outbox.unsettled() == ()
    lanes: dict[str, list[str]] = {}
    for message_id in claimed:
        lanes.setdefault(message_id[:2], []).append(message_id)
    assert lanes == {f"{lane:02}": [f"{lane:02}-{number:03}" for number in range(12)] for lane in range(50)}
