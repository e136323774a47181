"""kill -9 of the service in the middle of its work: how long until the next message arrives, on either database."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.backlog import ENVIRONMENT, fill_outbox, write_brand
from benchmarks.outcome import CannotRun, Outcome
from benchmarks.postgres import durable_postgres
from tests.faults.program import Program, start
from tests.servers.telegram_server import TelegramServer

#: Within how many seconds the next message is to arrive.
_LIMIT = 3.0
#: How many messages arrive between a start and the next kill, and how many are there for each kill.
_BETWEEN, _FOR_EACH = 10, 90
#: How long, in seconds, what the dead process had sent may still be on its way: far less than another needs to start.
_ON_ITS_WAY = 0.1
#: How long a message may take to arrive before the benchmark is given up, in seconds.
_PATIENCE = 30.0
_PROTOCOL = (
    "`konektor run` sends a backlog to many Telegram groups (a server of ours) at the platform's rate.",
    f"After every {_BETWEEN} messages it is ended by SIGKILL, and another is started at once by the same command.",
    "Timed is from the signal to the first message that the new process gets through to the server.",
    "Ours is the longest of all, the peer is the limit in seconds.",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--kills", type=int, default=5, help="how often it is killed on each database")


def measure(options: argparse.Namespace) -> Outcome:
    """Kill on SQLite and on PostgreSQL. Raises CannotRun when no message arrives any more."""
    with tempfile.TemporaryDirectory(prefix="konektor-recovery-") as folder, durable_postgres() as postgres:
        seconds = {}
        for name, store in (
            ("sqlite", f"sqlite:///{folder}/konektor.db"),
            ("postgresql", postgres.create_database()),
        ):
            home = Path(folder) / name
            home.mkdir()
            seconds[name] = asyncio.run(_kill(home, store, options.kills))
    worst = max(max(each) for each in seconds.values())
    return Outcome(
        name="recovery",
        sizes={"kills": options.kills * len(seconds)},
        ours=worst,
        peer=_LIMIT,
        target=1.0,
        met=worst <= _LIMIT,
        protocol=_PROTOCOL,
        parts={name: {"median, s": median(each), "longest, s": max(each)} for name, each in seconds.items()},
    )


async def _kill(home: Path, store: str, kills: int) -> list[float]:
    """Return how long each new process took until its first message was there."""
    async with TelegramServer() as server:
        chats = [server.world.add_group(chat_id=-1001000000000 - number) for number in range(kills * _FOR_EACH)]
        config = write_brand(home, store=store, base=server.base, chat=chats[0])
        await fill_outbox(config, chats)
        seconds = []
        program = await _start(config)
        try:
            for _ in range(kills):
                await _arrive(server, len(server.sent) + _BETWEEN)
                killed_at = time.perf_counter()
                await program.kill()
                program = await _start(config)
                await asyncio.sleep(_ON_ITS_WAY)
                await _arrive(server, len(server.sent) + 1)
                seconds.append(time.perf_counter() - killed_at)
        finally:
            await program.kill()
        if len(server.sent) == len(chats):
            raise CannotRun("the backlog was sent to its end before the last kill")
    return seconds


async def _start(config: Path) -> Program:
    return await start("run", config, environment=ENVIRONMENT, told=config.with_name("said.txt"))


async def _arrive(server: TelegramServer, count: int) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            while len(server.sent) < count:  # noqa: ASYNC110  # the server tells nobody
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise CannotRun(f"{len(server.sent)} messages arrived, and for {_PATIENCE:.0f} s no other") from None
