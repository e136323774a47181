"""The menu of commands Telegram shows when a member types a slash. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from telegram import BotCommand

from bot.ports.platform import CommandSpec

#: What members see whose language has no menu of its own.
_FALLBACK = "en"


def menus_of(commands: tuple[CommandSpec, ...]) -> Mapping[str | None, tuple[BotCommand, ...]]:
    """Menus by language code, None being everybody else's (Bot API setMyCommands), without what is for admins."""
    commands = tuple(command for command in commands if not command.for_admins)
    if not commands:
        return {}
    languages = sorted({language for command in commands for language in command.descriptions})
    return {None: _menu(commands, _FALLBACK)} | {language: _menu(commands, language) for language in languages}


def typed_names(commands: tuple[CommandSpec, ...]) -> dict[str, str]:
    """Canonical names by every name a member may type: in any language, as the menu spells it."""
    return {menu_name(name): command.name for command in commands for name in (*command.names.values(), command.name)}


def menu_name(name: str) -> str:
    """Spell `name` as Telegram allows: 1-32 of a-z, 0-9 and underscore (Bot API, BotCommand)."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower())[:32]


def _menu(commands: tuple[CommandSpec, ...], language: str) -> tuple[BotCommand, ...]:
    return tuple(
        BotCommand(menu_name(command.names.get(language, command.name)), _description(command, language))
        for command in commands
    )


def _description(command: CommandSpec, language: str) -> str:
    said = command.descriptions
    return said.get(language) or said.get(_FALLBACK) or next(iter(said.values()), command.name)
