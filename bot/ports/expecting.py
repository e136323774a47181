"""What a marketer expects of a configuration: given posts or a message at a moment, what is shared or said.

Frozen data between what reads a `*.test.yaml` and what tries it; no file and no decision here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenPost:
    """A post that a feed brings."""

    #: The feed's key.
    source: str
    title: str
    link: str
    summary: str = ""
    text: str = ""
    author: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenMessage:
    """Something a member writes."""

    #: The community's key.
    community: str
    text: str
    #: Whether it names the bot.
    to_bot: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedShare:
    """What is to become of the posts in one community."""

    community: str
    #: `nothing`: no campaign brings anything there at that moment.
    verdict: Literal["share", "hold", "skip", "nothing"]
    #: What the post shared says, or the reason it is held or skipped for, somewhere in it; "" for whatever it is.
    says: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedReply:
    """What is to be said to a message."""

    #: `unsure`: it says that it does not know. `fixed`: a courtesy or what a command says.
    verdict: Literal["answered", "unsure", "fixed", "silent"]
    #: What stands somewhere in the reply; "" for whatever it says.
    says: str = ""
    #: What is cited: the address or the item of a source; "" for whatever is.
    cites: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One test."""

    name: str
    #: Where it stands: the file and the line, counted from 1.
    file: str
    line: int
    at: datetime
    posts: tuple[GivenPost, ...] = ()
    shares: tuple[ExpectedShare, ...] = ()
    message: GivenMessage | None = None
    reply: ExpectedReply | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """How a case went."""

    case: Case
    #: What differs, each with what was expected and what came; () when it holds.
    differences: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        """Whether everything came as expected."""
        return not self.differences
