"""What the headers and status codes of an HTTP answer mean for a feed. Pure: no connection, no clock."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from bot.errors import FeedFault
from bot.messages import aware_utc
from bot.ports.reading import Validators

REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)
PERMANENT_REDIRECTS = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
# No server means a year, and timedelta has an end.
_MOST_SECONDS = 365 * 24 * 3600
_MAX_AGE = re.compile(r'max-age\s*=\s*"?(\d{1,12})"?(?![\w.])', re.IGNORECASE)
_NOT_FRESH = re.compile(r"\b(no-cache|no-store)\b(?!\s*=)", re.IGNORECASE)
_HEADER_BREAK = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An address to fetch, its user name and password taken out of the address."""

    #: Absolute http(s) address without credentials and without fragment.
    url: str
    #: (user, password), if the address carried them.
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """The address as it may be written in a message: a query may be a secret, so it is not shown."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")) + ("?…" if parts.query else "")


def read_target(url: str) -> Target:
    """Take an address apart. Raises FeedFault, without naming any credentials, when it is no http(s) address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise FeedFault("the feed's `url` is no web address; write it as https://example.org/feed") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise FeedFault(
            f"the feed's `url` must begin with http:// or https:// and name a host, not {quote(parts.scheme)}:…"
        )
    netloc = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    bare = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    if parts.username is None:
        return Target(url=bare)
    return Target(url=bare, credentials=(unquote(parts.username), unquote(parts.password or "")))


def follow_redirect(target: Target, location: str | None) -> Target:
    """Return where a redirect leads. Credentials go along only within one host, and never from https back to http.

    Raises FeedFault when it leads nowhere or out of the web.
    """
    if not location:
        raise FeedFault(f"{target.place} redirects without saying where to; its owner must repair the redirect")
    try:
        following = read_target(urljoin(target.url, location))
    except (FeedFault, ValueError):
        raise FeedFault(
            f"{target.place} redirects to something that is no web address; its owner must repair the redirect"
        ) from None
    if following.credentials or not target.credentials:
        return following
    old, new = urlsplit(target.url), urlsplit(following.url)
    same_origin = (old.scheme, old.netloc) == (new.scheme, new.netloc)
    upgraded = old.scheme == "http" and new.scheme == "https" and old.hostname == new.hostname and new.port is None
    return Target(url=following.url, credentials=target.credentials if same_origin or upgraded else None)


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Return the request headers that ask "has it changed?" (RFC 9110, section 13.1)."""
    asked = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in asked.items() if value and not _HEADER_BREAK.search(value)}


def authorization_headers(target: Target) -> dict[str, str]:
    """Return the header that carries the credentials of a target (RFC 7617), none if it has none."""
    if target.credentials is None:
        return {}
    return {"Authorization": "Basic " + b64encode(":".join(target.credentials).encode("utf-8", "replace")).decode()}


def read_validators(headers: Mapping[str, str], *, before: Validators) -> Validators:
    """Return what to ask with next time; a 304 need not repeat what it confirms, so `before` fills in."""
    return Validators(
        etag=headers.get("ETag") or before.etag, last_modified=headers.get("Last-Modified") or before.last_modified
    )


def read_freshness(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the body stays fresh: max-age less Age (RFC 9111, section 4.2); None if that is not said."""
    control = headers.get("Cache-Control", "")
    if _NOT_FRESH.search(control):
        return timedelta(0)
    found = _MAX_AGE.search(control)
    if found is None:
        return None
    age = headers.get("Age", "").strip()
    spent = int(age) if re.fullmatch(r"[0-9]{1,12}", age) else 0
    return timedelta(seconds=min(max(int(found[1]) - spent, 0), _MOST_SECONDS))


def read_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Read a Retry-After header, seconds or an HTTP date (RFC 9110, section 10.2.3); None when absent or unreadable."""
    stripped = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,12}", stripped):
        return timedelta(seconds=min(int(stripped), _MOST_SECONDS))
    try:
        at = aware_utc(parsedate_to_datetime(stripped), "Retry-After")
    except (ValueError, IndexError, OverflowError):
        return None
    return min(max(at - now, timedelta(0)), timedelta(seconds=_MOST_SECONDS))


def refuse_status(status: int, place: str, *, retry_after: timedelta | None, user_agent: str) -> FeedFault:
    """Return what an answer without a body to read means, ending with what the owner of the feed can do."""
    if status == HTTPStatus.GONE:
        return FeedFault(
            f"{place} says the feed is gone for good (410); remove it from `sources` or give its new address", gone=True
        )
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        text = f'refuses Konektor ({status}); its owner must let the user agent "{user_agent}" read the feed'
    elif status == HTTPStatus.NOT_FOUND:
        text = "does not exist (404); check the address, or ask the site's owner where the feed went"
    elif status == HTTPStatus.TOO_MANY_REQUESTS:
        text = "asks for patience (429); it is read again later, and a longer `check_every` helps"
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        text = f"has trouble of its own ({status}); it is tried again, and its owner can look into the server's log"
    else:
        text = f"answers with status {status} and no feed; its owner must look why"
    patient = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    wait = retry_after if patient else None
    return FeedFault(f"{place} {text}", retry_after=wait, not_found=status == HTTPStatus.NOT_FOUND)
