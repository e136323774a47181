"""What the YAML says about Matrix, and the facts about it that need no SDK.

Imported whenever a configuration is read, so nothing here imports matrix-nio.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.messages import ChannelRef, Place
from bot.ports.platform import Character, PlatformKind, PlatformLimits, PlatformTraits, Rate

NAME = "matrix"

#: https://spec.matrix.org/latest/appendices/#user-identifiers, historical ones included: anything but spaces and colon.
PERSON_ID_PATTERN = r"^@[^\s:]+:\S+$"

#: An event has at most 65,536 bytes (client-server API, "Size limits"). A text is in it twice, once as HTML, where a
#: character takes up to 12 bytes in both together: 4,000 of the widest leave room for everything else. The rate is what
#: Synapse allows a user unless told otherwise (`rc_message`: 0.2 a second, burst 10); the bot learns any other by 429.
LIMITS = PlatformLimits(
    text_length=4000,
    unit="characters",
    rates=(Rate(scope="account", count=1, per=timedelta(seconds=5), burst=10),),
)

#: Transaction ids are known again by their device. The specification names no time; Synapse keeps them 30 minutes and
#: more, of which 20 are relied on.
TRAITS = PlatformTraits(
    after_uncertainty="idempotent",
    idempotent_for=timedelta(minutes=20),
    reactions=True,
    joins=True,
    edits=True,
    deletes=True,
)


class Account(BaseModel):
    """`platforms.matrix`: the bot's account."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    homeserver: str = Field(
        description="The address of the account's homeserver, such as https://matrix.org: what clients call Homeserver."
    )
    token: SecretStr = Field(
        description="The account's access token, as ${MATRIX_TOKEN}; docs/matrix.md shows the command that makes one."
    )

    @field_validator("homeserver")
    @classmethod
    def _check_homeserver(cls, homeserver: str) -> str:
        parts = urlsplit(homeserver)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("write the homeserver's address with https, such as https://matrix.org")
        if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("the token would travel in the open: write https:// (http only on this machine)")
        return homeserver.rstrip("/")

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value().strip()
        if not text or re.search(r"\s", text):
            raise ValueError("the token is empty or has spaces in it; copy the access_token alone (docs/matrix.md)")
        return SecretStr(text)


class Address(BaseModel):
    """Where on Matrix a community lives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    room: str = Field(
        description='The room\'s internal id in quotes, such as "!abcdef:matrix.org": Room settings > Advanced.'
    )

    @field_validator("room")
    @classmethod
    def _check_room(cls, room: str) -> str:
        text = room.strip()
        if text.startswith("#"):
            raise ValueError(
                f"{text} is an address, which can be pointed at another room: write the internal room id, which begins "
                "with ! (in the room: Room settings > Advanced > Internal room ID)"
            )
        if re.fullmatch(r"![^\s/]+", text) is None:
            raise ValueError(
                'this is no room id: it begins with !, such as "!abcdef:matrix.org" (Room settings > Advanced)'
            )
        return text

    def place(self, key: str) -> Place:  # noqa: ARG002 - the port hands the key to platforms that name places by it
        """Where the community lives: one room, with all its threads."""
        return Place(posts=ChannelRef(platform=NAME, space=self.room, channel=self.room))


def _write_address(where: ChannelRef) -> tuple[str, ...]:
    # an id may hold any sign but blanks
    return (f"room: {json.dumps(where.space, ensure_ascii=False)}",)


KIND = PlatformKind(
    name=NAME,
    account=Account,
    address=Address,
    needs_account=True,
    limits=LIMITS,
    traits=TRAITS,
    person_id_pattern=PERSON_ID_PATTERN,
    person_id_hint='the whole user id in quotes, such as "@dewi:matrix.org"',
    character=Character(posts_a_day=2, resents_tracking=True),
    write_address=_write_address,
)
