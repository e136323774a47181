"""Why a claim takes two statements: one whose lock comes late still believes what it saw before.

PostgreSQL alone can show it. A worker is held up inside its statement, after the statement's snapshot was taken, by a
row policy that waits at a gate; meanwhile another claims and sends the head of the same lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from bot.store.database import SqlStore
from tests.contract.store_sample import BRAND, GROUP, LEASE, NOW, a_message
from tests.journeys.waiting import until

#: The number of the advisory lock that is the gate.
GATE = 7
#: The shortest way to claim, and the wrong one.
ONE_STATEMENT = """
WITH locked AS (
    SELECT lane FROM lane WHERE brand_id = %(brand)s AND due_at <= %(now)s FOR UPDATE SKIP LOCKED
), heads AS (
    SELECT DISTINCT ON (outbox.lane) outbox.id FROM outbox JOIN locked USING (lane)
    WHERE brand_id = %(brand)s AND state IN ('pending', 'retry') ORDER BY outbox.lane, outbox.id
)
UPDATE outbox SET state = 'sending', attempt = attempt + 1
FROM heads WHERE brand_id = %(brand)s AND outbox.id = heads.id RETURNING outbox.id
"""


async def _claim(url: str) -> list[str]:
    """Claim as the service does; return whose turn it was."""
    store = SqlStore(url)
    async with store.work(BRAND) as work:
        claimed = await work.outbox.claim(NOW, kinds=("post",), rates={}, lease=LEASE, most=1)
        await work.commit()
    await store.close()
    return [message.id for message in claimed]


async def _claim_in_one_statement(url: str) -> list[str]:
    """Claim in one statement; return whose turn it was."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        given: dict[str, str | datetime] = {"brand": BRAND, "now": NOW}
        rows = await (await connection.execute(ONE_STATEMENT, given)).fetchall()
    return [str(row[0]) for row in rows]


async def _send_first(url: str) -> None:
    """Claim and send what stands first, as another worker."""
    store = SqlStore(url)
    async with store.work(BRAND) as work:
        (first,) = await work.outbox.claim(NOW, kinds=("post",), rates={}, lease=LEASE, most=1)
        await work.commit()
    async with store.work(BRAND) as work:
        await work.outbox.sent(first, channel=GROUP, message_id="m1", at=NOW)
        await work.commit()
    await store.close()


@asynccontextmanager
async def _gate(url: str) -> AsyncIterator[tuple[str, psycopg.AsyncConnection]]:
    """Close the gate; give the address of a worker that it stops, and the connection that holds it."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as keeper:
        role = Identifier(f"held_up_{make_url(url).database}")
        for statement in (
            SQL("CREATE ROLE {role}"),
            SQL("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"),
            SQL(
                "CREATE FUNCTION pass_gate() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN "
                "PERFORM pg_advisory_lock_shared({gate}); PERFORM pg_advisory_unlock_shared({gate}); RETURN true; "
                "END $$"
            ),
            SQL("ALTER TABLE lane ENABLE ROW LEVEL SECURITY"),
            SQL("CREATE POLICY gate ON lane TO {role} USING (pass_gate())"),
            SQL("SELECT pg_advisory_lock({gate})"),
        ):
            await keeper.execute(statement.format(role=role, gate=SQL(str(GATE))))
        # a space is %20 here: libpq takes a plus sign for one
        yield f"{url}&options=-c%20role%3Dheld_up_{make_url(url).database}", keeper


@pytest.mark.parametrize(
    ("claim", "expected"),
    [pytest.param(_claim, ["a2"], id="two-statements"), pytest.param(_claim_in_one_statement, ["a1"], id="one")],
)
async def test_a_worker_that_was_held_up_claims_nothing_twice(
    prepared_postgres: str, claim: Callable[[str], Awaitable[list[str]]], expected: list[str]
) -> None:
    """With two statements it takes what stands first by then; with one it takes what has been sent already."""
    url = prepared_postgres
    store = SqlStore(url)
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1"), a_message("a2")])
        await work.commit()
    await store.close()
    async with _gate(url) as (held_up, keeper):
        late = asyncio.create_task(_as_list(claim(held_up)))

        async def waits() -> bool:
            found = await keeper.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return await found.fetchone() is not None

        await until(waits, "the worker to stand at the gate")
        await _send_first(url)
        await keeper.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        assert await late == expected


async def _as_list(claimed: Awaitable[list[str]]) -> list[str]:
    return await claimed
