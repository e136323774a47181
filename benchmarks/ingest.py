"""Events a second from Telegram's JSON to a committed row, beside python-telegram-bot with a handler that does nothing.

opsdroid and Errbot remember the same messages in their own storage; each peer that cannot be had is said.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from math import log
from pathlib import Path
from typing import Any

from benchmarks.ingest_places import count_events, fill_log, open_once, write_brand
from benchmarks.outcome import CannotRun, Outcome
from benchmarks.peer import run_peer
from benchmarks.postgres import durable_postgres
from benchmarks.processes import our_environment
from benchmarks.telegram_updates import write_answers

#: Of the bare SDK's updates a second; and of each peer's messages a second.
_TARGET, _PEERS_TARGET = 0.6, 5.0
#: What RSS may grow by in the second half of a run, in MB. SQLite's 32 MiB of pages and the remembered digests are full
#: after some 120,000 updates, which is in the second half of the default run; --updates 1000000 tells more.
_GROWTH = 32.0
_PEERS = {
    "opsdroid": ("opsdroid_ingest", ("opsdroid", "setuptools<81", "aiosqlite")),
    "errbot": ("errbot_ingest", ("errbot", "setuptools<81", "pytest")),
}
_PROTOCOL = (
    "Updates of Telegram groups as answers of getUpdates, a hundred each: plain messages, replies, mentions, commands,",
    "edits, reactions, joins, leaves and photos. Each answer's events are committed before the next answer is read.",
    "ours: the adapter's reader and the flow the service receives with, into a new database with the product's own",
    "durability; the peer python-telegram-bot: Update.de_json and Application.process_update, which keep nothing.",
    "Each runs in a process of its own on one core; figures are updates per wall second, processor seconds below them.",
    "Afterwards the log must hold every event. Memory is resident, after each tenth of the run.",
    "opsdroid keeps messages in its SQLite memory, Errbot in its shelf, which it leaves to the operating system: what",
    "Errbot has remembered is not on the disk yet. Both are given messages as objects and parse no JSON.",
    f"met is: at least {_TARGET} of the bare SDK, memory flat, at least {_PEERS_TARGET:.0f} times each peer at hand.",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--updates", type=int, default=100_000, help="how many updates come in")
    parser.add_argument("--members", type=int, default=20_000, help="how many people they are by")
    parser.add_argument("--chats", type=int, default=20, help="in how many groups")
    parser.add_argument("--held", type=int, default=0, help="also measure with so many events in the log (10000000)")
    parser.add_argument("--postgres", action="store_true", help="into PostgreSQL instead of SQLite")
    parser.add_argument("--at-once", type=int, default=1, help="answers handed over together, as webhooks would")
    parser.add_argument("--peer-messages", type=int, default=2_000, help="how many messages opsdroid and Errbot get")
    parser.add_argument("--without-peers", action="store_true", help="leave opsdroid and Errbot out")


def measure(options: argparse.Namespace) -> Outcome:
    """Take the updates in at three sizes, and let the peers do theirs. Raises CannotRun when an event is lost."""
    sizes = [max(100, options.updates // 10), max(100, options.updates // 3), options.updates]
    details: dict[str, float] = {}
    protocol = [*_PROTOCOL]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="konektor-ingest-")))
        places = stack.enter_context(_databases(folder, postgres=options.postgres))
        files = {size: folder / f"{size}.jsonl" for size in sizes}
        for size, path in files.items():
            write_answers(path, size, chats=options.chats, members=options.members)
        peer = _run_alone(
            [sys.executable, str(Path(__file__).parent / "peers" / "telegram_noop.py"), str(files[sizes[-1]])]
        )
        parts = {"python-telegram-bot": _figures(peer)}
        runs = {}
        for size, path in files.items():
            runs[size] = _take_in(folder, next(places), path, size, options)
            parts[f"{size:,} updates"] = _figures(runs[size])
        if options.held:
            for held in (10_000, options.held):
                run = _take_in(folder, next(places), files[sizes[0]], sizes[0], options, held=held)
                parts[f"{sizes[0]:,} updates into a log of {held:,}"] = _figures(run)
        for name in () if options.without_peers else _PEERS:
            try:
                parts[name] = _figures(_run_peer(name, files[sizes[-1]], options.peer_messages))
            except CannotRun as reason:
                protocol.append(f"{name} is left out: {reason}")
    whole = runs[sizes[-1]]
    resident = whole["resident"]
    details["memory grown in the second half, MB"] = resident[-1] - resident[len(resident) // 2]
    details["memory grown in the first half, MB"] = resident[len(resident) // 2] - resident[0]
    details["memory in the end, MB"] = resident[-1]
    details["cost grows with the updates to the power of"] = log(runs[sizes[-1]]["cpu"] / runs[sizes[0]]["cpu"]) / log(
        sizes[-1] / sizes[0]
    )
    ours, bare = parts[f"{sizes[-1]:,} updates"], parts["python-telegram-bot"]
    details["ratio of processor seconds"] = ours["a CPU second"] / bare["a CPU second"]
    for name in _PEERS:
        if name in parts:
            details[f"times {name}"] = ours["a second"] / parts[name]["a second"]
    return Outcome(
        name="ingest",
        sizes={"updates": options.updates, "members": options.members, "groups": options.chats},
        ours=ours["a second"],
        peer=bare["a second"],
        target=_TARGET,
        met=ours["a second"] >= _TARGET * bare["a second"]
        and details["memory grown in the second half, MB"] <= _GROWTH
        and all(details.get(f"times {name}", _PEERS_TARGET) >= _PEERS_TARGET for name in _PEERS),
        protocol=tuple(protocol),
        details=details,
        parts=parts,
    )


@contextmanager
def _databases(folder: Path, *, postgres: bool) -> Iterator[Iterator[str]]:
    """Give the addresses of new databases, one after the other."""
    if not postgres:
        yield (f"sqlite:///{folder}/log{number}.db" for number in range(100))
        return
    with durable_postgres() as server:
        yield (server.create_database() for _ in range(100))


def _take_in(
    folder: Path, url: str, answers: Path, updates: int, options: argparse.Namespace, *, held: int = 0
) -> dict[str, Any]:
    """Let our road take a file in, and check that nothing is missing."""
    os.environ.setdefault("TELEGRAM_TOKEN", "7000000001:never-used")  # noqa: TID251  # written, not read
    config = write_brand(folder, url=url, chats=options.chats)
    open_once(config)
    if held:
        fill_log(url, held, chats=options.chats, members=options.members)
    command = [sys.executable, "-m", "benchmarks.ingest_road", str(config), str(answers)]
    figures = _run_alone([*command, "--at-once", str(options.at_once)])
    kept = count_events(url) - held
    if kept != updates:
        raise CannotRun(f"{updates - kept} of {updates} events are not in the log")
    return figures


def _run_alone(command: list[str]) -> dict[str, Any]:
    """Run a command on one core and return the JSON object on its last line. Raises CannotRun."""
    core = min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None

    def keep_to_one_core() -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})

    done = subprocess.run(
        command, env=our_environment(), capture_output=True, text=True, check=False, preexec_fn=keep_to_one_core
    )
    if done.returncode != 0:
        raise CannotRun(f"{' '.join(command[1:4])} ended with {done.returncode}: {done.stderr[-400:].strip()}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _run_peer(name: str, answers: Path, messages: int) -> dict[str, Any]:
    script, requirements = _PEERS[name]
    found: dict[str, Any] = run_peer(script, requirements, (str(answers), str(messages)), timeout=150)
    return {**found, "updates": found["messages"]}


def _figures(run: Mapping[str, Any]) -> dict[str, float]:
    return {"a second": run["updates"] / run["seconds"], "a CPU second": run["updates"] / run["cpu"]}
