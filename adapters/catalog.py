"""Which platforms there are. Kept by hand: adding one is a folder, a line here, a page in docs/ and a harness.

Knowing a platform imports its `settings` only; its SDK is imported when an account of it is built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast

import adapters.console.settings
import adapters.discord.settings
import adapters.matrix.settings
import adapters.sandbox.settings
import adapters.telegram.settings
from bot.messages import Place
from bot.ports.history import ExportForm, Naming, PlainNaming
from bot.ports.platform import CommandSpec, Platform, PlatformKind


def kinds() -> Mapping[str, PlatformKind]:
    """Every platform by name, without importing any SDK."""
    every = (
        adapters.console.settings.KIND,
        adapters.discord.settings.KIND,
        adapters.matrix.settings.KIND,
        adapters.sandbox.settings.KIND,
        adapters.telegram.settings.KIND,
    )
    return {kind.name: kind for kind in every}


def namings() -> Mapping[str, Naming]:
    """How each platform names the events of a history, by the platform's name."""
    from adapters.discord.history import DiscordNaming
    from adapters.telegram.history import TelegramNaming

    return {name: PlainNaming() for name in kinds()} | {
        adapters.discord.settings.NAME: DiscordNaming(),
        adapters.telegram.settings.NAME: TelegramNaming(),
    }


def export_forms() -> tuple[ExportForm, ...]:
    """Every form of export there is, to be tried in this order."""
    from adapters.discord.history import DiscordExport
    from adapters.telegram.history import TelegramExport

    return DiscordExport(), TelegramExport()


#: The platform that is the terminal a command was started in.
TERMINAL = adapters.console.settings.NAME


def build_terminal(
    *,
    places: tuple[Place, ...],
    commands: tuple[CommandSpec, ...],
    now: Callable[[], datetime],
    bot_name: str,
    speaker: str,
) -> Platform:
    """Build the terminal for a talk in which `speaker` types the lines."""
    from adapters.console.adapter import ConsolePlatform

    return ConsolePlatform(places=places, commands=commands, now=now, bot_name=bot_name, speaker=speaker)


def build(
    name: str,
    settings: object,
    *,
    commands: tuple[CommandSpec, ...],
    places: tuple[Place, ...],
    now: Callable[[], datetime],
    bot_name: str,
) -> Platform:
    """Build the adapter of one account; `settings` is an instance of the kind's `account` model.

    `now` dates what the platform itself does not date; `bot_name` is for platforms that have no account to name the
    bot. Raises KeyError for a name that `kinds` does not have.
    """
    match name:
        case "console":
            from adapters.console.adapter import ConsolePlatform

            return ConsolePlatform(places=places, commands=commands, now=now, bot_name=bot_name)
        case "sandbox":
            from adapters.sandbox.adapter import SandboxPlatform

            return SandboxPlatform(places=places, commands=commands, now=now, bot_name=bot_name)
        case "telegram":
            from adapters.telegram.adapter import build as build_telegram

            telegram = cast("adapters.telegram.settings.Account", settings)
            return build_telegram(telegram, commands=commands, places=places, now=now)
        case "discord":
            from adapters.discord.adapter import build as build_discord

            discord = cast("adapters.discord.settings.Account", settings)
            return build_discord(discord, commands=commands, places=places)
        case "matrix":
            from adapters.matrix.adapter import build as build_matrix

            matrix = cast("adapters.matrix.settings.Account", settings)
            return build_matrix(matrix, commands=commands, places=places, now=now)
        case _:
            raise KeyError(name)
