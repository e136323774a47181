"""What commands run with: logs, the configuration, an event loop. Errors pass through; `start` reports them."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bot.brand import Brand
from bot.cli.output import tell

T = TypeVar("T")


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a command's coroutine to its end."""
    import asyncio

    gc.freeze()
    gc.enable()
    return asyncio.run(work())


def environment() -> Mapping[str, str]:
    """Return the environment this process was started with: the one place that looks at it."""
    return os.environ  # noqa: TID251  # see above


def read_config(path: Path, *, say_warnings: bool = False) -> Brand:
    """Return the brand of a configuration; errors raise ConfigRefused. Warnings are told one a line where asked for."""
    from bot.assemble import load_config

    loaded = load_config(path, environment())
    brand = loaded.brand_or_refuse()
    for warning in loaded.warnings if say_warnings else ():
        tell(f"{warning.file}:{warning.line}: warning: {warning.message}")
    return brand


def set_up_logs(*, as_json: bool = False, level: int = logging.ERROR, debug: bool = False) -> None:
    """Send logs to standard error: for people, or as JSON Lines; secrets are kept out by their shape.

    A command that ends by itself says in its own words what happened, so only what went wrong unforeseen is logged.
    """
    from bot.log import configure

    configure(
        json=as_json,
        level=logging.DEBUG if debug else level,
        debug=debug,
        colours=sys.stderr.isatty() and "NO_COLOR" not in environment(),
    )
