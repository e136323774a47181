"""Where the rules look: the project's own files and folders."""

from __future__ import annotations

import subprocess
from pathlib import Path

#: The folder that holds pyproject.toml.
ROOT = Path(__file__).resolve().parents[2]


def list_adapters() -> list[str]:
    """Return the name of every folder in adapters/."""
    return sorted(path.parent.name for path in (ROOT / "adapters").glob("*/__init__.py"))


def list_tracked_files() -> list[Path]:
    """Return every file that git keeps, relative to ROOT."""
    command = ["git", "ls-files", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - a fixed command
    return [Path(name) for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
