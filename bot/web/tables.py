"""A page's data as columns and rows: the same for the page and for its CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Cell: TypeAlias = str | int | float | datetime | None

#: A cell that begins with one of these, full-width ones too, is a formula to spreadsheets (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column."""

    #: Its name in the CSV.
    key: str
    #: Its heading on the page, in the reader's language.
    label: str
    #: `state` is one of the words the tables of the store use; `actions` a message's id, for buttons, not in the CSV.
    kind: Literal["text", "number", "time", "state", "actions"] = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows with their headings."""

    #: Its name in addresses.
    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    #: What is said when there are no rows.
    empty: str


def guard_cell(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def write_csv(table: Table) -> str:
    """Return a table as CSV (RFC 4180), times in UTC (ISO 8601)."""
    shown = [number for number, column in enumerate(table.columns) if column.kind != "actions"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([table.columns[number].key for number in shown])
    for row in table.rows:
        writer.writerow([_plain(row[number]) for number in shown])
    return out.getvalue()


def _plain(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat()
        case str():
            return guard_cell(cell)
        case _:
            return cell
