"""Procrastinate with a lock per channel: `URL JOBS CHANNELS`; prints {"seconds": …} for working all jobs off."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from procrastinate import App, PsycopgConnector

_CONCURRENT = 8


async def work_off(url: str, jobs: int, channels: int) -> float:
    """Return how many seconds one worker takes for all jobs, which do nothing."""
    app = App(connector=PsycopgConnector(conninfo=url))
    done = 0

    @app.task(name="send")
    async def send(number: int) -> None:  # noqa: ARG001  # a job must be given something
        nonlocal done
        done += 1

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for start in range(channels):
            batch = [{"number": number} for number in range(start, jobs, channels)]
            await send.configure(lock=f"c{start}").batch_defer_async(*batch)
        began = time.perf_counter()
        # without waiting, a worker ends when every job left is behind a lock
        while done < jobs:
            await app.run_worker_async(concurrency=_CONCURRENT, wait=False, install_signal_handlers=False)
        return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps({"seconds": asyncio.run(work_off(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))}))
