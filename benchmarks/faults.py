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
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.outcome import CannotRun, Outcome
from tests.faults.audit import Verdict
from tests.faults.dooms import POINTS
from tests.faults.far_side import DiscordSide, FarSide, TelegramSide
from tests.faults.night import Night
from tests.servers.feed_server import FeedServer
from tests.servers.postgres import run_postgres

_SIDES: dict[str, Callable[[int], FarSide]] = {"telegram": TelegramSide, "discord": DiscordSide}
_DATABASES = ("sqlite", "postgresql")
_CHANNELS = 24
_PROTOCOL = (
    "The kills are dealt out over Telegram and Discord, each on SQLite and on PostgreSQL, four nights side by side.",
    f"Every other one comes at the next of {len(POINTS)} named moments around commits and sends, by its own hand;",
    "where that moment does not come within 3 s, and every time in between, at any moment from outside.",
    "A life is a process of its own, forked from one that has loaded the modules; it serves as `konektor run` does.",
    "Members write and the blog grows all the while; the server holds back every answer to a send for 0.15 s.",
    "On PostgreSQL others take over from a silent process after 1 s (listening), 8 s (sends) or 4 s (questions).",
    "In the end it runs until nothing is left to do; then each row is held against what the server has taken.",
    "Ours is what was lost, came twice, in the wrong order or was doubtful and not said to be; the peer is the kills.",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--kills", type=int, default=1000, help="how often it is killed in all")
    parser.add_argument("--seed", type=int, default=1, help="another one is another night")


def measure(options: argparse.Namespace) -> Outcome:
    """Let four nights pass. Raises CannotRun when one does not come to its end."""
    try:
        nights = asyncio.run(_pass_nights(options.kills, options.seed))
    except* AssertionError as faults:
        raise CannotRun("; ".join(str(fault) for fault in faults.exceptions)) from faults
    for name, (verdict, _) in nights.items():
        for breach in verdict.breaches:
            print(f"{name}: {breach}", file=sys.stderr)
    parts = {name: part for name, (_, part) in nights.items()}
    broken = sum(
        part[what] for part in parts.values() for what in ("lost", "duplicates", "reordered", "unknown_undeclared")
    )
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


async def _pass_nights(kills: int, seed: int) -> dict[str, tuple[Verdict, dict[str, int]]]:
    names = [(platform, database) for platform in _SIDES for database in _DATABASES]
    # the first nights take what does not divide evenly
    shares = [kills // len(names) + (number < kills % len(names)) for number in range(len(names))]
    with tempfile.TemporaryDirectory(prefix="konektor-faults-") as folder, run_postgres() as postgres:

        async def pass_night(platform: str, database: str, share: int) -> tuple[Verdict, dict[str, int]]:
            home = Path(folder) / f"{platform}-{database}"
            home.mkdir()
            store = f"sqlite:///{home}/konektor.db" if database == "sqlite" else postgres.create_database()
            chance = random.Random(f"{seed} {platform} {database}")
            async with (
                FeedServer({}) as site,
                _SIDES[platform](_CHANNELS) as side,
                Night(side, site, store=store, folder=home, chance=chance) as night,
            ):
                verdict = await night.last(share)
            return verdict, _count(share, verdict, night.died_at)

        async with asyncio.TaskGroup() as group:
            tasks = {
                f"{platform} {database}": group.create_task(pass_night(platform, database, share))
                for (platform, database), share in zip(names, shares, strict=True)
            }
    return {name: task.result() for name, task in tasks.items()}


def _count(kills: int, verdict: Verdict, died_at: Counter[str]) -> dict[str, int]:
    counts = {name: value for name, value in asdict(verdict).items() if name != "breaches"}
    return {"kills": kills, **counts, "kills_at_named_moments": died_at.total(), "named_moments": len(died_at)}
