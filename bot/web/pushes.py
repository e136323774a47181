"""Where the hubs of feeds call: `/websub/SOURCE/KEY`, in front of everything that is made for browsers.

A push with a wrong signature is answered like a good one and changes nothing, as the Recommendation has it: who guesses
learns nothing.
"""

from __future__ import annotations

import hmac
import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.errors import StoreFault
from bot.feeds.websub import ROUTE, callback_key
from bot.flows.subscribe_feeds import answer_hub, take_push
from bot.ports.inbound import InboundCall
from bot.web.hooks import CallRefused, read_call
from bot.web.site import Site

#: What a feed may hold; a push carries a part of it, or all.
LONGEST_PUSH = 5_000_000

#: The path of a hub's call, with the source and the key.
PUSH = re.compile(rf"{ROUTE}/([\w-]+)/([0-9a-f]+)$", re.ASCII)


class Pushes:
    """Takes the calls of the hubs of one site's feeds."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def answer(self, request: Request, source: str, key: str) -> Response:
        """Answer what calls about a source by its name and key."""
        brand = self._site.brand
        if brand.link_key is None or not hmac.compare_digest(callback_key(source, brand.link_key), key):
            return PlainTextResponse("nobody is called here\n", status_code=404)
        try:
            return await self._heed(await read_call(request, longest=LONGEST_PUSH), source)
        except CallRefused as refused:
            return PlainTextResponse(f"{refused}\n", status_code=refused.status)
        except StoreFault:
            return PlainTextResponse("call again\n", status_code=503)

    async def _heed(self, call: InboundCall, source: str) -> Response:
        site, now = self._site, self._site.clock.now()
        if call.method == "GET":
            said = await answer_hub(site.brand, source, call.query, store=site.store, now=now)
            if said is None:
                return PlainTextResponse("this was not asked for\n", status_code=404)
            return PlainTextResponse(said, headers={"x-content-type-options": "nosniff"})
        signature = call.headers.get("x-hub-signature", "")
        if await take_push(site.brand, source, call.body, signature, store=site.store, now=now):
            site.wake("poll")
        return PlainTextResponse("", status_code=202)
