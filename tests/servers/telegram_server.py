"""A Bot API server on loopback over real HTTP: addresses, tokens, long polling, rate limits and scripted faults.

Written from https://core.telegram.org/bots/api ("Making requests", getUpdates, ResponseParameters) and from the limits
in https://core.telegram.org/bots/faq. It is held honest by the SDK, which parses every answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from tests.servers.telegram_checks import Refusal, parsed, read_parameters
from tests.servers.telegram_methods import Methods, Sent
from tests.servers.telegram_webhook import Deliveries
from tests.servers.telegram_world import Json, World

#: The token the server takes unless told otherwise; it opens nothing anywhere.
TOKEN = "7000000001:AAtest-token_of_no_worth"

FaultKind = Literal[
    "drop_before",  # the connection is reset before anything is done
    "drop_after",  # done, and the connection reset instead of an answer
    "error_before",  # 500 and nothing done
    "error_after",  # done, and 500
    "garbage_after",  # done, and an answer nobody can read
    "flood",  # 429 with retry_after `seconds`
    "unauthorized",  # 401
    "forbidden",  # 403: the bot was kicked
    "bad_request",  # 400 in the words of `text`
    "delay_after",  # done, and answered `seconds` later
]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong once."""

    kind: FaultKind
    seconds: float = 1
    text: str = "Bad Request: message text is empty"


@dataclass(frozen=True, kw_only=True)
class _Window:
    """At most `count` sends in `seconds`."""

    count: int
    seconds: float


_ACCOUNT = _Window(count=30, seconds=1)
_CHAT = (_Window(count=4, seconds=1),)  # one a second, "short bursts" pass
_GROUP = (*_CHAT, _Window(count=20, seconds=60))


class TelegramServer:
    """An async context manager; `base` is what `api_base` is set to."""

    def __init__(
        self,
        world: World | None = None,
        *,
        token: str = TOKEN,
        rate_limits: bool = False,
        local: bool = False,
    ) -> None:
        """`local` lets a webhook be any address, as one's own server does."""
        self.world = world or World()
        self.methods = Methods(self.world)
        self.methods.is_local = local
        self.deliveries = Deliveries(self.methods)
        self.token = token
        self.rate_limits = rate_limits
        #: Every call as (method, parameters), in order.
        self.calls: list[tuple[str, dict[str, Any]]] = []
        #: Every refusal that somebody was there to hear, as (method, error code), in order.
        self.refused: list[tuple[str, int]] = []
        #: Highest offset that getUpdates has named: updates below it are confirmed and gone.
        self.confirmed = 0
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._sends: dict[int | None, deque[float]] = defaultdict(deque)
        self._poll = 0
        self._news = asyncio.Event()
        self._called = asyncio.Event()
        self._closing = False
        self._port = 0
        self._runner: web.AppRunner | None = None
        self.world.on_update = self._tell

    @property
    def base(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def sent(self) -> list[Sent]:
        """What the bot has sent and the server has taken, in order."""
        return self.methods.sent

    def fail_next(self, method: str, fault: Fault) -> None:
        """Let the next call of `method` go wrong; several are taken in order."""
        self._faults[method.lower()].append(fault)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the port it had before if there was one."""
        if self._runner is not None:
            return
        self._closing = False
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.deliveries.start()

    async def stop(self) -> None:
        """Stop listening and cut every connection: the next one is refused."""
        runner, self._runner = self._runner, None
        self._closing = True
        self._news.set()
        await self.deliveries.stop()
        if runner is not None:
            await runner.cleanup()

    def _tell(self) -> None:
        self._news.set()
        self.deliveries.news.set()

    def age_sends(self, seconds: float) -> None:
        """Let `seconds` pass for the rate limits."""
        for sends in self._sends.values():
            aged = [at - seconds for at in sends]
            sends.clear()
            sends.extend(aged)

    async def until_called(self, method: str) -> None:
        """Return once `method` has been called."""
        while method not in [name for name, _ in self.calls]:
            self._called.clear()
            await self._called.wait()

    @contextlib.asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Be unreachable for a while."""
        await self.stop()
        yield
        await self.start()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, given = request.match_info["method"], await _read(request)
        try:
            self._check_token(request.match_info["token"])
            self.calls.append((method, given))
            self._called.set()
            faults = self._faults[method.lower()]
            fault = faults.popleft() if faults else None
            result = await self._perform(method, given, fault)
        except Refusal as refusal:
            if request.transport is not None and not request.transport.is_closing():
                self.refused.append((method, refusal.code))
            return _refused(refusal)
        except _Reset:
            return await _reset(request)
        if fault is not None and fault.kind == "garbage_after":
            return web.Response(text="<html>Bad gateway</html>")
        return web.json_response({"ok": True, "result": result})

    def _check_token(self, token: str) -> None:
        if ":" not in token:
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    async def _perform(self, method: str, given: dict[str, Any], fault: Fault | None) -> Any:
        if fault is not None:
            _go_wrong_before(fault)
        if method.lower() == "getupdates":
            result: Any = await self._get_updates(**read_parameters(given, _GET_UPDATES))
        else:
            if self.rate_limits and method.lower() == "sendmessage":
                self._check_rates(int(given["chat_id"]))
            result = self.methods.call(method, given)
        if fault is not None:
            await _go_wrong_after(fault)
        return result

    async def _get_updates(
        self,
        *,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109 - the API's own name
        allowed_updates: list[str] | None = None,
    ) -> list[Json]:
        """Answer getUpdates: an offset confirms all before it; a newer poll ends an older one with 409."""
        if self.methods.webhook_url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._poll += 1
        poll = self._poll
        self._news.set()  # an older poll looks up, and finds that it is not the newest
        if allowed_updates is not None:
            self.world.allowed = frozenset(allowed_updates) or None
        pending = self.world.pending
        if offset < 0:
            offset = pending[offset]["update_id"] if len(pending) >= -offset else 0
        self.confirmed = max(self.confirmed, offset)
        pending[:] = [update for update in pending if update["update_id"] >= offset]
        ends = time.monotonic() + timeout
        while not pending and not self._closing and (left := ends - time.monotonic()) > 0:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)
            if self.methods.webhook_url:
                raise Refusal(409, "Conflict: terminated by setWebhook request")
            if poll != self._poll:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        return pending[: max(1, min(limit, 100))]

    def _check_rates(self, chat_id: int) -> None:
        at = time.monotonic()
        windows = [(None, _ACCOUNT), *((chat_id, window) for window in (_GROUP if chat_id < 0 else _CHAT))]
        for key, window in windows:
            recent = [then for then in self._sends[key] if then > at - window.seconds]
            if len(recent) >= window.count:
                wait = int(recent[-window.count] + window.seconds - at) + 1
                raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for key in (None, chat_id):
            self._sends[key].append(at)


class _Reset(Exception):
    """The connection is to be cut."""


def _go_wrong_before(fault: Fault) -> None:
    match fault.kind:
        case "drop_before":
            raise _Reset
        case "error_before":
            raise Refusal(500, "Internal Server Error")
        case "flood":
            wait = int(fault.seconds)
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        case "unauthorized":
            raise Refusal(401, "Unauthorized")
        case "forbidden":
            raise Refusal(403, "Forbidden: bot was kicked from the supergroup chat")
        case "bad_request":
            raise Refusal(400, fault.text)


async def _go_wrong_after(fault: Fault) -> None:
    match fault.kind:
        case "drop_after":
            raise _Reset
        case "error_after":
            raise Refusal(500, "Internal Server Error")
        case "delay_after":
            await asyncio.sleep(fault.seconds)


async def _read(request: web.Request) -> dict[str, Any]:
    """Read parameters from the query, a form or JSON ("Making requests")."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= json.loads(await request.text() or "{}")
    else:
        given |= dict(await request.post())
    return given


def _refused(refusal: Refusal) -> web.Response:
    answer: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        answer["parameters"] = refusal.parameters
    return web.json_response(answer, status=refusal.code)


async def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


_GET_UPDATES = {"offset": int, "limit": int, "timeout": int, "allowed_updates": parsed}
