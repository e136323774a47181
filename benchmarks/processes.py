"""Processes a benchmark starts: their cost, and the virtual environments of peers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outcome import CannotRun

_ROOT = Path(__file__).resolve().parents[1]
#: How long installing a peer may take, in seconds.
_INSTALLING = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a process took from its start to its end."""

    #: Wall time and processor time of it and its children, in seconds.
    wall: float
    cpu: float
    #: The most that was resident, in MB.
    peak: float
    #: What it wrote to standard output.
    output: str


def our_environment(**more: str) -> dict[str, str]:
    """Return the environment of our own commands."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251  # a child's
    return {**kept, "PYTHONPATH": str(_ROOT), **more}


def run_measured(command: Sequence[str], *, environment: Mapping[str, str], cwd: Path) -> Cost:
    """Run a command to its end. Raises CannotRun when it fails."""
    began = time.perf_counter()
    said, complaints = cwd / "said", cwd / "complaints"
    with said.open("wb") as output, complaints.open("wb") as errors:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise CannotRun(f"{' '.join(command[:4])} ended with {process.returncode}: {complaints.read_text()[-300:]}")
    return Cost(
        wall=time.perf_counter() - began,
        cpu=used.ru_utime + used.ru_stime,
        peak=used.ru_maxrss * 1024 / 1e6,  # Linux counts it in KiB, getrusage(2)
        output=said.read_text("utf-8"),
    )


def make_environment(folder: Path, packages: Sequence[str]) -> Path:
    """Make a virtual environment with `packages` in it and return its Python. Raises CannotRun."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")  # noqa: TID251  # to find a tool
    if uv is None:
        raise CannotRun("uv is not here to install the peer")
    python = folder / "bin" / "python"
    for command in (
        [uv, "venv", "-q", str(folder), "--python", sys.executable],
        [uv, "pip", "install", "-q", "--python", str(python), *packages],
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_INSTALLING)
        except subprocess.TimeoutExpired as error:
            raise CannotRun("installing the peer took more than five minutes") from error
        if done.returncode != 0:
            raise CannotRun(f"the peer can't be installed ({' '.join(done.stderr.split())[-200:]})")
    return python


def resident_memory() -> float:
    """Return how much of this process is resident, in MB (proc(5): statm counts pages)."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError as error:
        raise CannotRun(f"memory is read from /proc, which is not here ({error.strerror})") from error
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
