"""What a journey needs of a community on some platform: a hand to act as its members, and eyes to see what arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from bot.ports.platform import Platform

#: Members by name, as the journeys call them; a community says what its platform does.
BUDI, SARI, WIRA, DEWI, LARAS = (f"{number}" * 18 for number in (1, 2, 3, 4, 5))
NAMES: Mapping[str, str] = {BUDI: "Budi", SARI: "Sari", WIRA: "Wira", DEWI: "Dewi", LARAS: "Laras"}


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One message of the bot as it stands in the community."""

    #: Its id.
    id: str
    #: The words people see.
    text: str
    #: The message it answers, or the menu command.
    reply_to: str | None
    #: Ids of those who are notified by being named in it.
    notified: tuple[str, ...]
    #: Addresses behind words.
    links: tuple[str, ...]
    #: The page of the card below it.
    card: str | None
    #: Whether only the one who asked sees it.
    private: bool


class Community(Protocol):
    """A community the bot is a guest in, on its platform's side; an async context manager."""

    #: The platform's name.
    platform: str
    #: `platforms:` of the configuration, indented by two; "" where no account is needed.
    accounts: str
    #: The address keys of the community, indented by four.
    address: str
    #: What the configuration's variables stand for.
    environment: Mapping[str, str]
    #: Whether what happened before the service started is still told to it.
    keeps_updates: bool

    async def __aenter__(self) -> Self:
        """Open the doors."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""

    def known_as(self, person: str) -> str:
        """Return the platform's id of a member."""

    async def meet(self, platform: Platform) -> None:
        """Return once the bot's adapter hears what happens here."""

    async def says(self, person: str, text: str, *, to_bot: bool = False, reply_to: str | None = None) -> str:
        """Let a member write and return the message's id; `to_bot` names the bot."""

    async def commands(self, person: str, command: str) -> str:
        """Let a member give a command, typed or picked as is usual here; return what an answer to it refers to."""

    async def reacts(self, person: str, message_id: str, emoji: str) -> None:
        """Let a member react."""

    async def chooses(self, person: str, message_id: str, sign: str) -> None:
        """Let a member choose what has this sign below a message of the bot, in the way of the platform."""

    def told(self) -> list[str]:
        """Return what those who chose something were told, each alone; "" where nothing was said."""

    async def joins(self, person: str) -> None:
        """Let somebody enter."""

    async def tells_again(self, message_id: str) -> None:
        """Let the platform deliver a member's message once more."""

    def goes_away(self) -> None:
        """Let the next message of the bot find the platform away."""

    def is_lost(self) -> None:
        """Let the bot be put out, or its channel go."""

    def posted(self) -> list[Posted]:
        """Return what the bot has written, oldest first."""
