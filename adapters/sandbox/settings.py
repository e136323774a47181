"""What the configuration knows of the sandbox: its part of the YAML, what fits and what it can do. No state here."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from bot.messages import ChannelRef, Place
from bot.ports.platform import PlatformKind, PlatformLimits, PlatformTraits

NAME = "sandbox"

LIMITS = PlatformLimits(text_length=4000, unit="characters", card_title=256, card_description=1000)

TRAITS = PlatformTraits(
    after_uncertainty="idempotent",
    # A post's id is remembered for as long as the community itself: both live in memory.
    idempotent_for=timedelta(days=1),
    private_replies=True,
    command_menu=False,
    reactions=True,
    joins=True,
    edits=True,
    deletes=True,
)


class Account(BaseModel):
    """`platforms.sandbox`: a sandbox has nothing to sign in to."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(BaseModel):
    """A sandbox community is addressed by its key alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def place(self, key: str) -> Place:
        """Where the community called `key` lives: one space with one channel, both named by the key."""
        return Place(posts=ChannelRef(platform=NAME, space=key, channel=key))


KIND = PlatformKind(
    name=NAME,
    account=Account,
    address=Address,
    needs_account=False,
    limits=LIMITS,
    traits=TRAITS,
    person_id_pattern=r"^[\w.-]{1,64}$",
    person_id_hint="letters, digits, dots, dashes and underscores, at most 64",
)
