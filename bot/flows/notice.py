"""Why something was decided, for whoever wants to see it at once: the terminal chat, later a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

#: Told in words.
Notice: TypeAlias = Callable[[str], None]


def ignore(_why: str) -> None:
    """Take no notice."""
