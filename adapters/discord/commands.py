"""Interactions: the menu members see when they type a slash, and what we hear when they pick from it or press a button.

Here belong the command tree with its translations, and tickets: what an interaction is answered through. Commands
are registered per server, since Discord shows those at once. https://discord.com/developers/docs/interactions
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from adapters.discord.incoming import ParentOf, clean, read_channel, read_person
from bot.messages import ButtonPressed, CommandGiven, MessageRef
from bot.ports.platform import CommandSpec

_log = logging.getLogger(__name__)

#: Called when a member picked a command, with the words they added.
OnCommand = Callable[[CommandSpec, discord.Interaction, str], Awaitable[None]]

#: Our languages as Discord's menus know them; English is what everyone without a translation sees.
_LOCALES = {discord.Locale.indonesian: "id"}
_FALLBACK = "en"
#: https://discord.com/developers/docs/interactions/application-commands#application-command-object
_DESCRIPTION_LENGTH = 100
_NAME_LENGTH = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What a picked command is answered through for 15 minutes, also after a restart. The token in it is a secret."""

    #: The bot's application.
    application: str
    #: The interaction: one picking of the command.
    interaction: str
    #: What proves the right to answer it.
    token: str

    def write(self) -> str:
        """Return it as the opaque string that the core keeps."""
        return f"{self.application}/{self.interaction}/{self.token}"

    @classmethod
    def read(cls, text: str) -> Ticket | None:
        """Return the ticket in `text`, or None where there is none."""
        match = re.fullmatch(r"(\d{15,20})/(\d{15,20})/([\w.=-]+)", text)
        return None if match is None else cls(application=match[1], interaction=match[2], token=match[3])


class Menu(app_commands.CommandTree[discord.Client]):
    """Our commands in Discord's menu."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Say which command went wrong: mostly an old one that Discord still shows for some minutes."""
        name = "?" if interaction.data is None else interaction.data.get("name")
        _log.warning("Discord's command %r could not be taken: %s", name, type(error).__name__)


class Words(app_commands.Translator):
    """Gives Discord the names and descriptions in our other languages, which each string carries with it."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 (a string knows its translations by itself)
    ) -> str | None:
        """Return the translation, or None where there is none."""
        language = _LOCALES.get(locale)
        translation = string.extras.get(language) if language is not None else None
        return translation if isinstance(translation, str) else None


async def fill_menu(menu: Menu, specs: Iterable[CommandSpec], servers: Iterable[int], take: OnCommand) -> None:
    """Put every command into the menu of each of `servers`; a picked one is handed to `take`. Nothing is sent yet."""
    await menu.set_translator(Words())
    guilds = [discord.Object(server) for server in servers]
    for spec in specs:
        menu.add_command(_command(spec, take), guilds=guilds)


def read_command(
    spec: CommandSpec, interaction: discord.Interaction, words: str, *, parent_of: ParentOf
) -> CommandGiven:
    """Return the command a member picked (INTERACTION_CREATE), under its canonical name."""
    channel_id = interaction.channel_id or interaction.guild_id or interaction.user.id
    return CommandGiven(
        event_id=f"c:{interaction.id}",
        at=interaction.created_at,
        channel=read_channel(channel_id, interaction.guild_id, parent_of),
        name=spec.name,
        arguments=clean(words).strip(),
        author=read_person(interaction.user, language=interaction.locale.value),
        ticket=_ticket_of(interaction).write(),
    )


def read_press(interaction: discord.Interaction, *, parent_of: ParentOf) -> ButtonPressed | None:
    """Return the button a member pressed below a message of ours (INTERACTION_CREATE, type 3); None for all else."""
    if interaction.type is not discord.InteractionType.component or interaction.message is None:
        return None
    data: Mapping[str, Any] = {} if interaction.data is None else dict(interaction.data)
    if data.get("component_type") != discord.ComponentType.button.value:
        return None
    channel_id = interaction.channel_id or interaction.message.channel.id
    channel = read_channel(channel_id, interaction.guild_id, parent_of)
    return ButtonPressed(
        event_id=f"b:{interaction.id}",
        at=interaction.created_at,
        channel=channel,
        message=MessageRef(channel=channel, id=str(interaction.message.id)),
        author=read_person(interaction.user, language=interaction.locale.value),
        button=clean(str(data.get("custom_id", ""))),
        ticket=_ticket_of(interaction).write(),
    )


def _ticket_of(interaction: discord.Interaction) -> Ticket:
    return Ticket(application=str(interaction.application_id), interaction=str(interaction.id), token=interaction.token)


def _command(spec: CommandSpec, take: OnCommand) -> app_commands.Command[Any, ..., None]:
    async def alone(interaction: discord.Interaction) -> None:
        await take(spec, interaction, "")

    async def with_words(interaction: discord.Interaction, words: str = "") -> None:
        await take(spec, interaction, words)

    if spec.argument is not None:
        with_words = app_commands.rename(words=_localised(spec.argument, shape=_as_name))(with_words)
        with_words = app_commands.describe(words=_localised(spec.argument, shape=_as_description))(with_words)
    return app_commands.Command(
        name=_localised({**spec.names, _FALLBACK: spec.name}, shape=_as_name),
        description=_localised(spec.descriptions, shape=_as_description),
        callback=alone if spec.argument is None else with_words,
    )


def _localised(words: dict[str, str], *, shape: Callable[[str], str]) -> app_commands.locale_str:
    """Return the English words (or the first there are) with the others attached."""
    shaped = {language: shape(text) for language, text in words.items()}
    return app_commands.locale_str(shaped.get(_FALLBACK) or next(iter(shaped.values())), **shaped)


def _as_name(text: str) -> str:
    """Discord's names: lower case, no spaces, at most 32 characters."""
    return re.sub(r"[^\w-]+", "-", text.strip().lower())[:_NAME_LENGTH].strip("-")


def _as_description(text: str) -> str:
    return text if len(text) <= _DESCRIPTION_LENGTH else text[: _DESCRIPTION_LENGTH - 1] + "…"
