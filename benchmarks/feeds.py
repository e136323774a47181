"""One round over thousands of feeds of which few have changed, on one core: ours, and feedparser one after another."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.feed_farm import ONE_IN
from benchmarks.outcome import CannotRun, Outcome

_ROOT = Path(__file__).resolve().parents[1]
#: The longest a round may take, in seconds, and the most memory, in MB.
_SECONDS, _MEMORY = 60.0, 250.0
_PROTOCOL = (
    "All feeds are read once and remembered; then one in twenty publishes, and the round that is measured reads all.",
    "The reader and its worker process share one core; the server has a process of its own on another if there is one.",
    "Of each feed that has changed one post must be new and the others known; SQLite holds all of it.",
    "Memory is the most the reader and its worker ever held at once, each for itself, in MB (VmHWM).",
    "The peer does the same with feedparser alone, one feed after another with ETags, remembering nothing else.",
    "RSS-to-Telegram-Bot claims 6,000 feeds on one core in 350 MB.",
)
#: How long one reader may take for both rounds, in seconds.
_PATIENCE = 1500


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--feeds", type=int, default=6000, help="how many feeds")
    parser.add_argument("--without-peer", action="store_true", help="measure ours alone, against the limit")


def measure(options: argparse.Namespace) -> Outcome:
    """Read all, let some publish, read all again. Raises CannotRun when a reader fails."""
    with _farm() as port:
        ours = _run_reader("benchmarks.feeds_reader", port, options.feeds)
        peer = _SECONDS
        if not options.without_peer:
            peer = _run_reader("benchmarks.feeds_peer", port, options.feeds)["seconds"]
    changed = len([number for number in range(options.feeds) if number % ONE_IN == 1])
    if (ours["news"], ours["unchanged"]) != (changed, options.feeds - changed):
        raise CannotRun(f"{ours['news']:g} posts were found new and {ours['unchanged']:g} feeds unchanged of {changed}")
    return Outcome(
        name="feeds",
        sizes={"feeds": options.feeds, "changed": changed},
        ours=ours["seconds"],
        peer=peer,
        target=_SECONDS / peer,
        met=ours["seconds"] <= _SECONDS and ours["memory"] <= _MEMORY,
        protocol=_PROTOCOL,
        details={
            "first round, s": ours["first"],
            "round, s": ours["seconds"],
            "memory, MB": ours["memory"],
            "feedparser alone, s": peer,
        },
    )


@contextmanager
def _farm() -> Iterator[int]:
    """Serve feeds until the end of the block; gives the port."""
    command = [sys.executable, "-m", "benchmarks.feed_farm"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            _keep_to_core(server.pid, last=True)
            yield int(server.stdout.readline() if server.stdout else "")
        finally:
            server.kill()


def _run_reader(module: str, port: int, feeds: int) -> dict[str, float]:
    """Let a reader of its own process, on one core, do both rounds; return what it measured."""
    # a module run with -m would be loaded by the worker process too, which `konektor run` spares it
    command = [sys.executable, "-c", f"from {module} import main; main()", str(port), str(feeds)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment()
    ) as reader:
        _keep_to_core(reader.pid, last=False)
        try:
            said, complaints = reader.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired as late:
            reader.kill()
            raise CannotRun(f"{module} took longer than {_PATIENCE} s") from late
    if reader.returncode != 0:
        raise CannotRun(f"{module} failed: {complaints.strip()[-500:]}")
    measured: dict[str, float] = json.loads(said.strip().splitlines()[-1])
    return measured


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_ROOT)}  # noqa: TID251  # a child's


def _keep_to_core(pid: int, *, last: bool) -> None:
    """Let a process and its children run on the first or the last core alone."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {cores[-1] if last else cores[0]})
