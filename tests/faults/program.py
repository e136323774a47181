"""`konektor` as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: How long any of its ends may take before a test fails.
PATIENCE_SECONDS = 60.0


class Program:
    """One process; what it says is in `said`."""

    def __init__(self, process: asyncio.subprocess.Process, told: Path) -> None:
        self._process = process
        self._told = told

    @property
    def said(self) -> str:
        """Everything it has written on standard output and standard error."""
        return self._told.read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def end(self, within: float = PATIENCE_SECONDS) -> int:
        """Return its exit code once it has ended; TimeoutError when it does not `within` so many seconds."""
        async with asyncio.timeout(within):
            return await self._process.wait()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.send_signal(signal.SIGTERM)

    def hang_up(self) -> None:
        """Ask it to read its configuration anew."""
        self._process.send_signal(signal.SIGHUP)

    async def kill(self) -> None:
        """End it without a word (SIGKILL): the process itself, not those it has started."""
        if self.is_running:
            self._process.kill()
        await self._process.wait()


async def start(
    *arguments: str | Path,
    environment: Mapping[str, str],
    told: Path,
    options: Sequence[str] = (),
    module: str = "bot",
) -> Program:
    """Start `konektor` with these arguments, or another module; what it says goes to the file `told`.

    Nothing of this process's environment is passed on but where programs are found.
    """
    path = os.environ["PATH"]  # noqa: TID251  # the one thing the program is given of where it runs
    surroundings = {"PATH": path, "PYTHONPATH": str(ROOT), **environment}
    with told.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *options,
            "-m",
            module,
            *map(str, arguments),
            env=surroundings,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=told.parent,
        )
    return Program(process, told)
