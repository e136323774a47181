"""Fetching an address over HTTP, safely: the only part of feeds that opens a connection.

Every hop of a redirect is judged anew, and every address at the moment a socket is made for it: what a name meant a
moment ago (DNS rebinding) or how an address is written makes no difference. What headers mean is in `http_facts`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver

from bot.clock import Clock
from bot.errors import FeedFault
from bot.feeds.address import is_public
from bot.feeds.fields import absolute_link
from bot.feeds.http_facts import (
    PERMANENT_REDIRECTS,
    REDIRECTS,
    Target,
    authorization_headers,
    conditional_headers,
    follow_redirect,
    read_freshness,
    read_retry_after,
    read_target,
    read_validators,
    refuse_status,
)
from bot.ports.reading import Fetched, Validators

#: The caps of sharing.md.
MOST_BYTES: Final = 5_000_000
MOST_REDIRECTS: Final = 5
DEADLINE: Final = timedelta(seconds=20)
#: Those that keep the method (RFC 9110, section 15.4), which alone may lead to another hub.
_FORM_REDIRECTS = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_CHUNK = 65_536
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


class AddressRefused(OSError):
    """The name leads into a private network. An OSError, so that another address of the same name is still tried."""


class HttpFetcher:
    """Meets `bot.ports.reading.Fetcher` and `Hubs` with one aiohttp session, without cookies and without proxies."""

    def __init__(
        self,
        *,
        clock: Clock,
        version: str,
        contact: str | None = None,
        allow_private: bool = False,
        may_connect: Callable[[str], bool] = is_public,
        resolver: AbstractResolver | None = None,
        most_bytes: int = MOST_BYTES,
        deadline: timedelta = DEADLINE,
    ) -> None:
        """`contact` is an address where a server's owner learns who reads; `allow_private` is for development only.

        `may_connect` judges the IP literal of each socket, unless all are allowed; `resolver` finds the addresses of a
        name, the system's if None. `most_bytes` counts the decoded body. The session is made at the first fetch,
        inside the running loop.
        """
        self.user_agent = f"Konektor/{version}" + (f" (+{contact})" if contact else "")
        self._clock = clock
        self._may_connect = may_connect if not allow_private else _allow_any
        self._resolver = resolver
        self._most_bytes = most_bytes
        self._deadline = deadline
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """Fetch `url` as the port says. The address returned and every text are without user name and password."""
        target = read_target(url)
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._follow(target, validators)
        except TimeoutError:
            seconds = self._deadline.total_seconds()
            raise FeedFault(
                f"{target.place} did not answer in full within {seconds:g} s; its owner can make it faster or shorter"
            ) from None
        except (aiohttp.ClientError, ValueError) as error:
            raise _translate(error, target) from error

    async def ask_hub(self, url: str, form: Mapping[str, str]) -> None:
        """Send a form to a hub as `bot.ports.reading.Hubs` says."""
        target = read_target(url)
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                await self._send_form(target, form)
        except TimeoutError:
            raise FeedFault(f"the hub {target.place} did not answer in time; it is asked again") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise FeedFault(f"the hub {_translate(error, target)}") from error

    async def _send_form(self, target: Target, form: Mapping[str, str]) -> None:
        for _ in range(MOST_REDIRECTS + 1):
            headers = authorization_headers(target)
            async with self._open().post(
                target.url, data=dict(form), headers=headers, allow_redirects=False
            ) as response:
                if response.status in _FORM_REDIRECTS:
                    target = follow_redirect(target, response.headers.get("Location"))
                    continue
                if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                    return
                raise FeedFault(f"the hub {target.place} refuses ({response.status}); it is asked again")
        raise FeedFault(f"the hub {target.place} redirects more than {MOST_REDIRECTS} times; it is asked again")

    async def close(self) -> None:
        """Close the session; a later fetch opens another."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(self, target: Target, validators: Validators) -> Fetched:
        first, moved = target, True
        for _ in range(MOST_REDIRECTS + 1):
            async with self._get(target, validators) as response:
                if response.status not in REDIRECTS:
                    # An address with a password in it must not be kept, so such a move is never remembered.
                    kept = moved and target.url != first.url and first.credentials is None
                    return await self._read(response, target, validators, moved_to=target.url if kept else None)
                moved = moved and response.status in PERMANENT_REDIRECTS
                target = follow_redirect(target, response.headers.get("Location"))
        raise FeedFault(
            f"{first.place} redirects more than {MOST_REDIRECTS} times; its owner must repair the redirects,"
            " or `url` must name the last address"
        )

    def _get(self, target: Target, validators: Validators) -> aiohttp.client._RequestContextManager:
        headers = conditional_headers(validators) | authorization_headers(target)
        return self._open().get(target.url, headers=headers, allow_redirects=False)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = self._open_session()
        return self._session

    def _open_session(self) -> aiohttp.ClientSession:
        # Polls of one server are minutes apart: an idle connection would only be held for nothing.
        connector = aiohttp.TCPConnector(socket_factory=self._open_socket, resolver=self._resolver, force_close=True)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            # The deadline over all hops is held in fetch().
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            headers={"User-Agent": self.user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"},
        )

    def _open_socket(self, info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        family, kind, protocol, _, address = info
        if not self._may_connect(str(address[0])):
            # One text for every such address: where a name has several, they are reported as one.
            raise AddressRefused("not a public address")
        return socket.socket(family, kind, protocol)

    async def _read(
        self, response: aiohttp.ClientResponse, target: Target, asked: Validators, *, moved_to: str | None
    ) -> Fetched:
        unchanged = response.status == HTTPStatus.NOT_MODIFIED and conditional_headers(asked) != {}
        if not unchanged and not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            retry_after = read_retry_after(response.headers.get("Retry-After"), now=self._clock.now())
            raise refuse_status(response.status, target.place, retry_after=retry_after, user_agent=self.user_agent)
        return Fetched(
            body=None if unchanged else await self._read_body(response, target),
            content_type=response.headers.get("Content-Type"),
            url=target.url,
            moved_to=moved_to,
            validators=read_validators(response.headers, before=asked if unchanged else Validators()),
            fresh_for=read_freshness(response.headers),
            hub=_find_link(response, "hub"),
            topic=_find_link(response, "self"),
        )

    async def _read_body(self, response: aiohttp.ClientResponse, target: Target) -> bytes:
        """Read the decoded body in pieces and stop at the cap: a bomb is never unpacked whole."""
        body = bytearray()
        async for piece in response.content.iter_chunked(_CHUNK):
            body += piece
            if len(body) > self._most_bytes:
                response.close()
                raise FeedFault(
                    f"{target.place} is larger than {self._most_bytes / 1_000_000:g} MB;"
                    " its owner can list fewer posts, or summaries instead of whole texts"
                )
        return bytes(body)


def _find_link(response: aiohttp.ClientResponse, rel: str) -> str | None:
    """Return where the Link header's relation leads (RFC 8288); None without one, or where it is nonsense."""
    try:
        found = response.links.get(rel)
    except ValueError:
        return None
    return None if found is None else absolute_link(str(found.get("url", "")), base_url=str(response.url))


def _allow_any(_address: str) -> bool:
    return True


# More particular classes before those they derive from.
_MEANINGS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (aiohttp.ClientConnectorDNSError, "names a host that was not found; check the address, or the host's DNS entry"),
    (aiohttp.ClientConnectorCertificateError, "has no valid certificate; its owner must renew it"),
    (aiohttp.ClientConnectorSSLError, "offers no safe connection; its owner must repair the server's TLS"),
    (aiohttp.ClientConnectorError, "accepts no connection; it is tried again, and its owner can check the server"),
    (aiohttp.InvalidURL, "is not an address that can be read; check it for odd characters"),
    (aiohttp.ClientPayloadError, "broke off within the feed or packed it wrongly; it is tried again"),
    (aiohttp.ServerDisconnectedError, "closed the connection without an answer; it is tried again"),
)
_NOT_PUBLIC = (
    "leads to an address that is not public, which is refused; give the feed's public address"
    " (for development only, private feeds can be allowed)"
)


def _translate(error: Exception, target: Target) -> FeedFault:
    """Say what a failed connection means. The first address is named: it is the one its reader knows."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused):
        return FeedFault(f"{target.place} {_NOT_PUBLIC}")
    for kind, meaning in _MEANINGS:
        if isinstance(error, kind):
            return FeedFault(f"{target.place} {meaning}")
    return FeedFault(
        f"{target.place} answers with something that is not proper HTTP ({type(error).__name__}); it is tried again,"
        " and its owner can check the server"
    )
