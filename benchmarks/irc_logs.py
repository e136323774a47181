"""The #ubuntu logs with annotated replies, as benchmarks read them: what was said, and which line answers which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outcome import CannotRun

_SAID = re.compile(r"\[(\d\d):(\d\d)\] <([^>]+)> (.*)")
_ADDRESSED = re.compile(r"([^\s:,]+)[:,]\s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What somebody said."""

    hour: int
    minute: int
    author: str
    text: str

    @property
    def addressed(self) -> str | None:
        """Whoever stands before a colon or a comma at its beginning, who may be no member."""
        named = _ADDRESSED.match(self.text)
        return named[1] if named else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Log:
    """One log."""

    #: By their number in the file; what nobody said (joins and the like) is left out.
    lines: dict[int, Line]
    #: Pairs of lines of which the later answers the earlier; one paired with itself starts a conversation.
    pairs: tuple[tuple[int, int], ...]


def find_logs(folder: Path) -> tuple[Path, ...]:
    """Return the logs of a folder; raises CannotRun when there are none."""
    logs = tuple(sorted(folder.glob("*.ascii.txt")))
    if not logs:
        raise CannotRun(f"no logs in {folder}; give the folder of the annotated #ubuntu logs with --data")
    return logs


def read_log(path: Path) -> Log:
    """Read a log and its annotations."""
    found = enumerate(map(_SAID.match, path.read_text("utf-8", "replace").splitlines()))
    pairs = path.with_name(path.name.replace(".ascii.", ".annotation.")).read_text("utf-8").splitlines()
    return Log(
        lines={
            number: Line(hour=int(said[1]), minute=int(said[2]), author=said[3], text=said[4])
            for number, said in found
            if said is not None
        },
        pairs=tuple((int(first), int(second)) for first, second, *_ in map(str.split, pairs)),
    )
