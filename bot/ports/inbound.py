"""What a platform needs that calls this service over HTTP instead of being asked: a webhook.

The web part keeps the route, caps and reads the body, and knows no platform; what a call means, and whether it may be
believed, is the adapter's. Not here: a web framework's own requests and answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from bot.ports.platform import Receive

#: Below the service's web address (and whatever prefix a proxy puts before it): /webhooks/PLATFORM/KEY.
ROUTE = "/webhooks"


def hook_path(platform: str, key: str) -> str:
    """Return where a platform calls, below the service's web address."""
    return f"{ROUTE}/{platform}/{key}"


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundCall:
    """One HTTP request, read to its end."""

    method: Literal["GET", "POST"]
    #: Names in lower case.
    headers: Mapping[str, str]
    #: Each parameter of the address once, the last one winning.
    query: Mapping[str, str] = field(default_factory=dict)
    #: As it came, of at most `HearingHttp.longest_body` bytes.
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundAnswer:
    """What the caller is told."""

    #: A status below 300 only when all the call brought is committed, or never can be.
    status: int
    #: For whoever debugs a proxy; says nothing about what the call held.
    text: str = ""


@runtime_checkable
class HearingHttp(Protocol):
    """A platform that may be called over HTTP, by any number of processes behind one address."""

    @property
    def hook_key(self) -> str | None:
        """The last part of the path it is called at, which nobody can guess; None where its settings want no calls."""

    @property
    def longest_body(self) -> int:
        """The most bytes a call may bring."""

    async def handle_http(self, call: InboundCall, receive: Receive) -> InboundAnswer:
        """Check that a call is the platform's, pass on what it brings, and answer once `receive` has returned.

        May be called in every process, whether or not `run` is active there, and many times at once. Never raises:
        while events can't be committed the answer is a 503, so that the platform calls again.
        """
