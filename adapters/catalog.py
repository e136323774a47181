"""Which platforms there are. Kept by hand: adding one is a folder, a line here, a page in docs/ and a harness.

Knowing a platform imports its `settings` only; its SDK is imported when an account of it is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import adapters.telegram.settings
from bot.messages import Place
from bot.ports.platform import CommandSpec, Platform, PlatformKind


def kinds() -> Mapping[str, PlatformKind]:
    """Every platform by name, without importing any SDK."""
    every = (adapters.telegram.settings.KIND,)
    return {kind.name: kind for kind in every}


def build(name: str, settings: object, *, commands: tuple[CommandSpec, ...], places: tuple[Place, ...]) -> Platform:
    """Build the adapter of one account; `settings` is an instance of the kind's `account` model."""
    match name:
        case "telegram":
            from adapters.telegram.adapter import build as build_telegram
            from adapters.telegram.settings import Account

            return build_telegram(cast("Account", settings), commands=commands, places=places)
        case _:
            raise KeyError(name)
