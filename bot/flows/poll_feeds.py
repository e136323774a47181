"""All feeds whose time has come, read side by side: one that is slow or dead holds up nobody but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.brand import Brand, FeedSource
from bot.clock import Clock
from bot.feeds.websub import CALMER, HubOffer
from bot.flows.poll_feed import Poll, poll_feed
from bot.ports.compute import Compute
from bot.ports.reading import Fetcher
from bot.ports.records import SourceState, Subscription
from bot.ports.store import Transactions

#: How many feeds are read side by side. Most of the time is waiting: for servers, and in turn for the parser.
FEEDS_AT_ONCE = 32
#: How many feeds that have not changed are written down together: such a line may be lost, for it says nothing new.
_TOGETHER = 200


class PollFeeds:
    """Reads a brand's feeds when they are due."""

    def __init__(self, brand: Brand, *, store: Transactions, fetcher: Fetcher, compute: Compute, clock: Clock) -> None:
        self._brand = brand
        self._store = store
        self._fetcher = fetcher
        self._compute = compute
        self._clock = clock

    async def __call__(self, *, tell: Callable[[Poll], None]) -> datetime | None:
        """Read what is due and `tell` of each as soon as it was read; return when the next is due, None for never."""
        now, room = self._clock.now(), asyncio.Semaphore(FEEDS_AT_ONCE)
        async with self._store.read(self._brand.id) as work:
            states = await work.feeds.states()
            hubs = await work.subscriptions.all()
        times = {
            source: _due_at(source, states, now, pushed=source.key in hubs and hubs[source.key].pushed_at is not None)
            for source in self._brand.sources.values()
            if isinstance(source, FeedSource)
        }
        unchanged: list[SourceState] = []
        turn = asyncio.Lock()

        async def poll(source: FeedSource) -> datetime | None:
            async with room:
                hub, began = hubs.get(source.key), self._clock.now()
                read = await poll_feed(
                    _calm(source) if hub and hub.until and hub.until > began else source,
                    brand_id=self._brand.id,
                    store=self._store,
                    fetcher=self._fetcher,
                    compute=self._compute,
                    clock=self._clock,
                    known=states.get(source.key),
                    keep_unchanged=unchanged,
                    turn=turn,
                )
                if len(unchanged) >= _TOGETHER:
                    async with turn:
                        await self._save(unchanged)
                if read.fault is None and (_differs(read, hub) or (hub and hub.pushed_at)):
                    async with turn:
                        await self._keep_hub(read, hub, began)
            tell(read)
            return read.next_at

        try:
            read = await asyncio.gather(*(poll(source) for source, at in times.items() if at is not None and at <= now))
        finally:
            await self._save(unchanged)
        later = [at for at in times.values() if at is not None and at > now]
        return min([*later, *(at for at in read if at is not None)], default=None)

    async def _keep_hub(self, read: Poll, hub: Subscription | None, began: datetime) -> None:
        """Remember the hub a feed names now, and that what it pushed before the reading was read."""
        async with self._store.work(self._brand.id) as work:
            if not _differs(read, hub):
                await work.subscriptions.served(read.source, began)
            elif read.offer is None:
                await work.subscriptions.drop(read.source)
            else:
                await work.subscriptions.offer(read.source, hub=read.offer.hub, topic=read.offer.topic, now=began)
            await work.commit()

    async def _save(self, states: list[SourceState]) -> None:
        taken = states[:]
        states.clear()
        if taken:
            async with self._store.work(self._brand.id) as work:
                await work.feeds.save_states(taken)
                await work.commit()


def _calm(source: FeedSource) -> FeedSource:
    """A feed whose hub pushes is still read, in case a push is lost, but less often."""
    return replace(source, check_every=source.check_every * CALMER)


def _differs(read: Poll, hub: Subscription | None) -> bool:
    """Whether a feed names another hub, or itself otherwise, than is known; what has not changed does not."""
    known = None if hub is None else HubOffer(hub=hub.hub, topic=hub.topic)
    return not read.unchanged and read.offer != known


def _due_at(source: FeedSource, states: Mapping[str, SourceState], now: datetime, *, pushed: bool) -> datetime | None:
    """Return when a feed is to be read; None when its server asked never to come again.

    A push does not shorten the wait for a server that fails.
    """
    state = states.get(source.key)
    if state is None or state.asked_url != source.url or (pushed and not state.failures):
        return now
    return None if state.gone else state.next_check_at or now
