"""The moments of a schedule. Pure: no clock, no ledger; what is due or missed is decided elsewhere.

A local slot is a nominal wall time of one zone, unique in the ledger: in the spring gap it is the first valid instant
after, in the autumn hour its first occurrence. Intervals, and a cron with a wildcard in hour or minute, have UTC slots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from bot.brand import AsPublished, AtTimes, BestTime, Cron, Every, Once, When

#: A Monday midnight: intervals are counted from here, so `every 7d` is Mondays and a divisor of a day keeps its hours.
_ANCHOR = datetime(1970, 1, 5, tzinfo=UTC)
#: No clock change moves wall time further than this (Samoa skipped a day in 2011).
_WIDEST_CHANGE = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One moment of a schedule."""

    #: The nominal wall time ("2026-11-25T09:00"), or UTC with a final Z: the same for ever, once per moment.
    key: str
    #: When it really is, aware UTC.
    at: datetime


def slots(when: When, *, zone: ZoneInfo, after: datetime, until: datetime) -> tuple[Slot, ...]:
    """Every slot later than `after` and not later than `until`, in order; none for `AsPublished` and `BestTime`."""
    return tuple(each_slot(when, zone=zone, after=after, until=until))


def each_slot(when: When, *, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[Slot]:
    """The same one by one, for whoever may not need them all."""
    return takewhile(lambda slot: slot.at <= until, _slots_after(when, zone=zone, after=after))


def next_slot(when: When, *, zone: ZoneInfo, after: datetime) -> Slot | None:
    """The first slot later than `after`; None when there is none."""
    return next(_slots_after(when, zone=zone, after=after), None)


def is_local(when: When) -> bool:
    """Whether its slots are wall times of a zone; the others are UTC slots."""
    if isinstance(when, Cron):
        minute, hour = when.expression.split()[:2]
        return "*" not in minute and "*" not in hour
    return isinstance(when, AtTimes)


def _slots_after(when: When, *, zone: ZoneInfo, after: datetime) -> Iterator[Slot]:
    """Slots in order, without end where the schedule has none."""
    after = after.astimezone(UTC)
    match when:
        case AsPublished() | BestTime():
            return
        case Once(at=at):
            if at > after:
                yield _utc_slot(at.astimezone(UTC))
        case Every(interval=interval):
            first = _ANCHOR + ((after - _ANCHOR) // interval + 1) * interval
            yield from (_utc_slot(first + step * interval) for step in count())
        case Cron() if not is_local(when):
            yield from map(_utc_slot, CronSim(when.expression, after))
        case Cron() | AtTimes():
            yield from _local_slots(when, zone=zone, after=after)


def _local_slots(when: Cron | AtTimes, *, zone: ZoneInfo, after: datetime) -> Iterator[Slot]:
    start = after.astimezone(zone).replace(tzinfo=None) - _WIDEST_CHANGE
    for nominal in _nominal_times(when, start):
        at = find_instant(nominal, zone)  # never earlier for a later nominal time, so the order holds
        if at > after:
            yield Slot(key=nominal.isoformat(timespec="minutes"), at=at)


def _utc_slot(at: datetime) -> Slot:
    spec = "seconds" if at.second else "minutes"
    return Slot(key=at.replace(tzinfo=None).isoformat(timespec=spec) + "Z", at=at)


def _nominal_times(when: Cron | AtTimes, start: datetime) -> Iterator[datetime]:
    """Wall times after `start`, in order. `start` is naive: cron knows nothing of clock changes then."""
    if isinstance(when, Cron):
        yield from CronSim(when.expression, start)
        return
    if not when.times or not when.weekdays:
        return
    day = start.date()
    while True:
        if day.weekday() in when.weekdays:
            for moment in sorted(when.times):
                nominal = datetime.combine(day, moment)
                if nominal > start:
                    yield nominal
        day += timedelta(days=1)


def find_instant(nominal: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) a naive wall time means in `zone`.

    Where clocks go back it is the first occurrence (PEP 495, fold 0); where they skip it, the first instant after.
    """
    at = nominal.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == nominal:
        return at
    # In a gap, fold 0 counts with the offset before the change and lands after it; fold 1 lands before it.
    after, before = at, nominal.replace(tzinfo=zone, fold=1).astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after
