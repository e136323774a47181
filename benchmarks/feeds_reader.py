"""The product's own reading of a farm of feeds, in a process of its own, for `benchmarks.feeds`.

It is what the service does when all its feeds are due at once, on a clock that is moved between the rounds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.assemble import assembled, load_config
from bot.brand import FeedSource
from bot.clock import ReplayClock
from bot.flows.poll_feed import Poll
from bot.flows.poll_feeds import PollFeeds
from bot.log import configure

_START = datetime(2026, 11, 23, tzinfo=UTC)
_CONFIG = """
version: 1
brand: {{name: Farm, id: farm, languages: [en]}}
feeds: {{allow_private_addresses: true}}
store: {{url: "sqlite:///{folder}/farm.db"}}
communities: {{room: {{platform: sandbox}}}}
sources: {{faq: {{type: faq, path: faq.yaml}}}}
answers: {{embedder: none}}
"""
_FAQ = "- {id: hi, question: Is anybody there?, answer: We are., language: en}\n"


async def read_rounds(folder: Path, port: int, count: int) -> dict[str, float]:
    """Read all feeds, let some publish, and measure reading all again."""
    (folder / "faq.yaml").write_text(_FAQ, encoding="utf-8")
    (folder / "config.yaml").write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    sources = [
        FeedSource(key=f"f{number}", url=f"http://127.0.0.1:{port}/{number}", check_every=timedelta(minutes=15))
        for number in range(count)
    ]
    brand = load_config(folder / "config.yaml", {}).brand_or_refuse()
    brand = replace(brand, sources={source.key: source for source in sources})
    clock = ReplayClock(_START)
    async with assembled(brand, clock=clock, own_process=True) as parts:
        read_due = PollFeeds(brand, store=parts.store, fetcher=parts.fetcher, compute=parts.compute, clock=clock)
        first, came = await _read(read_due)
        if came["posts"] < count:
            raise SystemExit(f"only {came['posts']} posts were found in {count} feeds; {came['faults']} failed")
        await asyncio.to_thread(_turn, port)
        await clock.advance(_START + timedelta(hours=1), workers=0)
        seconds, came = await _read(read_due)
        return {
            "first": first,
            "seconds": seconds,
            "news": came["news"],
            "unchanged": came["unchanged"],
            "memory": _most_memory(os.getpid()),
        }


async def _read(read_due: PollFeeds) -> tuple[float, Counter[str]]:
    came: Counter[str] = Counter()

    def tell(read: Poll) -> None:
        came["unchanged"] += read.unchanged
        came["faults"] += read.fault is not None
        came["posts"] += len(read.sightings)
        came["news"] += sum(seen.verdict == "new" for _, seen in read.sightings)

    began = time.perf_counter()
    await read_due(tell=tell)
    return time.perf_counter() - began, came


def _turn(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/turn", timeout=60):
        pass


def _most_memory(pid: int) -> float:
    """Return the most a process and its children have held, in MB (proc(5): VmHWM is in kB)."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    most = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return int(most.split()[1]) * 1.024e-3 + sum(_most_memory(int(child)) for child in children)


def main() -> None:
    """Measure and print, as `benchmarks.feeds` has it."""
    configure(json=False, level=logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="konektor-feeds-") as place:
        print(json.dumps(asyncio.run(read_rounds(Path(place), int(sys.argv[1]), int(sys.argv[2])))))
