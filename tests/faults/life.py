"""One life of the service: a process of its own, forked from one that has loaded every module and done nothing else.

So a night of a thousand kills is spent dying and not importing. What runs is the service itself, assembled as
`konektor run` does, with a shorter patience for those believed dead; heavy work goes to a thread. That `konektor run`
begins and ends as it should is another matter (`test_process`).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.assemble import assembled, build_platforms, load_config, read_files
from bot.clock import SystemClock
from bot.log import configure
from bot.ports.platform import Closing
from bot.schedule import live_timers
from bot.service import Parts, Service
from tests.faults.dooms import Doom, DoomedStore, doom_platform

#: How soon others act for a process that is silent, in the order of `Parts`: it listened, it sent, it thought.
TAKEOVER, SENDING, THINKING = timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=4)
#: How often it looks for what others have left behind.
GLANCE = timedelta(milliseconds=500)

_forks = multiprocessing.get_context("forkserver")
# what the service itself loads when it needs it
_forks.set_forkserver_preload(
    [
        __name__,
        *(
            "adapters.telegram.adapter",
            "adapters.discord.adapter",
            "anyio._backends._asyncio",
            "httpcore",
            "h2.connection",
        ),
        *("bot.store.database", "aiosqlite", "psycopg", "alembic.command", "mako.template"),
        *("sqlalchemy.dialects.sqlite.aiosqlite", "sqlalchemy.dialects.postgresql.psycopg"),
        *("bot.feeds.fetch", "bot.feeds.read", "bot.compute", "bot.embedding.local", "apscheduler.executors.asyncio"),
        *("bot.config.faq_file", "bot.knowledge.load_faq", "bot.flows.rename_keys", "snowballstemmer"),
        *("encodings.utf_8_sig", "importlib.resources.readers", "pydantic.dataclasses"),
    ]
)


class LateClock(SystemClock):
    """The machine's clock, as it was a while ago."""

    def __init__(self, behind: timedelta) -> None:
        self._behind = behind

    def now(self) -> datetime:
        """Return that moment."""
        return super().now() - self._behind


class Life:
    """A process that serves, dies at the moment it is doomed to, and can be killed before."""

    def __init__(
        self,
        config: Path,
        *,
        environment: Mapping[str, str],
        told: Path,
        doom: Doom | None = None,
        behind: timedelta = timedelta(0),
    ) -> None:
        """What it says goes to the file `told`; its clock is `behind` by so much."""
        self._process: ForkServerProcess = _forks.Process(
            target=_live, args=(str(config), dict(environment), str(told), doom, behind)
        )

    def begin(self) -> None:
        """Start it."""
        self._process.start()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.is_alive()

    async def end(self, within: float) -> int | None:
        """Return its exit code once it has ended, negative for a signal; None when it still runs after `within` s."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._ended()
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    async def kill(self) -> None:
        """End it without a word (SIGKILL)."""
        self._process.kill()
        await self._ended()

    async def _ended(self) -> None:
        # looked at, not joined in a thread: of two threads that join, one gets the exit code and the other 255
        while self._process.is_alive():  # noqa: ASYNC110  # a process that ends sets no event
            await asyncio.sleep(0.02)


def _live(config: str, environment: Mapping[str, str], told: str, doom: Doom | None, behind: timedelta) -> None:
    with Path(told).open("ab", buffering=0) as out:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(out.fileno(), stream.fileno())
    configure(json=True, level=logging.INFO)
    # as `konektor run` does; here it also leaves the memory that all lives share untouched
    gc.freeze()
    asyncio.run(_serve(config, environment, doom, behind))


async def _let_in(rates: object) -> timedelta:
    """Open every gate: who dies every second can't wait five for a login."""
    del rates
    return timedelta(0)


async def _serve(config: str, environment: Mapping[str, str], doom: Doom | None, behind: timedelta) -> None:
    brand = load_config(config, environment).brand_or_refuse()
    async with AsyncExitStack() as closing:
        parts = await closing.enter_async_context(assembled(brand, clock=LateClock(behind)))
        platforms = build_platforms(parts.brand, parts.clock)
        for platform in platforms.values():
            if isinstance(platform, Closing):
                closing.push_async_callback(platform.close)
        if doom is not None:
            platforms = {name: doom_platform(platform, doom) for name, platform in platforms.items()}
        service = Service(
            parts.brand,
            parts.known,
            Parts(
                store=parts.store if doom is None else DoomedStore(parts.store, doom),  # type: ignore[arg-type]  # passes on
                platforms=platforms,
                fetcher=parts.fetcher,
                compute=parts.compute,
                embedders=parts.embedders,
                clock=parts.clock,
                read_files=read_files,
                timers=live_timers(parts.brand, parts.clock),
                glance=GLANCE,
                takeover=TAKEOVER,
                sending=SENDING,
                thinking=THINKING,
                gate=_let_in,
            ),
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.stop)
        await service.run()
