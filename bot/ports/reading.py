"""What the core needs to read feeds: the bytes of an address, and what one item says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """What a server gave to ask "has it changed?" with (RFC 9110, section 13)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """An address read once."""

    #: The decoded body; None when the server said 304, nothing has changed.
    body: bytes | None
    #: The Content-Type header as sent.
    content_type: str | None
    #: Where the body came from, after redirects.
    url: str
    #: The new address when every redirect on the way was permanent (301, 308); None otherwise.
    moved_to: str | None
    #: What to ask with next time.
    validators: Validators
    #: How long the server says the body stays fresh (Cache-Control max-age); None if it does not say.
    fresh_for: timedelta | None = None
    #: The hub and the feed's own address, as the Link header has them (WebSub, section 4); None where it does not.
    hub: str | None = None
    topic: str | None = None


class Fetcher(Protocol):
    """Reads one address over http or https, safely."""

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """Fetch within the caps of sharing.md (5 MB decoded, 20 s in all, 5 redirects).

        Raises bot.errors.FeedFault; its `retry_after` is set when the server names a time (429, 503), and its `gone`
        is true for 410: never ask again. An address in a private network is refused when connecting, on every hop.
        """

    async def close(self) -> None:
        """Close its connections."""


class Hubs(Protocol):
    """Speaks to the hubs of feeds, as safely as feeds are read."""

    async def ask_hub(self, url: str, form: Mapping[str, str]) -> None:
        """Send a form to a hub; raises bot.errors.FeedFault unless the hub takes it (any 2xx).

        An address in a private network is refused when connecting, on every hop.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedItem:
    """One item of a feed. Texts are plain, control and direction-changing characters removed."""

    #: The feed's own id of the item (guid, atom:id), if any.
    guid: str | None
    #: Absolute http(s) address, if any.
    link: str | None
    #: Plain title; "" if there is none.
    title: str
    #: Plain summary, at most 1,000 characters; "" if there is none.
    summary: str
    #: The item's full text in plain paragraphs separated by blank lines; falls back to the summary.
    text: str
    author: str | None
    tags: tuple[str, ...]
    #: Absolute http(s) address of the item's own picture, if any.
    image_url: str | None
    published_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed read from bytes, items in the order of the document."""

    title: str
    #: BCP 47, if the feed says.
    language: str | None
    items: tuple[FeedItem, ...]
    #: The hub it names and its own address (rel=hub, rel=self); None where it does not.
    hub: str | None = None
    topic: str | None = None
