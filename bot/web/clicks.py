"""Where readers click: `/go/TOKEN`, in front of everything that is made for the brand's own people.

What is fetched by machines that draw previews or look for pages leads on like a click and is not counted. Nothing of
who clicked is kept or logged.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.campaigns.click_link import ROUTE
from bot.errors import StoreFault
from bot.flows.follow_click import follow_click
from bot.web.site import Site

#: The path of a click, with the token.
CLICK = re.compile(rf"{ROUTE}/(.*)$", re.DOTALL)
#: How machines that draw previews, search or fetch name themselves, most of them a bot; Cubot is a telephone.
_MACHINE = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|externalhit|meta-external|whatsapp|slack-imgproxy|embedly"
    r"|curl/|wget/|python|http\.rb|go-http-client|okhttp|headless",
    re.IGNORECASE,
)
#: Each click counts, so none is answered from a cache; no search engine lists these addresses.
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


class Clicks:
    """Leads readers of one site's shared posts to them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def answer(self, request: Request, token: str) -> Response:
        """Lead on who comes with a token."""
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
