"""What the configuration may say about Discord, and the facts about it that need no SDK.

Here belong the pydantic models of `platforms.discord` and of a community's address, and the published limits. Nothing
here imports discord.py, so that `check` stays fast.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from bot.messages import ChannelRef, Place
from bot.ports.platform import Character, PlatformKind, PlatformLimits, PlatformTraits, Rate

NAME = "discord"
PERSON_ID_PATTERN = r"^\d{15,20}$"
_ID_CLICKS = (
    "In Discord: User Settings → Advanced → Developer Mode on, then right-click it and choose Copy ID; "
    "write the 17 to 20 digits in quotes"
)


def _read_id(value: object) -> str:
    """Return a Discord id as its digits; raise ValueError for what only looks like one.

    An unquoted id arrives as an int with every digit intact; one that some tool turned into a float has lost digits.
    """
    if isinstance(value, float):
        raise ValueError(f"this id was read as a number and has lost digits. {_ID_CLICKS}")  # noqa: TRY004 (pydantic reports ValueError with its place)
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(PERSON_ID_PATTERN, text, re.ASCII):
        raise ValueError(f"this is not a Discord id. {_ID_CLICKS}")
    return text


Snowflake: TypeAlias = Annotated[str, Field(pattern=PERSON_ID_PATTERN), BeforeValidator(_read_id)]


def _read_answers(value: object) -> object:
    """Return "any" or the ids; one id alone is a list of one. A wrong one gives one error, not four."""
    if value == "any":
        return value
    return tuple(_read_id(each) for each in (value if isinstance(value, list | tuple) else [value]))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Account(_Part):
    """`platforms.discord`: the bot account."""

    token: SecretStr = Field(
        description="The bot's token: Developer Portal → your application → Bot → Reset Token. Always ${VAR}."
    )
    api_base: str | None = Field(
        default=None,
        description="Another server that speaks Discord's REST API, with its version: http://127.0.0.1:8081/api/v10.",
        pattern=r"^https?://\S+$",
    )
    gateway: str | None = Field(
        default=None,
        description="That server's gateway: ws://127.0.0.1:8081/gateway. Discord's own when left out.",
        pattern=r"^wss?://\S+$",
    )

    shards: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Over how many connections the account's events come, shared by all processes on one PostgreSQL. "
        "What Discord recommends (one for up to 2,500 servers) when left out.",
    )

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value()
        if not text.strip() or re.search(r"\s", text.strip()):
            raise ValueError(
                "the token is empty or has spaces in it; copy it again: Developer Portal → Bot → Reset Token"
            )
        if text.strip().lower().startswith("bot"):
            raise ValueError('leave out the word "Bot" before the token')
        return SecretStr(text.strip())


class Channels(_Part):
    """`channels` of a community: where the bot writes and where it listens."""

    posts: Snowflake = Field(description="Id of the text, announcement or forum channel that posts go to.")
    answers: Annotated[
        Literal["any"] | tuple[str, ...],
        BeforeValidator(_read_answers, json_schema_input_type=Literal["any"] | Snowflake | list[Snowflake]),
    ] = Field(
        default="any",
        description='Where members are heard and answered: "any" channel the bot can see, one id, or a list of ids. '
        "The posts channel is always among them.",
    )


class Address(_Part):
    """Where a community lives on Discord."""

    server: Snowflake = Field(description="Id of the server. Quote it: ids are too long for some tools.")
    channels: Channels = Field(description="Which of its channels the bot uses.")

    def place(self, key: str) -> Place:  # noqa: ARG002 (the port gives the community's key; Discord needs none)
        """Where the community lives."""
        answers = self.channels.answers
        heard = None if isinstance(answers, str) else frozenset({self.channels.posts, *answers})
        return Place(posts=ChannelRef(platform=NAME, space=self.server, channel=self.channels.posts), heard=heard)


#: https://discord.com/developers/docs/topics/rate-limits gives the account's 50 per second; how often one channel takes
#: a message is announced per answer (X-RateLimit-*), and 5 per 5 seconds is what it announces for text channels.
LIMITS = PlatformLimits(
    text_length=2000,
    unit="characters",
    card_title=256,
    card_description=4096,
    rates=(
        Rate(scope="account", count=50, per=timedelta(seconds=1), burst=50),
        Rate(scope="channel", count=5, per=timedelta(seconds=5), burst=5),
    ),
)

#: A nonce is recognised "for the past few minutes"; 60 seconds of that are relied on.
TRAITS = PlatformTraits(
    after_uncertainty="idempotent",
    idempotent_for=timedelta(seconds=60),
    private_replies=True,
    command_menu=True,
    reactions=True,
    joins=True,
    edits=True,
    deletes=True,
)


def _write_address(where: ChannelRef) -> tuple[str, ...]:
    return (f'server: "{where.space}"', f'channels: {{posts: "{where.channel}"}}')


KIND = PlatformKind(
    name=NAME,
    account=Account,
    address=Address,
    needs_account=True,
    limits=LIMITS,
    traits=TRAITS,
    person_id_pattern=PERSON_ID_PATTERN,
    person_id_hint="17 to 20 digits in quotes: Developer Mode on, right-click the person, Copy User ID",
    character=Character(posts_a_day=2),
    write_address=_write_address,
)
