"""Taking up a changed configuration while the service runs: when its file is written, or at SIGHUP.

It is read the way it was read at the start. One that does not hold changes nothing: the old one keeps running, and log,
health and metrics say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.brand import Brand
from bot.config.changes import describe_changes
from bot.config.load import Loaded
from bot.config.problem import Problem
from bot.flows.vitals import Vitals

#: How often the file is looked at; it is read once it has been left alone for as long.
LOOK = 1.0

log = structlog.get_logger()


class ConfigWatch:
    """Waits for a configuration that holds and says something else."""

    def __init__(
        self,
        path: Path,
        *,
        read: Callable[[], Loaded],
        read_material: Callable[[Brand], tuple[Problem, ...]],
        vitals: Vitals,
        look_every: float = LOOK,
    ) -> None:
        self._path = path
        self._read = read
        self._read_material = read_material
        self._vitals = vitals
        self._look_every = look_every
        self._asked = asyncio.Event()
        self._seen = self._look()

    def ask(self) -> None:
        """Read it anew though nobody has seen the file change: for SIGHUP."""
        self._asked.set()

    async def next_brand(self, running: Brand) -> Brand:
        """Return what the configuration says once it says something other than `running`, and all of it holds."""
        while True:
            await self._wait_for_change()
            loaded = await asyncio.to_thread(self._read)
            brand = loaded.brand
            problems = loaded.errors if brand is None else await asyncio.to_thread(self._read_material, brand)
            errors = [problem for problem in problems if problem.severity == "error"]
            if brand is None or errors:
                self._refuse(errors)
                continue
            self._vitals.config_fault = None
            changes = describe_changes(running, brand)
            if changes:
                log.info("configuration reloaded", changes=changes)
                return brand
            log.info("configuration read again; it says the same", file=str(self._path))

    def refuse(self, reason: str) -> None:
        """Say that a configuration was not taken up."""
        self._vitals.config_fault = reason
        log.error("configuration not reloaded, the old one keeps running", reason=reason)

    def _refuse(self, errors: list[Problem]) -> None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more; `konektor check` lists them)" if len(errors) > 1 else ""
        self.refuse(f"{first.file}:{first.line}:{first.column}: {first.message}{more}")

    async def _wait_for_change(self) -> None:
        settled = self._seen
        while True:
            try:
                await asyncio.wait_for(self._asked.wait(), timeout=self._look_every)
            except TimeoutError:
                before, settled = settled, self._look()
                # an editor may be writing: two looks must agree
                if settled is None or settled == self._seen or settled != before:
                    continue
            self._asked.clear()
            self._seen = self._look()
            return

    def _look(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
