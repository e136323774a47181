"""What the project's files never say: where it was built, and which registry it was installed from."""

from __future__ import annotations

import re
from pathlib import Path

from tests.rules.repository import ROOT, list_tracked_files

#: Each is assembled, so that this file does not say them either.
UNWANTED = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "files" + r"\.pythonhosted",
            "registry" + r"\.npmjs",
            r"(?:^|[\s\"'=(:`])/" + r"(?:work|root|home)/",
            "--(?:extra-)?index" + "-url",
        ]
    )
)


def find_unwanted(path: Path) -> list[str]:
    """Return `path:line` for each line that says what it should not; pictures and the like say nothing."""
    try:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
    return [f"{path}:{number}" for number, line in enumerate(lines, start=1) if UNWANTED.search(line)]


def test_no_file_says_where_it_was_made() -> None:
    """No registry's address, no folder of one machine."""
    assert [line for path in list_tracked_files() for line in find_unwanted(path)] == []
