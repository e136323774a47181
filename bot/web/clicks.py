"""Where readers click: `/go/TOKEN`, in front of everything that is made for the brand's own people.

What is fetched by machines that draw previews or look for pages leads on like a click and is not counted. Nothing of
who clicked is kept or logged.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.campaigns.click_link import ROUTE
from bot.errors import StoreFault
from bot.flows.follow_click import follow_click
from bot.web.site import Site

_CLICK = re.compile(rf"{ROUTE}/(.*)$", re.DOTALL)
#: How machines that draw previews, search or fetch name themselves, most of them a bot; Cubot is a telephone.
_MACHINE = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|externalhit|meta-external|whatsapp|slack-imgproxy|embedly"
    r"|curl/|wget/|python|http\.rb|go-http-client|okhttp|headless",
    re.IGNORECASE,
)
#: Each click counts, so none is answered from a cache; no search engine lists these addresses.
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


class Clicks:
    """ASGI middleware around the whole site."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead on who comes here; let everything else through."""
        found = _CLICK.search(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        answer = await self._answer(Request(scope, receive), found[1])
        await answer(scope, receive, send)

    async def _answer(self, request: Request, token: str) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return PlainTextResponse("only GET\n", status_code=405, headers={"allow": "GET, HEAD"})
        site = self._site
        try:
            address = await follow_click(site.brand, token, store=site.store, counts=is_click(request))
        except StoreFault:
            return PlainTextResponse("please try again in a moment\n", status_code=503, headers=_HEADERS)
        if address is None:
            return PlainTextResponse("this link leads nowhere\n", status_code=404, headers=_HEADERS)
        return RedirectResponse(address, status_code=302, headers=_HEADERS)


def is_click(request: Request) -> bool:
    """Whether it is a person who follows a link, as far as what asks says what it is."""
    name = request.headers.get("user-agent", "")
    purpose = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return request.method == "GET" and name != "" and not _MACHINE.search(name) and "prefetch" not in purpose
