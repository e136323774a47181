"""How often something may be done, counted in the database for all processes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.delivery.limiter import rate_key
from bot.ports.platform import Rate
from bot.ports.records import RateKey
from bot.store.database import SqlStore
from tests.contract.store_sample import NOW, later

BRAND = "b1"
EVERY_FIVE = rate_key("login", Rate(scope="account", count=1, per=timedelta(seconds=5)))
TWICE_A_DAY = rate_key("logins", Rate(scope="account", count=2, per=timedelta(days=1), burst=2))


async def _take(store: SqlStore, *rates: RateKey, after: float) -> float:
    async with store.work(BRAND) as work:
        at = await work.allowances.take(rates, later(after))
        await work.commit()
    return (at - NOW).total_seconds()


async def test_what_is_too_early_is_told_when_and_not_counted(store: SqlStore) -> None:
    """Asking does not put the moment off."""
    assert [await _take(store, EVERY_FIVE, after=second) for second in (0, 1, 4.5, 5, 6)] == [0, 5, 5, 5, 10]


async def test_every_limit_must_allow_it(store: SqlStore) -> None:
    """One that does not keeps the others from being used up."""
    assert [await _take(store, EVERY_FIVE, TWICE_A_DAY, after=second) for second in (0, 5, 10)] == [0, 5, 43_200]
    assert await _take(store, EVERY_FIVE, after=10) == 10


async def test_of_many_that_ask_at_once_one_is_let_in(store: SqlStore) -> None:
    """Also when nobody has ever asked before."""
    found = await asyncio.gather(*(_take(store, EVERY_FIVE, after=0) for _ in range(8)))
    assert sorted(found) == [0, *[5] * 7]
