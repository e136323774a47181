"""The product's road from Telegram's JSON to a commit, in a process of its own: `CONFIG FILE` of getUpdates answers.

It prints {"seconds": …, "cpu": …, "updates": …, "resident": [MB after each tenth of the run, …]}.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any

import structlog

from adapters.telegram.entities import Self
from adapters.telegram.reader import UpdateReader
from adapters.telegram.settings import LIMITS, NAME
from benchmarks.processes import resident_memory
from benchmarks.telegram_updates import BOT_ID, USERNAME
from bot.assemble import Assembly, assembled
from bot.cli.running import read_config
from bot.flows.commit_together import CommitTogether
from bot.flows.receive_events import ReceiveEvents

_ME = Self(id=BOT_ID, username=USERNAME, commands={name: name for name in ("top", "me", "help", "about")})


class Road:
    """What a platform's updates go through, as the service builds it."""

    def __init__(self, parts: Assembly) -> None:
        take = ReceiveEvents(
            parts.brand, NAME, limits=LIMITS, store=parts.store, clock=parts.clock, key=parts.known.key
        )
        self._receive = CommitTogether(take)
        places = [community.place for community in parts.brand.communities.values()]
        self._reader = UpdateReader(places, now=parts.clock.now)

    async def take_in(self, answers: Path, *, at_once: int) -> dict[str, Any]:
        """Read every answer of the file, commit its events, and return what it took.

        `at_once` answers are handed over together, as webhooks would; 1 waits for each commit, as polling does.
        """
        every = max(1, sum(1 for _ in answers.open("rb")) // 10)
        resident: list[float] = []
        under_way: list[asyncio.Task[None]] = []
        updates = 0
        with answers.open("rb") as file:
            began, began_cpu = time.perf_counter(), time.process_time()
            for number, line in enumerate(file, start=1):
                result = json.loads(line)["result"]
                updates += len(result)
                events = tuple(event for update in result for event in self._reader.read(update, _ME))
                if at_once == 1:
                    await self._receive(events)
                else:
                    under_way.append(asyncio.create_task(self._receive(events)))
                if len(under_way) == at_once:
                    await asyncio.gather(*under_way)
                    under_way.clear()
                if number % every == 0:
                    resident.append(resident_memory())
            await asyncio.gather(*under_way)
            seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        return {"seconds": seconds, "cpu": cpu, "updates": updates, "resident": resident}


async def take_in(config: Path, answers: Path, *, at_once: int) -> dict[str, Any]:
    """Do it for the brand of a configuration."""
    async with assembled(read_config(config)) as parts:
        return await Road(parts).take_in(answers, at_once=at_once)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--at-once", type=int, default=1)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    print(json.dumps(asyncio.run(take_in(options.config, options.answers, at_once=options.at_once))))


if __name__ == "__main__":
    main()
