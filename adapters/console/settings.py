"""What the configuration knows of the console: its part of the YAML, what fits and what it can do. No streams here."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bot.messages import ChannelRef, Place
from bot.ports.platform import PlatformKind, PlatformLimits, PlatformTraits

NAME = "console"

LIMITS = PlatformLimits(text_length=4000, unit="characters", card_title=256, card_description=1000)

# A line that may or may not have reached the eyes of the person at the terminal can't be asked after.
TRAITS = PlatformTraits(after_uncertainty="neither", private_replies=True)


class Account(BaseModel):
    """`platforms.console`: a terminal has nothing to sign in to."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(BaseModel):
    """A console community is addressed by its key alone."""

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
    person_id_hint="the name given to /as: letters, digits, dots, dashes and underscores, at most 64",
)
