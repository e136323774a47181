"""Where the service is made to die: named moments around every commit and every send.

A doomed process ends itself by SIGKILL, so that nothing of it runs after that moment: no handler, no `finally`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from bot.messages import OutgoingPost, PostedRef
from bot.ports.platform import Platform, PlatformLimits, PlatformTraits, Receive

#: What a commit is called, by the method that gives it its meaning when it has found something to do.
COMMITS = {
    "events.add": "receive",
    "questions.claim_due": "take question",
    "questions.settle": "answer",
    "feeds.save_post": "read feed",
    "shares.add": "plan",
    "shares.move": "release",
    "outbox.claim": "claim",
    "outbox.sent_all": "record",
    "outbox.abandoned": "recover",
}
#: Every moment a process can be doomed to die at.
POINTS = (
    *(f"{when} {what}" for what in COMMITS.values() for when in ("before", "after")),
    "before send",
    "after send",
)
#: What a method of `COMMITS` returns when it has done nothing; one that returns nothing at all has always done it.
_NOTHING: tuple[object, ...] = ((), frozenset(), False)


@dataclass(kw_only=True)
class Doom:
    """One moment to die at."""

    #: One of `POINTS`.
    point: str
    #: The how manieth time that it is reached.
    turn: int = 1

    def reach(self, point: str) -> None:
        """Die, if this is the moment."""
        if point == self.point:
            self.turn -= 1
            if self.turn == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class DoomedStore:
    """A store whose commits are the moments."""

    def __init__(self, store: Any, doom: Doom) -> None:  # whatever it has is passed on
        self._store = store
        self._doom = doom

    def work(self, brand_id: str) -> _DoomedWork:
        """Begin a transaction that writes."""
        return _DoomedWork(self._store.work(brand_id), self._doom)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's own."""
        return getattr(self._store, name)


class _DoomedWork:
    def __init__(self, work: Any, doom: Doom) -> None:
        self._work = work
        self._doom = doom
        self._did: dict[str, None] = {}

    async def __aenter__(self) -> Self:
        await self._work.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._work.__aexit__(kind, error, trace)

    async def commit(self) -> None:
        for what in self._did:
            self._doom.reach(f"before {what}")
        await self._work.commit()
        for what in self._did:
            self._doom.reach(f"after {what}")

    def __getattr__(self, name: str) -> Any:
        return _Watched(getattr(self._work, name), name, self._did)


class _Watched:
    """One group of verbs; those that give a commit its name are noted."""

    def __init__(self, verbs: Any, group: str, did: dict[str, None]) -> None:
        self._verbs = verbs
        self._group = group
        self._did = did

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Any] = getattr(self._verbs, name)
        what = COMMITS.get(f"{self._group}.{name}")
        if what is None:
            return method

        async def call(*args: object, **options: object) -> Any:
            result = await method(*args, **options)
            if result not in _NOTHING and not (result is None and name == "claim_due"):
                self._did[what] = None
            return result

        return call


class DoomedPlatform:
    """A platform whose sends are the moments."""

    def __init__(self, platform: Platform, doom: Doom) -> None:
        self._platform = platform
        self._doom = doom

    @property
    def name(self) -> str:
        """Its name."""
        return self._platform.name

    @property
    def limits(self) -> PlatformLimits:
        """What fits."""
        return self._platform.limits

    @property
    def traits(self) -> PlatformTraits:
        """What it can do."""
        return self._platform.traits

    async def run(self, receive: Receive) -> None:
        """Listen."""
        await self._platform.run(receive)

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send, if it lives so long."""
        self._doom.reach("before send")
        posted = await self._platform.post(post)
        self._doom.reach("after send")
        return posted
