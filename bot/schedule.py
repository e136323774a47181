"""When to wake the flows. APScheduler lives here and decides nothing: a timer is a hint, the ledger says what is due.

Jobs are made from the configuration and kept in memory: a stored one would fire in every process. Slots are our own
(`bot.campaigns.slots`), because APScheduler's cron numbers weekdays from Monday, fires twice in the autumn hour and at
a time that does not exist in spring.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.brand import Brand, Campaign, FeedSource, When
from bot.campaigns.slots import next_slot
from bot.clock import Clock

#: What is woken: the reading of feeds, or the planning of campaigns and all that follows from it.
Worker: TypeAlias = Literal["poll", "plan"]
#: How often everything is looked at, timers or not: what a timer missed is found here.
SWEEP = timedelta(minutes=1)
#: The same by a clock that is moved: no timer is ever missed then.
REPLAYED_SWEEP = timedelta(hours=1)


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires at the slots of one schedule in one zone."""

    def __init__(self, when: When, zone: ZoneInfo) -> None:
        self._when = when
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Return the first slot after the last one fired, or after `now` at the start; None when there is none."""
        slot = next_slot(self._when, zone=self._zone, after=max(previous_fire_time or now, now - SWEEP))
        return None if slot is None else slot.at


@dataclass(frozen=True, kw_only=True, slots=True)
class Wake:
    """One timer."""

    #: What it is for, as logs name it.
    name: str
    #: Whom it wakes.
    worker: Worker
    trigger: BaseTrigger


def wakes_of(brand: Brand, now: datetime, *, sweep_every: timedelta = SWEEP) -> tuple[Wake, ...]:
    """Return the timers a configuration asks for."""
    sweep = Wake(
        name="sweep",
        worker="plan",
        trigger=IntervalTrigger(seconds=int(sweep_every.total_seconds()), start_date=now, timezone=UTC),
    )
    feeds = [
        Wake(
            name=f"source {source.key}",
            worker="poll",
            trigger=IntervalTrigger(
                seconds=max(1, int(source.check_every.total_seconds())), start_date=now, timezone=UTC
            ),
        )
        for source in brand.sources.values()
        if isinstance(source, FeedSource)
    ]
    campaigns = [
        Wake(name=f"campaign {campaign.key}", worker="plan", trigger=SlotTrigger(campaign.when, zone))
        for campaign in brand.campaigns.values()
        if campaign.enabled
        for zone in sorted(_zones(brand, campaign), key=str)
    ]
    return (sweep, *feeds, *campaigns)


def live_timers(brand: Brand, clock: Clock) -> Callable[[Callable[[str], None]], Coroutine[Any, Any, None]]:
    """Return the timers of the service, in real time."""
    return partial(run_timers, wakes_of(brand, clock.now()))


def replayed_timers(brand: Brand, clock: Clock) -> Callable[[Callable[[str], None]], Coroutine[Any, Any, None]]:
    """Return the same timers by a clock that its owner moves."""
    return partial(replay_timers, wakes_of(brand, clock.now(), sweep_every=REPLAYED_SWEEP), clock=clock)


async def run_timers(wakes: tuple[Wake, ...], wake: Callable[[str], None]) -> None:
    """Call `wake` whenever a timer fires, in real time, until cancelled."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        # a late hint is still a hint: nothing is dropped for being late, and several at once are one
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for timer in wakes:
        scheduler.add_job(wake, timer.trigger, args=(timer.worker,), name=timer.name)
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


async def replay_timers(wakes: tuple[Wake, ...], wake: Callable[[str], None], *, clock: Clock) -> None:
    """Do what `run_timers` does, by a clock that its owner moves."""
    never = asyncio.Event()
    due = {timer.name: timer.trigger.get_next_fire_time(None, clock.now()) for timer in wakes}
    while True:
        await clock.wait(never, min((at for at in due.values() if at is not None), default=None))
        for timer in wakes:
            at = due[timer.name]
            if at is not None and at <= clock.now():
                wake(timer.worker)
                due[timer.name] = timer.trigger.get_next_fire_time(at, clock.now())


def _zones(brand: Brand, campaign: Campaign) -> set[ZoneInfo]:
    if campaign.each_community_time:
        return {brand.communities[key].timezone for key in campaign.communities}
    return {campaign.timezone}
