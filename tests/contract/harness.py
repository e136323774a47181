"""What the contract suite needs from each platform: a hand on the other side of it.

A harness module is called `harness_<platform>.py` and has a class `Harness` that meets the protocol below. It drives
the platform the way people do, through the same wire the adapter uses, and looks at what really arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self, TypeAlias

from bot.messages import Button, Place
from bot.ports.platform import CommandSpec, Platform

#: How a send can fail: the platform is away; it asks for patience; it takes the post and its answer is lost; the
#: channel is gone or closed to the bot; it refuses the content; it does not accept the token.
FailureKind: TypeAlias = Literal["down", "rate_limited", "uncertain", "channel_lost", "rejected", "login"]

#: What the core asks a platform to do.
Verb: TypeAlias = Literal["post", "edit", "delete"]

#: What a harness may lack, besides single kinds of failure:
#: `admins` the platform tells who has a say in the place;
#: `bots` other bots and the bot itself can be seen writing; `message_ids` the writer knows the id of what they wrote;
#: `presses` a button below a post can be pressed; `reactions`; `replies` a member can answer a message;
#: `reply_references` a post shows which message it answers; `unaddressed` a member can write without addressing the
#: bot; `unsupported` there are updates nobody handles.
Capability: TypeAlias = (
    Literal[
        "admins",
        "bots",
        "message_ids",
        "presses",
        "reactions",
        "replies",
        "reply_references",
        "unaddressed",
        "unsupported",
    ]
    | FailureKind
)

#: The commands every harness gives its platform.
COMMANDS = (
    CommandSpec(
        name="top",
        descriptions={"en": "Who takes part most", "id": "Siapa yang paling aktif"},
        names={"en": "top", "id": "teratas"},
    ),
)


#: What every harness lets people choose below a post.
CHOICES = (
    Button(id="helpful:01a9c1-0", label="Membantu", sign="👍"),
    Button(id="unhelpful:01a9c1-0", label="Tidak membantu", sign="👎"),
    Button(id="p." * 32, label="Tanya orang <b>*asli*</b>", sign="🙋"),
)


@dataclass(frozen=True, kw_only=True)
class PostedText:
    """One post as it arrived on the platform's side."""

    #: The channel's id.
    channel: str
    #: The text as people see it: entities applied, escapes gone.
    text: str
    #: The id of the message it answers, if it shows one.
    reply_to: str | None
    #: Whether anybody was notified by being named in it.
    mentions_pinged: bool
    #: Addresses that words of the text lead to; those written out in the text need not be here.
    links: tuple[str, ...] = ()


class Harness(Protocol):
    """A fresh platform and the people on its other side; an async context manager that cleans up after itself.

    The suite calls people by 18 digits; `known_as` says what the platform calls them.
    """

    #: The adapter's folder name.
    name: str
    #: Fresh, not running.
    platform: Platform
    #: The one community there is.
    place: Place
    #: What must never show in a log or an error.
    secrets: tuple[str, ...]
    #: What this platform can't do or show, each with the reason; its cases are skipped with it.
    lacks: dict[Capability, str]

    async def __aenter__(self) -> Self:
        """Start what stands on the other side."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the platform and stop what stands on the other side."""

    def known_as(self, author_id: str) -> str:
        """Return the platform's id of the person the suite calls `author_id`."""

    async def says(
        self,
        author_id: str,
        text: str,
        *,
        reply_to: str | None = None,
        mention_bot: bool = False,
        is_bot: bool = False,
    ) -> str:
        """Let somebody write `text` in the place and return the message's id.

        `mention_bot` adds a mention in the platform's own form before the text; `is_bot` makes the author a bot.
        """

    async def says_as_bot_itself(self, text: str) -> None:
        """Let the platform report a message written by this very bot account."""

    async def sends_something_unsupported(self) -> None:
        """Let the platform deliver an update no core event stands for."""

    async def appoints(self, author_id: str) -> None:
        """Let somebody become an admin of the place."""

    async def reacts(self, author_id: str, message_id: str, emoji: str) -> None:
        """Let somebody put a reaction on a message."""

    async def presses(self, author_id: str, message_id: str, button: str) -> None:
        """Let somebody press the button with this id below a message of the bot."""

    def notices(self) -> list[str]:
        """Return what those who pressed a button were told, each alone, oldest first; "" for an end in silence."""

    def choices(self, message_id: str) -> tuple[str, ...]:
        """Return what people see that they can choose below a message of the bot."""

    def posted(self) -> list[PostedText]:
        """Return what the platform took, oldest first."""

    def standing(self, message_id: str) -> str | None:
        """Return what a message of the bot in the place says now; None when it is gone."""

    async def fail_next_send(self, kind: FailureKind, *, verb: Verb = "post") -> None:
        """Let the next send, edit or deletion fail like this."""
