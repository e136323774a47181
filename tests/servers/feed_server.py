"""A web server on loopback that answers as feeds do, the bad ones included, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Kopi Kita</title><link>https://kopi.example/</link><language>id</language>
<item><guid>1</guid><title>Panen raya</title><link>https://kopi.example/panen</link>
<description>Musim panen tiba.</description></item></channel></rss>"""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server says at one path."""

    #: The status code.
    status: int = 200
    #: The body as sent: already packed if the headers say so.
    body: bytes = b""
    #: Headers beside those HTTP needs.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The ETag; a request that names it gets 304 with no body.
    etag: str | None = None
    #: Never finish: send the body, then hold the connection open.
    hang: bool = False
    #: Break off after the body while promising this many bytes more.
    missing_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]


def feed(body: bytes = RSS, **headers: str) -> Answer:
    """Answer with a feed; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(body=body, headers={"Content-Type": "application/rss+xml; charset=utf-8", **named})


def redirect(to: str, status: int = 302) -> Answer:
    """Send the reader on."""
    return Answer(status=status, headers={"Location": to})


def gzip_bomb(megabytes: int) -> Answer:
    """Answer with zeros which take a thousandth of their size on the wire."""
    return feed(gzip.compress(b"\0" * (megabytes * 1_000_000)), Content_Encoding="gzip")


class FeedServer:
    """Serves `answers` by path; 404 elsewhere. Use it with `async with`."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.asked: list[Asked] = []
        self._closing = asyncio.Event()
        self._port = 0

    def url(self, path: str, *, host: str = "127.0.0.1", credentials: str = "") -> str:
        """Return the address of `path`; `credentials` are "user:password"."""
        return f"http://{credentials + '@' if credentials else ''}{host}:{self._port}{path}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(path=request.path_qs, headers=dict(request.headers)))
        answer = self.answers.get(request.path, Answer(status=404))
        headers = dict(answer.headers)
        if answer.etag:
            headers["ETag"] = answer.etag
            if request.headers.get("If-None-Match") == answer.etag:
                return web.Response(status=304, headers=headers)
        response = web.StreamResponse(status=answer.status, headers=headers)
        if not answer.hang:
            response.content_length = len(answer.body) + answer.missing_bytes
        await response.prepare(request)
        await response.write(answer.body)
        if answer.hang:
            await self._closing.wait()
        if answer.missing_bytes and request.transport is not None:
            request.transport.close()
        return response
