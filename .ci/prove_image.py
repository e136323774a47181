"""Replay the Dockerfile's steps in a clean folder, where no engine is at hand to build it.

Each stage gets an empty root; absolute paths of the Dockerfile are taken below it. What is copied is what git keeps.
Not replayed: the base image (this machine's Python stands in for it), USER and chown (they need another user).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

#: The folders that the Dockerfile names; nothing else of this machine is taken for the image's.
IMAGE_PATH = re.compile(r"(?<![\w./])/(?=(?:opt|src|brand)\b)")


class Replay:
    """One image in the making."""

    def __init__(self, base: Path, python: str) -> None:
        self._base = base
        self._root = base / "root"
        self._stage = ""
        self._folder = self._root
        self._environment: dict[str, str] = {}
        self._entrypoint: list[str] = []
        (base / "bin").mkdir()
        _write_launcher(base / "bin" / "python", python)

    def take(self, instruction: str, rest: str) -> None:
        """Carry out one instruction."""
        print(f"{instruction} {rest}", flush=True)
        getattr(self, f"_take_{instruction.lower()}")(rest)

    def prove(self) -> None:
        """Start what the image starts, from the folder it starts in."""
        self._run(["python", "-c", "import bot, adapters.catalog"])
        self._run([*self._entrypoint, "--version"])

    def _take_from(self, rest: str) -> None:
        if self._root.exists():
            self._root.rename(self._base / self._stage)
        self._stage = rest.partition(" AS ")[2] or "last"
        self._root.mkdir()
        self._folder = self._root
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))},
            "PATH": f"{self._base / 'bin'}:{os.environ['PATH']}",
        }

    def _take_workdir(self, rest: str) -> None:
        self._folder = self._root / rest.strip("/")
        self._folder.mkdir(parents=True, exist_ok=True)

    def _take_env(self, rest: str) -> None:
        for assignment in rest.split():
            name, _, value = assignment.partition("=")
            self._environment[name] = self._place(value).replace("$PATH", self._environment["PATH"])

    def _take_copy(self, rest: str) -> None:
        if rest.startswith("--from="):
            stage, source, target = rest.removeprefix("--from=").split()
            place = self._root / target.strip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(self._base / stage / source.strip("/"), place, symlinks=True)
            return
        *sources, target = rest.split()
        for name in _list_kept_files(sources):
            inside = name if target == "./" else str(Path(target) / Path(name).relative_to(sources[0]))
            place = self._folder / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, place)

    def _take_run(self, rest: str) -> None:
        command = re.sub(r"&& chown \S+ \S+", "", rest)
        self._run(["/bin/sh", "-ec", self._place(command, quoted=True)])

    def _take_user(self, rest: str) -> None:
        if int(rest.partition(":")[0]) == 0:
            raise SystemExit("the image would run as root")

    def _take_entrypoint(self, rest: str) -> None:
        self._entrypoint = json.loads(rest)

    def _take_healthcheck(self, rest: str) -> None:
        json.loads(rest.partition(" CMD ")[2])

    def _take_cmd(self, rest: str) -> None:
        json.loads(rest)

    def _place(self, text: str, *, quoted: bool = False) -> str:
        root = f"{self._root}/"
        return IMAGE_PATH.sub(root.replace(" ", r"\\ ") if quoted else root, text)

    def _run(self, command: list[str]) -> None:
        program = shutil.which(command[0], path=self._environment["PATH"]) or command[0]
        subprocess.run(  # noqa: S603 - the Dockerfile's own steps
            [program, *command[1:]], cwd=self._folder, env=self._environment, check=True
        )


def _write_launcher(path: Path, python: str) -> None:
    """Make `python` mean the one that stands in for the base image's."""
    path.write_text(f'#!/bin/sh\nexec "{python}" "$@"\n')
    path.chmod(0o755)


def _list_kept_files(names: list[str]) -> list[str]:
    """Return every file that git keeps under `names`: what a clean checkout would send to the engine."""
    command = ["git", "ls-files", "-z", *names]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S603 - git's own list
    return [name for name in done.stdout.split("\0") if name]


def read_steps(text: str) -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions with what follows each."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


def main(python: str) -> None:
    """Replay every step with `python` as the image's, and start the result."""
    with tempfile.TemporaryDirectory(prefix="konektor-image-") as folder:
        replay = Replay(Path(folder), shutil.which(python) or sys.executable)
        for instruction, rest in read_steps((PROJECT / "Dockerfile").read_text()):
            replay.take(instruction, rest)
        replay.prove()
    print("the image's steps hold")


if __name__ == "__main__":
    main(*sys.argv[1:2] or [sys.executable])
