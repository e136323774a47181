"""Rows for people: a table where it fits, one block a row where the terminal is too narrow for one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

#: Between two columns.
_GAP = 2
#: The least room for a column whose cells are wrapped; with less, a block a row reads better.
_LEAST_ROOM = 24

Row = Mapping[str, object]


def print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Print rows under the columns that have something in them; the last one is wrapped where it must be.

    Written into a pipe or a file, a row is one line however long it is.
    """
    filled = [column for column in columns if any(_shown(row.get(column)) for row in rows)]
    widths = [max(cell_len(column), *(_width(row.get(column)) for row in rows)) for column in filled]
    needed = sum(widths) + _GAP * (len(widths) - 1)
    # the width of the terminal, or of COLUMNS; without either there is no limit
    room = shutil.get_terminal_size(fallback=(0, 0)).columns or needed
    console = Console(file=sys.stdout, width=max(room, 1), highlight=False)
    with console.capture() as captured:
        if needed <= room or needed - widths[-1] + _LEAST_ROOM <= room:
            console.print(_draw_table(rows, filled))
        else:
            for row in rows:
                _print_block(console, row, filled)
    for line in captured.get().splitlines():
        sys.stdout.write(line.rstrip() + "\n")


def _draw_table(rows: Sequence[Row], columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column != columns[-1])
    for row in rows:
        # Text, since names and titles come from outside and may look like markup
        table.add_row(*(Text(_shown(row.get(column))) for column in columns))
    return table


def _print_block(console: Console, row: Row, columns: Sequence[str]) -> None:
    first, *others = columns
    console.print(Text(_shown(row.get(first)), style="bold"))
    for column in others:
        if shown := _shown(row.get(column)):
            console.print(Padding(Text.assemble((f"{column}: ", "dim"), shown), (0, 0, 0, 2)))


def _width(value: object) -> int:
    return cell_len(_shown(value))


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}"
    text = "; ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    return " ".join(text.split())
