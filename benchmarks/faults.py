"""kill -9 of the service, again and again, and an audit of what the platform's server has taken against the database.

On Telegram and Discord (servers of ours that speak their protocols), each over SQLite and over PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from benchmarks.outcome import CannotRun, Outcome
from tests.faults.audit import Verdict
from tests.faults.deaths import NIGHTS, draw_deaths, find_points
from tests.faults.dooms import POINTS
from tests.faults.nights import pass_nights
from tests.servers.postgres import run_postgres

#: How long one that is doomed waits for its moment, in seconds.
_DOOMED_SECONDS = 3.0
_PROTOCOL = (
    "The kills are dealt out over Telegram and Discord, each on SQLite and on PostgreSQL, four nights side by side.",
    f"Half of them come at one of {len(POINTS)} named moments around commits and sends, by the service's own hand;",
    f"where that moment does not come within {_DOOMED_SECONDS:.0f} s, and the other half, at any moment from outside.",
    "A life is a process of its own, forked from one that has loaded the modules; it serves as `konektor run` does.",
    "Members write, the blog grows and its posts are corrected; every answer to a send is held back for 0.15 s.",
    "On PostgreSQL others take over from a silent process after 1 s (listening), 8 s (sends) or 4 s (questions).",
    "In the end it runs until nothing is left to do; then each row is held against what the server has taken.",
    "Ours is what was lost, came twice, in the wrong order or was doubtful and not said to be; the peer is the kills.",
)


#: What must not be.
_BROKEN = ("lost", "duplicates", "reordered", "unknown_undeclared", "unknown_unfounded")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--kills", type=int, default=1000, help="how often it is killed in all")
    parser.add_argument("--seed", type=int, default=1, help="another one is another night")


def measure(options: argparse.Namespace) -> Outcome:
    """Let four nights pass. Raises CannotRun when one does not come to its end."""
    try:
        nights = _pass_nights(options.kills, options.seed)
    except* AssertionError as faults:
        raise CannotRun("; ".join(str(fault) for fault in faults.exceptions)) from faults
    for name, (verdict, _) in nights.items():
        for breach in verdict.breaches:
            print(f"{name}: {breach}", file=sys.stderr)
    parts = {name: part for name, (_, part) in nights.items()}
    broken = sum(part[what] for part in parts.values() for what in _BROKEN)
    return Outcome(
        name="faults",
        sizes={"kills": options.kills},
        ours=broken,
        peer=options.kills,
        target=0,
        met=broken == 0 and all(not verdict.breaches for verdict, _ in nights.values()),
        protocol=_PROTOCOL,
        parts=parts,
    )


def _pass_nights(kills: int, seed: int) -> dict[str, tuple[Verdict, dict[str, int]]]:
    deaths: dict[tuple[str, str], tuple[str | None, ...]] = {}
    for number, night in enumerate(NIGHTS):
        # the first nights take what does not divide evenly
        share = kills // len(NIGHTS) + (number < kills % len(NIGHTS))
        chance = random.Random(f"{seed} {night}")
        deaths[night] = draw_deaths(find_points(*night), named=share - share // 2, others=share // 2, chance=chance)
    with tempfile.TemporaryDirectory(prefix="konektor-faults-") as folder, run_postgres() as postgres:
        passed = asyncio.run(
            pass_nights(
                deaths,
                folder=Path(folder),
                make_database=postgres.create_database,
                seed=str(seed),
                doomed_seconds=_DOOMED_SECONDS,
            )
        )
    return {
        " ".join(night): (verdict, _count(len(deaths[night]), verdict, died_at))
        for night, (verdict, died_at) in passed.items()
    }


def _count(kills: int, verdict: Verdict, died_at: Counter[str]) -> dict[str, int]:
    counts = {name: value for name, value in asdict(verdict).items() if name != "breaches"}
    return {"kills": kills, **counts, "kills_at_named_moments": died_at.total(), "named_moments": len(died_at)}
