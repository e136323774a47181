"""Where platforms call: `/webhooks/PLATFORM/KEY`, in front of everything that is made for browsers.

Here a call is capped, read and handed to its adapter, which alone can tell whether it is the platform's.
"""

from __future__ import annotations

import asyncio
import hmac
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.ports.inbound import ROUTE, HearingHttp, InboundCall
from bot.web.site import Site

#: How long a caller may take to send its body, in seconds.
READ_WITHIN = 10.0

#: The path of a call, with the platform and the key.
HOOK = re.compile(rf"{ROUTE}/(\w+)/([\w-]+)$", re.ASCII)


class Hooks:
    """Takes the calls of one site's platforms."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def answer(self, request: Request, name: str, key: str) -> Response:
        """Answer what calls a platform by its name and key."""
        platform = self._site.platforms.get(name)
        if (
            not isinstance(platform, HearingHttp)
            or platform.hook_key is None
            or not hmac.compare_digest(platform.hook_key, key)
        ):
            return PlainTextResponse("nobody is called here\n", status_code=404)
        take = self._site.receivers.get(name)
        if take is None:
            return PlainTextResponse("starting; call again\n", status_code=503)
        try:
            call = await read_call(request, longest=platform.longest_body)
        except CallRefused as refused:
            return PlainTextResponse(f"{refused}\n", status_code=refused.status)
        said = await platform.handle_http(call, take)
        return PlainTextResponse(said.text, status_code=said.status)


class CallRefused(Exception):
    """A call that is not read to its end."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


async def read_call(request: Request, *, longest: int) -> InboundCall:
    """Read a call whose body has at most `longest` bytes; raises CallRefused."""
    match request.method:
        case "GET" | "POST" as method:
            pass
        case _:
            raise CallRefused(405, "only GET and POST")
    try:
        async with asyncio.timeout(READ_WITHIN):
            body = await _read_body(request, longest=longest)
    except TimeoutError:
        raise CallRefused(408, "the body took too long") from None
    except ClientDisconnect:
        raise CallRefused(400, "the caller is gone") from None
    if body is None:
        raise CallRefused(413, f"more than {longest} bytes")
    return InboundCall(method=method, headers=dict(request.headers), query=dict(request.query_params), body=body)


async def _read_body(request: Request, *, longest: int) -> bytes | None:
    """Return the body; None when it is longer, whatever its header says."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:20]) > longest:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            return None
    return bytes(body)
