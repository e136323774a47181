"""How commands print: JSON for programs, lines and tables for people, errors in the form that was asked for."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config.problem import Problem
from bot.errors import ConfigRefused


def print_json(value: object) -> None:
    """Print one JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_encode)
    sys.stdout.write("\n")


def print_json_line(value: object) -> None:
    """Print one line of JSON on standard output, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_encode) + "\n")
    sys.stdout.flush()


def print_line(text: str = "") -> None:
    """Print a line of data on standard output."""
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """Say something that is no data, on standard error."""
    sys.stderr.write(text + "\n")


def print_table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Print rows as a table for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        # Text, since names and titles come from outside and may look like markup
        table.add_row(*(Text(_shown(row.get(column))) for column in columns))
    Console(file=sys.stdout).print(table)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print what is wrong with a configuration, each with its place."""
    for problem in problems:
        tell(str(problem))


def problem_fields(problem: Problem) -> dict[str, object]:
    """Return a problem as `--json` shows it."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
    }


def print_error(error: BaseException, *, as_json: bool) -> None:
    """Print why a command failed, and what to do next."""
    if not as_json:
        tell(str(error) if isinstance(error, ConfigRefused) else f"error: {error}")
        return
    problems = error.problems if isinstance(error, ConfigRefused) else ()
    errors = [problem_fields(problem) for problem in problems if isinstance(problem, Problem)]
    print_json({"ok": False, "error": str(error), "kind": type(error).__name__, "errors": errors})


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, list | tuple):
        return "; ".join(str(part) for part in value)
    return str(value)


def _encode(value: object) -> Any:  # noqa: ANN401  # whatever JSON knows
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
