"""python-telegram-bot with a handler that does nothing: `FILE` of answers; prints {"seconds": …, "cpu": …, …}."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from telegram import Update
from telegram.ext import Application, TypeHandler


async def ignore(update: Update, context: object) -> None:
    """Do nothing."""


async def process_all(path: Path) -> tuple[float, float, int]:
    """Return wall and processor seconds, and how many updates went through."""
    application = Application.builder().token("7000000001:never-used").updater(None).build()
    application.add_handler(TypeHandler(Update, ignore))
    # `initialize` would ask Telegram who the bot is
    application._initialized = True  # noqa: SLF001  # nothing else of it is needed offline
    count = 0
    with path.open("rb") as file:
        began, began_cpu = time.perf_counter(), time.process_time()
        for line in file:
            for given in json.loads(line)["result"]:
                await application.process_update(Update.de_json(given, application.bot))
                count += 1
        return time.perf_counter() - began, time.process_time() - began_cpu, count


if __name__ == "__main__":
    wall, cpu, updates = asyncio.run(process_all(Path(sys.argv[1])))
    print(json.dumps({"seconds": wall, "cpu": cpu, "updates": updates}))
