"""Starting up: `check`, `ask` to its first answer, and an idle service, beside opsdroid and Errbot.

Each peer gets a virtual environment of its own, made by uv from its public package; one that cannot be had is said.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.outcome import CannotRun, Outcome

_ROOT = Path(__file__).resolve().parents[1]
#: What each of ours may take, in seconds, and an idle service in megabytes (without an embedder).
_CHECK, _ASK, _IDLE = 0.5, 1.5, 130.0
#: How long a service is left alone between two looks at its memory, in seconds.
_SETTLE = 4.0
_PROTOCOL = (
    "Times are the least wall time of the rounds, in fresh processes with warm bytecode; memory is the resident set.",
    "check and ask: the sample configuration. Idle: `run` with the sandbox alone and an FAQ of one entry.",
    "Peers: opsdroid with its shell connector off and no skill, Errbot with its Null backend; import and idle memory.",
    "ours and peer compare idle memory in MB; met is: check, ask and idle within their limits.",
)
_OPSDROID = "welcome-message: false\nconnectors: {}\nskills: {}\nweb: {port: 0}\n"
_ERRBOT = (
    "import logging\nBACKEND = 'Null'\nBOT_DATA_DIR = r'{folder}'\nBOT_EXTRA_PLUGIN_DIR = None\n"
    "BOT_LOG_FILE = None\nBOT_LOG_LEVEL = logging.ERROR\nBOT_ADMINS = ('@x',)\nBOT_IDENTITY = {{}}\n"
)
_SERVICE = (
    "version: 1\nbrand: {name: Idle, languages: [en]}\ncommunities: {room: {platform: sandbox}}\n"
    "sources: {faq: {type: faq, path: faq.yaml}}\n"
)
_FAQ = "- {id: hi, question: Is anybody there?, answer: We are., language: en}\n"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--rounds", type=int, default=5, help="how often each command is started")
    parser.add_argument("--without-peers", action="store_true", help="measure ours alone; then nothing is compared")


def measure(options: argparse.Namespace) -> Outcome:
    """Start everything. Raises CannotRun when no peer can be had and --without-peers is not given."""
    with tempfile.TemporaryDirectory(prefix="konektor-start-") as place:
        folder = Path(place)
        environment = _environment(folder)
        ours = [sys.executable, "-m", "bot"]
        details = {
            "check, s": _least_time([*ours, "check"], options.rounds, environment),
            "ask, s": _least_time([*ours, "ask", "Do you ship to Bandung?"], options.rounds, environment),
        }
        (folder / "config.yaml").write_text(_SERVICE, encoding="utf-8")
        (folder / "faq.yaml").write_text(_FAQ, encoding="utf-8")
        idle = _idle_memory([*ours, "run", str(folder / "config.yaml")], environment)
        details["idle, MB"] = idle
        protocol, peers = [*_PROTOCOL], []
        for name in () if options.without_peers else ("opsdroid", "errbot"):
            try:
                seconds, memory = _measure_peer(name, folder / name, options.rounds, environment)
            except CannotRun as reason:
                protocol.append(f"{name} is left out: {reason}")
                continue
            details |= {f"{name} import, s": seconds, f"{name} idle, MB": memory}
            peers.append(memory)
        if not peers and not options.without_peers:
            raise CannotRun("; ".join(protocol[len(_PROTOCOL) :]))
    met = details["check, s"] <= _CHECK and details["ask, s"] <= _ASK and idle <= _IDLE
    return Outcome(
        name="start",
        sizes={"rounds": options.rounds, "peers": len(peers)},
        ours=idle,
        peer=min(peers, default=_IDLE),
        target=_IDLE / min(peers, default=_IDLE),
        met=met,
        protocol=tuple(protocol),
        details=details,
    )


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251  # a child's
    return {**kept, "PYTHONPATH": str(_ROOT), "DATABASE_URL": f"sqlite:///{folder / 'start.db'}"}


def _least_time(command: list[str], rounds: int, environment: Mapping[str, str], cwd: Path = _ROOT) -> float:
    """The least wall time of several starts, after one that fills the caches."""
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - began)
        if done.returncode != 0:
            raise CannotRun(f"{' '.join(command[-3:])} ended with {done.returncode}: {done.stderr[-300:].strip()}")
    return min(times[1:])


def _idle_memory(command: list[str], environment: Mapping[str, str], cwd: Path = _ROOT) -> float:
    """The resident set, in MB, of a service with all its processes once it has nothing left to do."""
    running = subprocess.Popen(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    with running:
        try:
            before = -1.0
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(_SETTLE)
                    said = running.stderr.read().decode(errors="replace")[-300:].strip() if running.stderr else ""
                    raise CannotRun(f"it ended by itself with {running.returncode}: {said}")
                now = _resident(running.pid)
                if abs(now - before) < 1:
                    return now
                before = now
        finally:
            running.kill()


def _resident(pid: int) -> float:
    """The resident set of a process and its children, in MB (proc(5): statm counts pages)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError as error:
        raise CannotRun(f"memory is read from /proc, which is not here ({error.strerror})") from error
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(_resident(int(child)) for child in children)


def _measure_peer(name: str, folder: Path, rounds: int, environment: Mapping[str, str]) -> tuple[float, float]:
    """Install a peer and return its import time and its idle memory. Raises CannotRun."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")  # noqa: TID251  # to find a tool
    if uv is None:
        raise CannotRun("uv is not here to install it")
    folder.mkdir()
    python = folder / "venv" / "bin" / "python"
    clean = {key: value for key, value in environment.items() if key != "PYTHONPATH"}
    packages = {"opsdroid": ["opsdroid", "setuptools<81"], "errbot": ["errbot", "setuptools<81", "pytest"]}[name]
    for command in (
        [uv, "venv", "-q", str(folder / "venv"), "--python", sys.executable],
        [uv, "pip", "install", "-q", "--python", str(python), *packages],
    ):
        try:
            done = subprocess.run(command, env=clean, capture_output=True, text=True, check=False, timeout=300)
        except subprocess.TimeoutExpired as error:
            raise CannotRun("installing it took more than five minutes") from error
        if done.returncode != 0:
            raise CannotRun(f"it can't be installed ({' '.join(done.stderr.split())[-200:]})")
    module = {"opsdroid": "opsdroid.core", "errbot": "errbot.core"}[name]
    seconds = _least_time([str(python), "-c", f"import {module}"], rounds, clean, cwd=folder)
    if name == "opsdroid":
        (folder / "configuration.yaml").write_text(_OPSDROID, encoding="utf-8")
        start = [str(python), "-m", "opsdroid", "start", "-f", str(folder / "configuration.yaml")]
    else:
        (folder / "config.py").write_text(_ERRBOT.format(folder=folder), encoding="utf-8")
        start = [str(folder / "venv" / "bin" / "errbot"), "-c", str(folder / "config.py")]
    return seconds, _idle_memory(start, clean, cwd=folder)
