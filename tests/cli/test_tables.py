"""Tables: one line a row where it fits, a block a row where the terminal is too narrow."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rich.cells import cell_len

from tests.cli.driving import surroundings
from tests.rules.repository import ROOT

ROWS = [
    {"name": "Dewi", "score": 12.5, "empty": None, "reasons": ["writes", "is answered"]},
    {"name": "[b]喫茶[/b]", "score": 3.0, "empty": "", "reasons": ["reacts"]},
    {"name": "Eko", "score": None, "reasons": "wide " * 100},
]
COLUMNS = ("name", "score", "empty", "reasons")


def print_into_a_pipe(rows: list[dict[str, object]], columns: tuple[str, ...], **variables: str) -> list[str]:
    """Return the lines of a table printed by a process whose output is a pipe."""
    code = f"from bot.cli.tables import print_table; print_table({rows!r}, {columns!r})"
    done = subprocess.run(  # noqa: S603  # a fixed command
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=surroundings(**variables),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()


def test_into_a_pipe_each_row_is_one_line() -> None:
    """Empty columns are left out, lists are joined, markup is shown as it is, and no line ends in blanks."""
    lines = print_into_a_pipe(ROWS, COLUMNS)

    assert lines == [
        "name         score  reasons",
        "Dewi         12.5   writes; is answered",
        "[b]喫茶[/b]  3.0    reacts",
        f"Eko                 {'wide ' * 100}".rstrip(),
    ]


@pytest.mark.parametrize("columns", [24, 40, 60])
def test_a_narrow_terminal_is_kept_to(columns: int) -> None:
    """No line is wider than COLUMNS, and nothing of a cell is lost."""
    row: dict[str, object] = {"when": "Wed 25 Nov", "community": "warung", "what": "A V60 recipe for our Gayo"}

    lines = print_into_a_pipe([row], tuple(row), COLUMNS=str(columns))

    assert max(cell_len(line) for line in lines) <= columns
    assert {"warung", "A", "V60", "recipe", "for", "our", "Gayo"} <= set(" ".join(lines).split())
