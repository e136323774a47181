"""Running a peer: in a virtual environment of its own, from its public package, made on the first run and kept."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.outcome import CannotRun

_SCRIPTS = Path(__file__).parent / "peers"


def run_peer(script: str, requirements: Sequence[str], arguments: Sequence[str], *, timeout: float = 50) -> Any:  # noqa: ANN401  # JSON
    """Run `peers/SCRIPT.py` with the requirements at hand, and return the JSON object on its last line.

    Raises CannotRun when the packages can't be had or the peer fails.
    """
    python = _environment(requirements)
    try:
        done = subprocess.run(
            [str(python), str(_SCRIPTS / f"{script}.py"), *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
        )
        return json.loads(done.stdout.strip().splitlines()[-1])
    except subprocess.CalledProcessError as fault:
        raise CannotRun(f"the peer {script} failed: {fault.stderr.strip()[-500:]}") from fault
    except (subprocess.TimeoutExpired, ValueError, IndexError) as fault:
        raise CannotRun(f"the peer {script} gave no figure: {fault}") from fault


def _environment(requirements: Sequence[str]) -> Path:
    """Return the Python of the environment that holds `requirements`."""
    digest = hashlib.sha256("\n".join((sys.version, *sorted(requirements))).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"konektor-peer-{digest}"
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        uv = [sys.executable, "-m", "uv"]
        for command in (
            [*uv, "venv", "--quiet", "--clear", str(folder)],
            [*uv, "pip", "install", "--quiet", "--python", str(python), *requirements],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise CannotRun(f"{', '.join(requirements)} could not be installed: {done.stderr.strip()[-500:]}")
        ready.touch()
    return python
