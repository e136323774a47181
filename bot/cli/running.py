"""How a command runs: logs set up, the configuration read, errors turned into words and an exit code."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import typer

from bot.brand import Brand
from bot.cli.exits import exit_code_of
from bot.cli.output import print_error, print_problems
from bot.errors import KonektorError

T = TypeVar("T")


@contextmanager
def reporting(*, as_json: bool, debug: bool) -> Iterator[None]:
    """Turn what Konektor raises on purpose into one message and its exit code; a traceback only with --debug."""
    try:
        yield
    except (KonektorError, KeyboardInterrupt) as error:
        _fail(error, as_json=as_json, debug=debug)
    except ExceptionGroup as group:
        expected, unexpected = group.split(KonektorError)
        if unexpected is not None or expected is None:
            raise
        _fail(expected.exceptions[0], as_json=as_json, debug=debug)


def _fail(error: BaseException, *, as_json: bool, debug: bool) -> None:
    if debug:
        raise error
    if not isinstance(error, KeyboardInterrupt):
        print_error(error, as_json=as_json)
    raise typer.Exit(exit_code_of(error)) from None


def run(work: Callable[[], Coroutine[Any, Any, T]], *, as_json: bool, debug: bool) -> T:
    """Run a command's coroutine to its end."""
    with reporting(as_json=as_json, debug=debug):
        return asyncio.run(work())
    raise AssertionError("`reporting` has ended the process")


def environment() -> Mapping[str, str]:
    """Return the environment this process was started with: the one place that looks at it."""
    return os.environ  # noqa: TID251  # see above


def read_config(path: Path, *, warn: bool = False) -> Brand:
    """Return the brand of a configuration; errors raise ConfigRefused, warnings are told where asked for."""
    from bot.assemble import load_config

    loaded = load_config(path, environment())
    if warn:
        print_problems(loaded.warnings)
    return loaded.brand_or_refuse()


def set_up_logs(*, as_json: bool = False, level: int = logging.WARNING, debug: bool = False) -> None:
    """Send logs to standard error: for people, or as JSON Lines; secrets are kept out by their shape."""
    from bot.log import configure

    configure(
        json=as_json,
        level=logging.DEBUG if debug else level,
        debug=debug,
        colours=sys.stderr.isatty() and "NO_COLOR" not in environment(),
    )
