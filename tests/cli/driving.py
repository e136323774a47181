"""Running commands: in this process where only what they print matters, else in one of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli.start import start
from tests.rules.repository import ROOT


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[Any]:
        """The JSON Lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


class Driver:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Ran:
        """Run `konektor ARGUMENTS` to its end."""
        self._capsys.readouterr()
        code = start([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return Ran(code=code, out=captured.out, err=captured.err)


def command_line(*arguments: str | Path) -> list[str]:
    """Return what starts a command in a process of its own."""
    return [sys.executable, "-m", "bot", *map(str, arguments)]


def surroundings(**variables: str) -> dict[str, str]:
    """Return an environment for such a process, which finds the project wherever it runs."""
    inherited = os.environ.items()  # noqa: TID251  # the child's
    kept = {name: value for name, value in inherited if name not in {"KONEKTOR_CONFIG", "DATABASE_URL", "COLUMNS"}}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


def run_process(*arguments: str | Path, cwd: Path = ROOT, stdin: str = "", **variables: str) -> Ran:
    """Run `konektor ARGUMENTS` in a process of its own."""
    done = subprocess.run(  # noqa: S603  # our own command
        command_line(*arguments),
        cwd=cwd,
        input=stdin,
        env=surroundings(**variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)
