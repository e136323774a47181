"""Where the service is made to die: named moments around every commit and every send.

A doomed process ends itself by SIGKILL, so that nothing of it runs after that moment: no handler, no `finally`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from bot.messages import Event, OutgoingPost, PostedRef
from bot.ports.platform import (
    Deleting,
    Editing,
    Heard,
    LookingBack,
    Platform,
    PlatformLimits,
    PlatformTraits,
    Receive,
    Resuming,
)
from bot.ports.records import Outcome

#: What a commit is called, by the method that gives it its meaning when it has found something to do.
COMMITS = {
    "events.add": "receive",
    "questions.claim_due": "take question",
    "questions.settle": "answer",
    "feeds.save_posts": "read feed",
    "shares.decide_slot": "enter slot",
    "shares.add": "plan",
    "shares.move": "release",
    "shares.corrected": "correct",
    "outbox.claim": "claim",
    "outbox.sent_all": "record",
    "outbox.retry": "put off",
    "outbox.give_up": "give up",
    "outbox.orphan_all": "take over",
    "outbox.abandoned": "recover",
}
#: What settling a question is called when members may answer it first.
WAIT = "wait for members"
#: What happens around no commit of the service's: the platform is asked, or knows that events were taken.
CALLS = ("send", "edit", "move on")
#: Every moment a process can be doomed to die at.
POINTS = tuple(f"{when} {what}" for what in (*COMMITS.values(), WAIT, *CALLS) for when in ("before", "after"))
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
                waits = any(isinstance(each, Outcome) and each.due_at is not None for each in args)
                self._did[WAIT if waits else what] = None
            return result

        return call


def doom_platform(platform: Platform, doom: Doom) -> Platform:
    """Let a platform's calls be the moments; it can do what it could before."""
    return DoomedReadable(platform, doom) if isinstance(platform, LookingBack) else DoomedPlatform(platform, doom)


class DoomedPlatform:
    """A platform whose calls are the moments."""

    def __init__(self, platform: Platform, doom: Doom) -> None:
        if not isinstance(platform, Editing) or not isinstance(platform, Deleting):
            raise TypeError(f"{platform.name} can't edit or delete; let this class be one that can't either")
        self._platform = platform
        self._changing: Editing = platform
        self._removing: Deleting = platform
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
        """Listen; what is heard after the first batch shows that the platform has moved on from it."""
        taken = 0

        async def hear(events: tuple[Event, ...]) -> None:
            nonlocal taken
            if taken:
                self._doom.reach("after move on")
            await receive(events)
            taken += 1
            self._doom.reach("before move on")

        await self._platform.run(hear)

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send, if it lives so long."""
        self._doom.reach("before send")
        posted = await self._platform.post(post)
        self._doom.reach("after send")
        return posted

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Change, if it lives so long."""
        self._doom.reach("before edit")
        await self._changing.edit(posted, post)
        self._doom.reach("after edit")

    async def delete(self, posted: PostedRef) -> None:
        """Take back."""
        await self._removing.delete(posted)


class DoomedReadable(DoomedPlatform):
    """A doomed platform whose history can be read: afterwards, and for what was missed."""

    def __init__(self, platform: Platform, doom: Doom) -> None:
        super().__init__(platform, doom)
        if not isinstance(platform, LookingBack) or not isinstance(platform, Resuming):
            raise TypeError(f"{platform.name} has no history that both can read")
        self._looking: LookingBack = platform
        self._resuming: Resuming = platform

    async def find_posted(self, post: OutgoingPost, *, begun_at: datetime) -> PostedRef | None:
        """Look back."""
        return await self._looking.find_posted(post, begun_at=begun_at)

    def resume(self, heard: Mapping[str, Heard], *, not_before: datetime) -> None:
        """Remember how far it has heard."""
        self._resuming.resume(heard, not_before=not_before)
