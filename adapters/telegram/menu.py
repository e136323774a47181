"""The menus of commands Telegram shows when a member types a slash, by kind of chat and language. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot.ports.platform import CommandSpec

#: What members see whose language has no menu of its own.
_FALLBACK = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Menu:
    """What one call of setMyCommands says."""

    #: In which chats it is shown; the narrowest scope that has a menu wins, before its language is looked at.
    scope: BotCommandScope
    #: Whose menu it is: a two-letter language code, or None for everybody whose language has none of its own.
    language: str | None
    #: What it holds.
    commands: tuple[BotCommand, ...]


def menus_of(commands: tuple[CommandSpec, ...]) -> Iterator[Menu]:
    """Yield the menu of every kind of chat in every language (Bot API setMyCommands).

    In a group everybody reads an answer, so the group's menu leaves out what is answered in direct chats alone; the
    default is shown where Telegram knows no other, and is the group's too. What is for admins only they are shown.
    """
    if not commands:
        return
    for_members = tuple(command for command in commands if not command.for_admins)
    in_groups = tuple(command for command in for_members if not command.only_direct)
    by_admins = tuple(command for command in commands if not command.only_direct)
    languages = (None, *sorted({language for command in commands for language in command.descriptions}))
    shown: tuple[tuple[BotCommandScope, tuple[CommandSpec, ...]], ...] = (
        (BotCommandScopeDefault(), in_groups),
        (BotCommandScopeAllPrivateChats(), for_members),
        (BotCommandScopeAllGroupChats(), in_groups),
        (BotCommandScopeAllChatAdministrators(), by_admins),
    )
    for scope, kept in shown:
        for language in languages:
            yield Menu(scope=scope, language=language, commands=_menu(kept, language or _FALLBACK))


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
