"""One post to many channels under a platform's documented limits, which the server enforces: by 1 and by 4 processes.

Each process is the service itself on one shared PostgreSQL, with the Telegram adapter; the server is ours and strict.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.backlog import ENVIRONMENT, fill_outbox, write_brand
from benchmarks.outcome import CannotRun, Outcome
from benchmarks.postgres import durable_postgres
from tests.faults.life import Life
from tests.servers.telegram_server import TelegramServer

_PROCESSES = (1, 4)
#: Messages a second to different chats that Telegram documents (https://core.telegram.org/bots/faq).
_CEILING = 30.0
_TARGET = 0.98
_PROTOCOL = (
    "One message for each of so many groups lies in the outbox when the processes start.",
    "The server refuses, with 429, what is above 30 a second over all, 4 in a second or 20 in a minute in one group.",
    "The rate is taken from the first message the server took to the last; the lower of both runs is ours.",
    "Met: at least 98 % of the 30 a second that are documented, and nothing refused.",
)


@dataclass(frozen=True, kw_only=True)
class _Run:
    #: Messages a second that the server took.
    rate: float
    #: How often it refused one.
    refused: int


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument(
        "--channels", type=int, default=600, help="how many channels get the message; 10000 takes 12 min"
    )


def measure(options: argparse.Namespace) -> Outcome:
    """Let 1 and then 4 processes send. Raises CannotRun when a message is missing or came twice."""
    runs = {}
    with durable_postgres() as postgres:
        for processes in _PROCESSES:
            runs[processes] = asyncio.run(_fan_out(postgres.create_database(), options.channels, processes))
    ours = min(run.rate for run in runs.values())
    return Outcome(
        name="fanout",
        sizes={"channels": options.channels},
        ours=ours,
        peer=_CEILING,
        target=_TARGET,
        met=ours >= _TARGET * _CEILING and not any(run.refused for run in runs.values()),
        protocol=_PROTOCOL,
        parts={
            f"{processes} processes": {"messages a second": run.rate, "refused": run.refused}
            for processes, run in runs.items()
        },
    )


async def _fan_out(store: str, channels: int, processes: int) -> _Run:
    with tempfile.TemporaryDirectory(prefix="konektor-fanout-") as folder:
        async with TelegramServer(rate_limits=True) as server:
            chats = [server.world.add_group(chat_id=-1001000000000 - number) for number in range(channels)]
            config = write_brand(Path(folder), store=store, base=server.base, chat=chats[0])
            await fill_outbox(config, chats)
            lives = [
                Life(config, environment=ENVIRONMENT, told=Path(folder) / f"said-{number}.txt")
                for number in range(processes)
            ]
            try:
                for life in lives:
                    life.begin()
                seconds = await _time(server, channels)
            finally:
                for life in lives:
                    await life.kill()
            reached = {sent.chat_id for sent in server.sent}
            if len(reached) != channels or len(server.sent) != channels:
                raise CannotRun(f"{len(server.sent)} messages arrived in {len(reached)} of {channels} channels")
            refused = sum(1 for method, code in server.refused if (method, code) == ("sendMessage", 429))
    return _Run(rate=(channels - 1) / seconds, refused=refused)


async def _time(server: TelegramServer, channels: int) -> float:
    """Return the seconds from the first message that arrives to the last."""
    patience = time.monotonic() + 60 + channels / _CEILING * 4
    began = 0.0
    while len(server.sent) < channels:
        if not began and server.sent:
            began = time.monotonic()
        if time.monotonic() > patience:
            raise CannotRun(f"{len(server.sent)} of {channels} messages arrived, and the time is over")
        await asyncio.sleep(0.01)
    return time.monotonic() - began
