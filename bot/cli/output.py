"""How commands print: JSON for programs, lines for people, errors in the form that was asked for. Tables: `tables`."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import textwrap
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config.problem import Problem
from bot.errors import ConfigRefused

#: A terminal narrower than this is not wrapped for: it wraps by itself.
_NARROWEST = 30


def print_json(value: object) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_encode) + "\n")


def print_json_line(value: object) -> None:
    """Print one line of JSON on standard output, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_encode) + "\n")
    sys.stdout.flush()


def print_line(text: str = "", *, indent: str = "  ") -> None:
    """Print a line of data on standard output; on a terminal it is wrapped between words, its rest indented."""
    width = shutil.get_terminal_size().columns
    if sys.stdout.isatty() and width >= _NARROWEST:
        text = textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """Say something that is no data, on standard error."""
    sys.stderr.write(text + "\n")


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


def print_error(error: BaseException | str, *, kind: str, code: int, as_json: bool) -> None:
    """Print why a command failed, and what to do next; as JSON it is one document on one line."""
    if not as_json:
        tell(str(error) if isinstance(error, ConfigRefused) else f"error: {error}")
        return
    problems = error.problems if isinstance(error, ConfigRefused) else ()
    errors = [problem_fields(problem) for problem in problems if isinstance(problem, Problem)]
    print_json_line({"ok": False, "error": str(error), "kind": kind, "exit_code": code, "errors": errors})


def count_of(number: int, noun: str) -> str:
    """Return `1 warning`, `2 warnings`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _encode(value: object) -> Any:  # noqa: ANN401  # whatever JSON knows
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
