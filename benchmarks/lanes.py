"""The outbox engine alone: messages a second through lanes that keep order, on PostgreSQL, against two job queues.

Nothing is sent: a worker claims heads, commits, and records them as sent. Peers run in a virtual environment of their
own, made on the first run.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.outcome import CannotRun, Outcome
from benchmarks.peer import run_peer
from benchmarks.postgres import durable_postgres
from bot.clock import SystemClock
from bot.delivery.limiter import rate_keys
from bot.ids import new_id
from bot.messages import ChannelRef, Span
from bot.ports.platform import Rate
from bot.ports.records import Body, Queued, Taken
from bot.store.database import SqlStore
from bot.store.unit_of_work import SqlUnitOfWork

_BRAND = "lanes"
_WORKERS = (1, 4, 8)
#: At least so many times as many messages a second as either peer, and at least so many.
_TARGET = 50.0
_LEAST = 10_000
_LEASE = timedelta(seconds=90)
#: How many lanes a worker takes in hand at once.
_AT_ONCE = 200
#: How many messages of its own each worker sends before the clock starts.
_WARMING = 10
_PROTOCOL = (
    "PostgreSQL with its own defaults, so every commit waits for the disk; each worker is a process of its own,",
    f"which has sent {_WARMING} messages of another brand before the clock starts.",
    "A message counts when its claim and that it was sent are both committed; sending itself is left out.",
    "Limits are on, one per account and one per channel, set so high that they hold nothing back.",
    "Afterwards every message must have been claimed once, and in order within its channel.",
    "Peers: Procrastinate with a lock per channel and 8 concurrent jobs, DBOS with a queue partitioned by channel.",
    "Their jobs do nothing, and theirs is one worker process as their documents show it.",
    "The ratio is that of the quicker peer.",
)
_RATES = {
    "chat": rate_keys(
        "chat",
        (
            Rate(scope="account", count=1_000_000, per=timedelta(seconds=1), burst=1_000_000),
            Rate(scope="channel", count=1_000_000, per=timedelta(seconds=1), burst=1_000_000),
        ),
    )
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--messages", type=int, default=20_000, help="how many messages each run sends")
    parser.add_argument("--channels", type=int, default=2_000, help="over how many channels")
    parser.add_argument("--peer-messages", type=int, default=1_000, help="how many the peers are given")


def measure(options: argparse.Namespace) -> Outcome:
    """Send through 1, 4 and 8 workers, then let the peers do theirs. Raises CannotRun when a promise was broken."""
    details: dict[str, float] = {}
    with durable_postgres() as postgres:
        for workers in _WORKERS:
            rate = _send_all(postgres.create_database(), options.messages, options.channels, workers)
            details[f"messages a second with {workers} workers"] = rate
        for peer, requirement in (("procrastinate", "procrastinate==3.10.*"), ("dbos", "dbos==3.4.*")):
            channels = max(1, options.peer_messages // 10)
            given = (postgres.create_database(), str(options.peer_messages), str(channels))
            seconds = run_peer(f"{peer}_lanes", (requirement, "psycopg[binary,pool]>=3.2"), given)["seconds"]
            details[f"messages a second of {peer}"] = options.peer_messages / seconds
    ours = details[f"messages a second with {_WORKERS[-1]} workers"]
    peers = max(details[f"messages a second of {peer}"] for peer in ("procrastinate", "dbos"))
    return Outcome(
        name="lanes",
        sizes={
            "messages": options.messages,
            "channels": options.channels,
            "messages of the peers": options.peer_messages,
        },
        ours=ours,
        peer=peers,
        target=_TARGET,
        met=ours >= _LEAST and ours >= _TARGET * peers,
        protocol=_PROTOCOL,
        details=details,
    )


def _send_all(url: str, messages: int, channels: int, workers: int) -> float:
    """Return the messages a second that `workers` get through."""
    asyncio.run(_fill(url, messages, channels))
    # forked, so that what is measured is not how long eight processes take to load the same modules
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(workers + 1)
    processes = [fork.Process(target=_work, args=(url, barrier)) for _ in range(workers)]
    with _running(processes):
        barrier.wait(timeout=50)
        began = time.perf_counter()
        for process in processes:
            process.join()
        seconds = time.perf_counter() - began
    asyncio.run(_audit(url, messages))
    return messages / seconds


@contextmanager
def _running(processes: list[multiprocessing.context.ForkProcess]) -> Iterator[None]:
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def _work(url: str, barrier: Barrier) -> None:
    asyncio.run(_work_through(url, barrier))


async def _work_through(url: str, barrier: Barrier) -> None:
    store, clock = SqlStore(url), SystemClock()
    # a worker that has been at it for a while has its statements ready
    await _empty(store, clock, brand_id=f"{_BRAND}-{os.getpid()}", before=_WARMING)
    barrier.wait(timeout=50)
    await _empty(store, clock, brand_id=_BRAND)
    await store.close()


async def _empty(store: SqlStore, clock: SystemClock, *, brand_id: str, before: int = 0) -> None:
    """Send what the outbox of a brand holds, `before` messages of one channel added first."""
    if before:
        async with store.work(brand_id) as work:
            await work.outbox.add(_messages(before, 1, clock.now()))
            await work.commit()
    while True:
        async with store.work(brand_id) as work:
            claimed = await work.outbox.claim(clock.now(), kinds=("post",), rates=_RATES, lease=_LEASE, most=_AT_ONCE)
            await work.commit()
        if claimed:
            at = clock.now()
            taken = [Taken(message=one, channel=one.channel, message_id=one.id, at=at) for one in claimed]
            async with store.work(brand_id) as work:
                await work.outbox.sent_all(taken)
                await work.commit()
            continue
        async with store.read(brand_id) as work:
            due = await work.outbox.next_due()
        if due is None:
            break
        # others have the rest in hand; what they leave behind is due at once
        await asyncio.sleep(0.005)


def _messages(count: int, channels: int, now: datetime) -> list[Queued]:
    return [
        Queued(
            id=new_id(now),
            community=None,
            channel=ChannelRef(platform="chat", space=f"c{number % channels}", channel=f"c{number % channels}"),
            kind="post",
            body=Body(spans=(Span(text=f"Message {number} of a campaign, with a link"),)),
            created_at=now,
        )
        for number in range(count)
    ]


async def _fill(url: str, messages: int, channels: int) -> None:
    store, clock = SqlStore(url), SystemClock()
    await store.open()
    rows = _messages(messages, channels, clock.now())
    async with store.work(_BRAND) as work:
        for start in range(0, messages, 5_000):
            await work.outbox.add(rows[start : start + 5_000])
        await work.commit()
    async with store.work(_BRAND) as work:
        # what autovacuum does within a minute of such a load
        await _connection_of(work).execute(text("ANALYZE outbox, lane"))
        await work.commit()
    await store.close()


async def _audit(url: str, messages: int) -> None:
    """Raise CannotRun unless each message went once, in its channel's order."""
    store = SqlStore(url)
    async with store.read(_BRAND) as work:
        connection = _connection_of(work)
        once = await connection.scalar(
            text("SELECT count(*) FROM outbox WHERE brand_id = :brand AND state = 'sent' AND attempt = 1"),
            {"brand": _BRAND},
        )
        astray = await connection.scalar(
            text(
                # each moment was taken once the claim was committed, which is when a worker would send
                "SELECT count(*) FROM (SELECT sent_at < lag(sent_at) OVER (PARTITION BY lane ORDER BY id) AS early "
                "FROM outbox WHERE brand_id = :brand) AS pairs WHERE early"
            ),
            {"brand": _BRAND},
        )
    await store.close()
    if once != messages or astray:
        msg = f"{messages - (once or 0)} messages were not sent exactly once, {astray} before one that goes first"
        raise CannotRun(msg)


def _connection_of(work: SqlUnitOfWork) -> AsyncConnection:
    connection = work._connection  # noqa: SLF001  # the database itself is asked: 40,000 rows need not come here
    if connection is None:
        raise CannotRun("the database has gone")
    return connection
