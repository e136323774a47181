"""What processes side by side must do one after the other although they touch different rows.

PostgreSQL alone can show it: on SQLite a transaction that writes is the only one from its beginning.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from bot.brand import Cap, Template
from bot.clock import ReplayClock
from bot.flows.release_shares import release_shares
from bot.ports.records import Share
from bot.store.database import SqlStore
from tests.contract.store_sample import a_share
from tests.journeys.waiting import until
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign, a_post
from tests.unit.flows.sample import LIMITS, a_brand, save

ONE_A_DAY = a_brand(
    a_campaign(templates={"default": Template(text="{{ post.title }}\n{{ link }}")}),
    communities=[replace(COMMUNITY, max_posts=Cap(count=1, per="day"))],
)
#: By the clock of the process that is ahead of the other.
LATER = NOW + timedelta(seconds=1)


@pytest.fixture
async def store(prepared_postgres: str) -> AsyncIterator[SqlStore]:
    """An open store without rows, closed afterwards."""
    opened = SqlStore(prepared_postgres)
    yield opened
    await opened.close()


async def _add(store: SqlStore, share: Share) -> None:
    async with store.work(ONE_A_DAY.id) as work:
        await work.shares.add(share)
        await work.commit()


async def test_two_processes_let_out_no_more_than_a_community_bears(store: SqlStore, prepared_postgres: str) -> None:
    """Each sees a share that the other does not: one that has just been drafted, one held until this very moment."""
    await save(store, a_post("p1"), a_post("p2"))
    await _add(store, a_share("s1", post_id="p1", state="held", until=LATER))
    async with store.work(ONE_A_DAY.id) as first, await psycopg.AsyncConnection.connect(prepared_postgres) as eye:
        assert [share.id for share in await first.shares.to_release(LATER)] == ["s1"]
        await _add(store, a_share("s2", post_id="p2"))
        second = asyncio.create_task(
            release_shares(ONE_A_DAY, store=store, limits={"sandbox": LIMITS}, clock=ReplayClock(NOW))
        )

        async def is_waiting_or_done() -> bool:
            found = await eye.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            return second.done() or await found.fetchone() is not None

        await until(is_waiting_or_done, "the second process to wait for its turn")
        await first.shares.move("s1", "queued", reason="welcome now", until=None, at=LATER)
        await first.commit()
    assert await second == 0
    async with store.read(ONE_A_DAY.id) as work:
        shares = {share.id: (share.state, share.reason) for share in await work.shares.recent(NOW)}
    assert shares == {"s1": ("queued", "welcome now"), "s2": ("held", "warung has had its 1 per day")}
