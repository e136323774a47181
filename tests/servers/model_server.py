"""A language model's service on loopback, as the Chat Completions API has it, run by whatever the test says it thinks.

Source: https://platform.openai.com/docs/api-reference/chat/create. It checks what that page asks of a request and keeps
every request it got.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeAlias

from aiohttp import web

KEY = "sk-the-key-of-the-tests"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: what the model was told, and what it was given."""

    instructions: str
    data: str


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """The service answers, but with no completion."""

    status: int = 200
    body: bytes = b""
    #: Never finish.
    hang: bool = False


#: What the model makes of a request.
Mind: TypeAlias = Callable[[Asked], str | Trouble]


def says(*sentences: tuple[str, list[int]]) -> str:
    """Return a reply in the form the model is asked for."""
    return json.dumps(
        {"action": "answer", "sentences": [{"text": text, "passages": cited} for text, cited in sentences]}
    )


class ModelServer:
    """Serves `mind` at `base_url` while entered."""

    def __init__(self, mind: Mind) -> None:
        self.asked: list[Asked] = []
        self.base_url = ""
        self._mind = mind
        self._closing = asyncio.Event()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response(
                {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, status=401
            )
        body: dict[str, Any] = await request.json()
        system, user = body["messages"]
        if not body.get("model") or (system["role"], user["role"]) != ("system", "user"):
            return web.json_response({"error": {"message": "bad request", "code": "invalid_request_error"}}, status=400)
        asked = Asked(instructions=system["content"], data=user["content"])
        self.asked.append(asked)
        made = self._mind(asked)
        if isinstance(made, Trouble):
            if made.hang:
                await self._closing.wait()
            return web.Response(status=made.status, body=made.body, content_type="application/json")
        message = {"role": "assistant", "content": made}
        return web.json_response(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1_790_000_000,
                "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
        )
