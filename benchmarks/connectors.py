"""Connectors of a long log: the whole command, and one taking of the measures beside networkx's."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

import numpy as np

from benchmarks.outcome import CannotRun, Outcome
from benchmarks.planted_community import DAYS, Community, plant_community, tie_rows
from benchmarks.processes import make_environment, our_environment, run_measured
from bot.assemble import assembled
from bot.cli.running import read_config
from bot.clock import SystemClock
from bot.engagement.connectors import score_ties
from bot.engagement.graph import Ties
from bot.engagement.tie_log import TieGatherer
from bot.messages import PersonRef
from bot.ports.records import PastEvent

#: The most the command may take, in seconds of one core and in MB, and how much faster than networkx one taking is.
_SECONDS, _MEGABYTES, _TIMES = 10.0, 1000.0, 30.0
_PORTION = 20_000
#: How much longer than the target asks for networkx may take.
_PATIENCE = 1.1
_PROTOCOL = (
    "A community of the model in planted_community, its ties first, then messages to nobody, in an SQLite log.",
    "Command: `konektor connectors --json` from start to end: reading, circles, intervals from resampling, reasons;",
    "processor seconds (other work on the machine is no matter) and the most that was resident.",
    "ours and peer: seconds of one core for one taking of the measures on the same ties: circles (ours at two looks,",
    "networkx once and by Louvain, since its Leiden needs another backend), betweenness within each one's own circle,",
    "effective size. Nothing of networkx is sampled; it is ended when it has taken a tenth more than the target asks",
    "for, and then counts as having taken that.",
    f"met is: command within {_SECONDS:.0f} s and {_MEGABYTES:.0f} MB, one taking at least {_TIMES:.0f} times as fast.",
)
_CONFIG = (
    "version: 1\nbrand: {name: Long, languages: [en]}\ncommunities: {room: {platform: sandbox}}\n"
    "sources: {faq: {type: faq, path: faq.yaml}}\nstore: {url: 'sqlite:///long.db'}\n"
)
_FAQ = "- {id: hi, question: Is anybody there?, answer: We are., language: en}\n"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--events", type=int, default=1_000_000, help="events in the log")
    parser.add_argument("--members", type=int, default=50_000, help="members of the community")
    parser.add_argument("--without-peer", action="store_true", help="measure ours alone; then nothing is compared")


def measure(options: argparse.Namespace) -> Outcome:
    """Fill a log, rank its connectors, and take networkx's time. Raises CannotRun where networkx can't be had."""
    community = plant_community(options.members, seed=0)
    ties = _gather(community, options.events)
    began = time.process_time()
    listed = score_ties(ties, min_people=5)
    ours = time.process_time() - began
    details = {"listed": float(len(listed)), "ties": float(len(ties.strengths().keys))}
    with tempfile.TemporaryDirectory(prefix="konektor-connectors-") as place:
        folder = Path(place)
        (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
        (folder / "faq.yaml").write_text(_FAQ, encoding="utf-8")
        asyncio.run(_fill(folder / "config.yaml", community, options.events))
        command = run_measured(
            [sys.executable, "-m", "bot", "connectors", "--json", "-c", str(folder / "config.yaml")],
            environment=our_environment(OPENBLAS_NUM_THREADS="1"),
            cwd=folder,
        )
        details |= {"command, CPU s": command.cpu, "command, wall s": command.wall, "command, MB": command.peak}
        details["named"] = float(len(json.loads(command.output)))
        peer = 0.0
        if not options.without_peer:
            costs = _measure_networkx(folder, ties, ours)
            details |= {f"networkx {part}, s": seconds for part, seconds in costs.items()}
            peer = sum(costs.values())
    return Outcome(
        name="connectors",
        sizes={"events": options.events, "members": options.members},
        ours=ours,
        peer=peer,
        target=1 / _TIMES,
        met=command.cpu <= _SECONDS and command.peak <= _MEGABYTES and ours * _TIMES <= peer,
        protocol=_PROTOCOL,
        details=details,
    )


def _gather(community: Community, events: int) -> Ties:
    gathered = TieGatherer(uncounted=(), deleted=())
    gathered.add(row for row, _ in zip(tie_rows(community), range(events), strict=False))
    return gathered.ties({})


async def _fill(config: Path, community: Community, events: int) -> None:
    """Write the community's ties, and messages to nobody up to `events`, into the log of a configuration."""
    brand = read_config(config)
    async with assembled(brand) as parts:
        rows = list(_past_events(community, events, SystemClock().now() - timedelta(days=DAYS)))
        async with parts.store.work(parts.brand.id) as work:
            everybody = [PersonRef(platform="sandbox", id=f"p{number}") for number in range(community.size)]
            await work.people.met(everybody, SystemClock().now())
            for first in range(0, len(rows), _PORTION):
                await work.events.add_past("sandbox", rows[first : first + _PORTION])
            await work.commit()


def _past_events(community: Community, events: int, start: datetime) -> Iterator[PastEvent]:
    columns = (community.author, community.target, community.day, community.reacted)
    number = 0
    for author, target, day, reacted in zip(*(column[:events].tolist() for column in columns), strict=True):
        number += 1
        kind = "reaction" if reacted else "message"
        at = start + timedelta(days=day, seconds=number % 80_000)
        toward = ((f"p{target}", "reaction" if reacted else "reply"),)
        emoji = "👍" if reacted else None
        yield PastEvent(f"e{number}", kind, "room", "room", at, f"p{author}", toward, f"m{number}", None, emoji)
    speakers = np.random.default_rng(1).choice(np.repeat(np.arange(community.size), community.messages), events)
    for author in speakers[number:events].tolist():
        number += 1
        at = start + timedelta(days=number % DAYS, seconds=number % 80_000)
        yield PastEvent(f"e{number}", "message", "room", "room", at, f"p{author}", (), f"m{number}")


def _measure_networkx(folder: Path, ties: Ties, ours: float) -> dict[str, float]:
    """Return what each part costs networkx, in processor seconds."""
    python = make_environment(folder / "networkx", ["networkx"])
    strengths = ties.strengths()
    rows = zip(
        (strengths.keys // strengths.size).tolist(),
        (strengths.keys % strengths.size).tolist(),
        strengths.days.astype(int).tolist(),
        strict=True,
    )
    limit = ceil(_PATIENCE * _TIMES * ours) + 1
    done = subprocess.run(
        [str(python), str(Path(__file__).with_name("networkx_connectors.py")), str(limit)],
        input="".join(f"{a} {b} {days}\n" for a, b, days in rows),
        capture_output=True,
        text=True,
        check=False,
    )
    costs: dict[str, float] = {}
    for line in done.stdout.splitlines():
        costs |= json.loads(line)
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        costs["unfinished, at least"] = limit - sum(costs.values())
    elif done.returncode != 0:
        raise CannotRun(f"networkx ended with {done.returncode}: {done.stderr[-300:]}")
    return costs
