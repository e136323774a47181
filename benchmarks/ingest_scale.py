"""Events a second from Telegram's JSON to a committed row, by one, two and four processes on one PostgreSQL."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

import structlog

from benchmarks.ingest_places import count_events, open_once, write_brand
from benchmarks.ingest_road import Road
from benchmarks.outcome import CannotRun, Outcome
from benchmarks.postgres import durable_postgres
from benchmarks.telegram_updates import write_answers
from bot.assemble import assembled
from bot.cli.running import read_config

_PROCESSES = (1, 2, 4)
#: Combot's published load: 25 million messages a day are 290 a second, and 3,000 at their peak.
_MEAN, _PEAK = 290.0, 3_000.0
_PROTOCOL = (
    "The updates of `ingest`, each process with groups of its own, as webhooks would hand them out: five answers of",
    "a hundred updates at once, committed together. PostgreSQL with its own defaults on the same machine, so every",
    "commit waits for the disk, and server and clients share its processors.",
    "A figure is the updates of all processes over the time from the start of the first to the end of the last; in",
    "the end the log must hold every event.",
    f"ours is the best of them; peer is the load to be borne, {_PEAK:,.0f} messages a second at the peak of 25 million",
    f"a day ({_MEAN:,.0f} in the mean).",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--updates", type=int, default=40_000, help="how many updates come in, in each run")
    parser.add_argument("--members", type=int, default=20_000, help="how many people they are by")


def measure(options: argparse.Namespace) -> Outcome:
    """Take the updates in by 1, 2 and 4 processes. Raises CannotRun when an event is lost."""
    os.environ.setdefault("TELEGRAM_TOKEN", "7000000001:never-used")  # noqa: TID251  # written, not read
    details: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="konektor-scale-") as place, durable_postgres() as postgres:
        for processes in _PROCESSES:
            details[f"messages a second by {processes} processes"] = _take_in_by(
                processes, Path(place), postgres.create_database(), options
            )
    best = max(details.values())
    return Outcome(
        name="ingest_scale",
        sizes={"updates": options.updates, "members": options.members, "processors": os.cpu_count() or 1},
        ours=best,
        peer=_PEAK,
        target=1.0,
        met=best >= _PEAK,
        protocol=_PROTOCOL,
        details=details,
    )


def _take_in_by(processes: int, folder: Path, url: str, options: argparse.Namespace) -> float:
    """Return the updates a second of so many processes."""
    chats = 5 * processes
    config = write_brand(folder, url=url, chats=chats)
    open_once(config)
    share = options.updates // processes
    files = []
    for number in range(processes):
        files.append(folder / f"{processes}-{number}.jsonl")
        write_answers(files[-1], share, chats=5, members=options.members, seed=number + 1, first_chat=5 * number)
    # spawned: a forked process would share the parent's connections
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(processes + 1)
    running = [spawn.Process(target=_take_in, args=(config, path, barrier), daemon=True) for path in files]
    for process in running:
        process.start()
    try:
        barrier.wait(timeout=60)
        began = time.perf_counter()
        for process in running:
            process.join()
        seconds = time.perf_counter() - began
    finally:
        for process in running:
            process.kill()
    kept = count_events(url)
    if kept != share * processes:
        raise CannotRun(f"{share * processes - kept} of {share * processes} events are not in the log")
    return kept / seconds


def _take_in(config: Path, answers: Path, barrier: Barrier) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    asyncio.run(_take_in_together(config, answers, barrier))


async def _take_in_together(config: Path, answers: Path, barrier: Barrier) -> None:
    async with assembled(read_config(config)) as parts:
        barrier.wait(timeout=60)
        await Road(parts).take_in(answers, at_once=5)
