"""The one way in: a batch of events becomes rows in one commit, and nothing is sent here.

What happened goes into the event log, fixed replies into the outbox, questions into their table. The adapter moves its
place in the stream only after this has returned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeAlias

import structlog

from bot.brand import Brand, Community, find_community
from bot.clock import Clock
from bot.errors import RowRefused, StoreFault
from bot.flows.heard_batch import HeardBatch
from bot.flows.heed_editors import heed_editors
from bot.flows.meet_place import meet_place, speaks_to_bot
from bot.flows.move_channel import find_moved, record_move
from bot.flows.notice import Notice, ignore
from bot.flows.vitals import Vitals
from bot.messages import (
    ButtonPressed,
    ChannelMoved,
    ChannelRef,
    CommandGiven,
    Event,
    IncomingMessage,
)
from bot.ports.platform import PlatformLimits
from bot.ports.records import KnownBrand, Moved
from bot.ports.store import Transactions, UnitOfWork

#: Tells the one who pressed a button what came of it, by the press's ticket; "" ends the waiting in silence.
Tell: TypeAlias = Callable[[str, str], Awaitable[None]]

log = structlog.get_logger()


class ReceiveEvents:
    """Meets `bot.ports.platform.Receive` for one platform of one brand."""

    def __init__(
        self,
        brand: Brand,
        platform: str,
        *,
        limits: PlatformLimits,
        store: Transactions,
        clock: Clock,
        key: bytes = b"",
        notice: Notice = ignore,
        wake: Callable[[str], None] = lambda _worker: None,
        vitals: Vitals | None = None,
        tell: Tell | None = None,
    ) -> None:
        """`key` is the brand's, under which people are forgotten; `notice` is told why the bot speaks or not.

        `wake` is told which worker a commit has left something to do for: "answer", "send" or "plan". `tell` answers
        the one who pressed a button, where the platform can do that.
        """
        self._vitals = vitals or Vitals()
        self._tell = tell
        self._brand = brand
        self._known = KnownBrand(id=brand.id, key=key)
        self._platform = platform
        self._limits = limits
        self._store = store
        self._clock = clock
        self._notice = notice
        self._wake = wake
        # one look, however many communities there are
        self._by_space: dict[str, list[Community]] = {}
        for community in brand.communities.values():
            if community.place.posts.platform == platform:
                self._by_space.setdefault(community.place.posts.space, []).append(community)
        self._editors = frozenset(
            (community.editors.space, community.editors.channel)
            for community in brand.communities.values()
            if community.editors is not None and community.platform == platform
        )

    async def __call__(self, events: tuple[Event, ...]) -> None:
        """Commit a batch. An event that can't be taken is left out, openly; while the database is away all wait.

        What can't be taken once can't be taken later: without this, one bad event would hold up its platform for ever.
        """
        try:
            told = await self._commit(events)
        except Exception as fault:
            if isinstance(fault, StoreFault) and not isinstance(fault, RowRefused):
                raise
            if len(events) == 1:
                kind = type(events[0]).__name__
                log.exception("event left out", platform=self._platform, kind=kind)
                return
            middle = len(events) // 2
            await self(events[:middle])
            await self(events[middle:])
        else:
            await self._answer_presses(events, told)

    async def _answer_presses(self, events: Sequence[Event], told: Mapping[str, str]) -> None:
        """Let nobody wait who pressed a button, also when it was heard before or is none of ours."""
        tickets = dict.fromkeys(event.ticket for event in events if isinstance(event, ButtonPressed) and event.ticket)
        if self._tell is not None:
            await asyncio.gather(*(self._tell(ticket, told.get(ticket, "")) for ticket in tickets))

    async def _commit(self, events: Sequence[Event]) -> Mapping[str, str]:
        """Write down a batch; return what those who pressed a button are to be told, by ticket."""
        async with self._store.work(self._brand.id) as work:
            once = {event.event_id: event for event in events}
            named = {name: self._named_at(event.channel) for name, event in once.items()}
            moves = await self._record_moves(once, named, work)
            heard = [
                (event, community)
                for name, event in once.items()
                if not isinstance(event, ChannelMoved)
                and ((community := self._community_of(event, named[name], moves)) or event.channel.direct)
            ]
            by_editors = [event for event in once.values() if self._is_for_editors(event.channel)]
            told = await self._heed_editors(by_editors, work)
            met = await self._meet_places(once.values(), {event.event_id for event, _ in heard}, work)
            if not heard:
                if by_editors or met or any(isinstance(event, ChannelMoved) for event in events):
                    await work.commit()
                    self._wake_after(("plan", "send") if by_editors else ("send",))
                return told
            batch = HeardBatch(
                self._brand,
                self._platform,
                known=self._known,
                limits=self._limits,
                work=work,
                now=self._clock.now(),
                notice=self._notice,
            )
            await batch.take(heard)
            await work.commit()
        self._vitals.ratings.update(batch.rated)
        self._wake_after((*batch.left_to_do, *(("plan", "send") if by_editors else ("send",) * met)))
        return {**told, **batch.told}

    def _wake_after(self, workers: Sequence[str]) -> None:
        for worker in dict.fromkeys(workers):
            self._wake(worker)

    def _is_for_editors(self, channel: ChannelRef) -> bool:
        return bool(self._editors) and (channel.space, channel.channel) in self._editors

    async def _heed_editors(self, events: Collection[Event], work: UnitOfWork) -> dict[str, str]:
        """Do what editors ask for in their channel, of which nothing is logged; return what they are told, by ticket.

        A decision counts once however often it is told, so that a repeated event does no harm.
        """
        told: dict[str, str] = {}
        for event in events:
            said = await heed_editors(
                event,
                brand=self._brand,
                limits={self._platform: self._limits},
                work=work,
                now=self._clock.now(),
            )
            if isinstance(event, ButtonPressed) and event.ticket is not None:
                told[event.ticket] = said
        return told

    async def _meet_places(self, events: Collection[Event], heard: Collection[str], work: UnitOfWork) -> bool:
        """Say where the bot was spoken to unasked, in a place of no community, that it is not set up there."""
        said = False
        for event in events:
            if event.event_id in heard or event.channel.space in self._by_space or self._is_for_editors(event.channel):
                continue
            if isinstance(event, IncomingMessage | CommandGiven) and speaks_to_bot(event):
                now = self._clock.now()
                if await meet_place(event, brand=self._brand, limits=self._limits, work=work, now=now):
                    log.info("not set up here", platform=self._platform, space=event.channel.space)
                    said = True
        return said

    def _named_at(self, channel: ChannelRef) -> Community | None:
        """Return the community the configuration names by this address."""
        return find_community(channel, self._by_space.get(channel.space, ()))

    async def _record_moves(
        self, events: Mapping[str, Event], named: Mapping[str, Community | None], work: UnitOfWork
    ) -> tuple[Moved, ...]:
        """Record what moved to where; return all moves known where an event comes from an address of no community."""
        for name, event in events.items():
            if isinstance(event, ChannelMoved) and named[name] is not None:
                moved = Moved(old=event.channel, new=event.to, at=event.at)
                await record_move(moved, brand=self._brand, work=work)
        if all(named[name] or event.channel.direct for name, event in events.items()):
            return ()
        return await work.moves.all()

    def _community_of(self, event: Event, named: Community | None, moves: Sequence[Moved]) -> Community | None:
        if self._is_for_editors(event.channel):
            return None
        return named or find_moved(event.channel, brand=self._brand, moves=moves)
