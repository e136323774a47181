"""A WebSub hub on loopback: it takes subscriptions, calls back to verify them, and pushes signed news."""

from __future__ import annotations

import hashlib
import hmac
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
from aiohttp import web


class HubServer:
    """Calls back through the client it is given. Use it with `async with`."""

    def __init__(self, *, lease: int = 86_400, verifies: bool = True) -> None:
        self.forms: list[dict[str, str]] = []
        #: Whether the subscriber echoed the challenge, for each form.
        self.confirmed: list[bool] = []
        self.subscriber: httpx.AsyncClient | None = None
        self._lease = lease
        self._verifies = verifies
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hub", self._subscribe)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hub"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _subscribe(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self._verifies and self.subscriber is not None:
            challenge = f"challenge-{len(self.forms)}"
            query = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": challenge}
            answer = await self.subscriber.get(
                form["hub.callback"], params={**query, "hub.lease_seconds": str(self._lease)}
            )
            self.confirmed.append(answer.status_code == 200 and answer.text == challenge)
        return web.Response(status=202)

    async def push(self, body: bytes, *, secret: str | None = None) -> int:
        """Push to the newest subscriber, signed with its secret or another; return its status."""
        assert self.subscriber is not None
        form = self.forms[-1]
        key = (form["hub.secret"] if secret is None else secret).encode()
        signature = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        answer = await self.subscriber.post(
            urlsplit(form["hub.callback"]).path, content=body, headers={"X-Hub-Signature": signature}
        )
        return answer.status_code
