"""Tables: one line a row where it fits, a block a row where the terminal is too narrow."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rich.cells import cell_len

from bot.cli.tables import print_table
from tests.cli.driving import surroundings
from tests.rules.repository import ROOT

ROWS = [
    {"name": "Dewi", "score": 12.5, "empty": None, "reasons": ["writes", "is answered"]},
    {"name": "[b]喫茶[/b]", "score": 3.0, "empty": "", "reasons": ["reacts"]},
]
COLUMNS = ("name", "score", "empty", "reasons")


def test_into_a_pipe_each_row_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Empty columns are left out, lists are joined, markup is shown as it is, and no line ends in blanks."""
    print_table([*ROWS, {"name": "Eko", "score": None, "reasons": "x " * 200}], COLUMNS)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "name         score  reasons"
    assert lines[1] == "Dewi         12.5   writes; is answered"
    assert lines[2] == "[b]喫茶[/b]  3.0    reacts"
    assert len(lines) == 4


@pytest.mark.parametrize("columns", [24, 40, 60])
def test_a_narrow_terminal_is_kept_to(columns: int) -> None:
    """No line is wider than COLUMNS, and nothing of a cell is lost."""
    code = (
        "from bot.cli.tables import print_table\n"
        "print_table([{'when': 'Wed 25 Nov 09:00 WIB', 'community': 'warung', 'what': 'A V60 recipe for our Gayo'}],"
        " ('when', 'community', 'what'))"
    )
    done = subprocess.run(  # noqa: S603  # a fixed command
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=surroundings(COLUMNS=str(columns)),
        capture_output=True,
        text=True,
        check=True,
    )

    assert max(cell_len(line) for line in done.stdout.splitlines()) <= columns
    assert {"warung", "A", "V60", "recipe", "for", "our", "Gayo"} <= set(done.stdout.split())
