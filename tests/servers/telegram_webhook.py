"""How Telegram calls a webhook: one update a call, several calls at a time, one at a time of each chat, until a 2xx.

Bot API, setWebhook: "In case of an unsuccessful request, we will give up after a reasonable amount of attempts." Here
nothing is given up, so that a test sees what is lost on the other side only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import aiohttp

from tests.servers.telegram_methods import Methods
from tests.servers.telegram_world import Json

#: How soon an update is brought again, in seconds; Telegram waits longer.
AGAIN_AFTER = 0.05
#: Telegram's own default.
MOST_AT_ONCE = 40


class Deliveries:
    """Brings what waits to the webhook, while there is one."""

    def __init__(self, methods: Methods) -> None:
        self.news = asyncio.Event()
        #: Every answer, by update id, in the order in which they came; 0 where there was none.
        self.answers: list[tuple[int, int]] = []
        #: Whether every update is brought once more after it was taken, as when an answer is lost.
        self.repeats = False
        self._answered = asyncio.Event()
        self._methods = methods
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, in the middle of a call if need be."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def until(self, holds: Callable[[list[tuple[int, int]]], bool]) -> None:
        """Return once the answers so far are as wished."""
        while not holds(self.answers):
            self._answered.clear()
            await self._answered.wait()

    async def _run(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                self.news.clear()
                batch = self._next() if self._methods.webhook_url else []
                if not batch:
                    await self.news.wait()
                    continue
                taken = await asyncio.gather(*(self._bring(session, update) for update in batch))
                if not all(taken):
                    await asyncio.sleep(AGAIN_AFTER)

    def _next(self) -> list[Json]:
        """Return the first waiting update of each chat."""
        firsts: dict[object, Json] = {}
        for update in self._methods.world.pending:
            content = next(value for key, value in update.items() if key != "update_id")
            firsts.setdefault(str(content.get("chat", {}).get("id")), update)
        return list(firsts.values())[:MOST_AT_ONCE]

    async def _bring(self, session: aiohttp.ClientSession, update: Json) -> bool:
        status = await self._call(session, update)
        if status // 100 == 2 and self.repeats:
            await self._call(session, update)
        if status // 100 == 2:
            with contextlib.suppress(ValueError):
                self._methods.world.pending.remove(update)
        return status // 100 == 2

    async def _call(self, session: aiohttp.ClientSession, update: Json) -> int:
        secret = self._methods.webhook_secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        try:
            async with session.post(self._methods.webhook_url, json=update, headers=headers) as answer:
                status = answer.status
                if status // 100 != 2:
                    self._methods.webhook_error = f"Wrong response from the webhook: {status} {answer.reason}"
        except aiohttp.ClientError:
            status = 0
            self._methods.webhook_error = "Connection refused"
        self.answers.append((update["update_id"], status))
        self._answered.set()
        return status
