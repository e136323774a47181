"""What stands in front of everything that is made for browsers: paths that programs call and readers of links follow.

No cookie, no password and no name of a host has a say there. A proxy may put any prefix before the path.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

#: Answers a request, given what the groups of the path's pattern found.
Answer: TypeAlias = Callable[..., Awaitable[Response]]


class InFront:
    """ASGI middleware around the whole site."""

    def __init__(self, app: ASGIApp, *, path: re.Pattern[str], answer: Answer) -> None:
        """`answer` answers what asks for a `path`, searched in the whole of it."""
        self._app = app
        self._path = path
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked for here; let everything else through."""
        found = self._path.search(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        answer = await self._answer(Request(scope, receive), *found.groups())
        await answer(scope, receive, send)
