"""When a community is best told something: by when its people write. Pure.

One moment a day, decided from the four weeks before that day, so that it is the same whenever it is worked out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.brand import BestTime, Community
from bot.campaigns.etiquette import quiet_until
from bot.campaigns.slots import Slot, find_instant

#: How far back activity is looked at.
REACH = timedelta(days=28)
#: With fewer people writing in all those hours together nothing is known yet.
LEAST_WRITERS = 20
#: What the hour after a post counts against its own: a post is read for a while.
NEXT_HOUR = 0.5
#: The time of day where too little is known, if it is allowed.
USUAL = time(9)


@dataclass(frozen=True, kw_only=True, slots=True)
class BestMoment:
    """The moment of one day."""

    slot: Slot
    #: Why then, for a person to read.
    reason: str


def span_before(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the time (UTC) whose activity decides about a day: the four weeks up to its first moment."""
    start = find_instant(datetime.combine(day, time()), zone)
    return start - REACH, start


def choose_moment(when: BestTime, community: Community, day: date, writers: Mapping[datetime, int]) -> BestMoment:
    """Return when on `day`, a local day of the community, it is best told something.

    `writers` gives how many different people wrote there in each hour (its start, UTC) of `span_before`. Of the hours
    that are neither quiet nor outside `when.between`, the one with the most counts, that of the next hour half; the
    earliest of equals. Only weekdays that `when` names are looked at.
    """
    by_hour: Counter[int] = Counter()
    for start, people in writers.items():
        local = start.astimezone(community.timezone)
        if local.weekday() in when.weekdays:
            by_hour[local.hour] += people
    allowed = [hour for hour in range(24) if _is_allowed(when, community, day, time(hour))]
    known = sum(by_hour.values())
    if not allowed:
        chosen = when.between[0] if when.between else USUAL
        reason = f"no full hour of the day is allowed in {community.key}, so {chosen:%H:%M}"
    elif known < LEAST_WRITERS:
        chosen = USUAL if USUAL.hour in allowed else time(allowed[0])
        reason = (
            f"too little was written in {community.key} in {REACH.days} days to tell its best time, so {chosen:%H:%M}"
        )
    else:
        best = max(allowed, key=lambda hour: (by_hour[hour] + NEXT_HOUR * by_hour[(hour + 1) % 24], -hour))
        chosen = time(best)
        until = time((best + 2) % 24)
        share = round(100 * (by_hour[best] + by_hour[(best + 1) % 24]) / known)
        reason = f"{share} % of those who write in {community.key} write from {chosen:%H:%M} to {until:%H:%M}"
    at = find_instant(datetime.combine(day, chosen), community.timezone)
    return BestMoment(slot=Slot(key=day.isoformat(), at=at), reason=reason)


def days_between(
    after: datetime, until: datetime, *, decided: bool, when: BestTime, zone: ZoneInfo
) -> tuple[date, ...]:
    """Return the local days whose moment may have come by `until`, oldest first.

    `after` is when the last one came (`decided`: its day is done with), or when the campaign began.
    """
    day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    if decided:
        day += timedelta(days=1)
    days = (day + timedelta(days=number) for number in range((last - day).days + 1))
    return tuple(one for one in days if one.weekday() in when.weekdays)


def _is_allowed(when: BestTime, community: Community, day: date, at: time) -> bool:
    if when.between is not None and not _within(when.between, at):
        return False
    if community.quiet_hours is None:
        return True
    moment = find_instant(datetime.combine(day, at), community.timezone).astimezone(UTC)
    return quiet_until(community.quiet_hours, community.timezone, moment) is None


def _within(span: tuple[time, time], at: time) -> bool:
    start, end = span
    return start <= at < end if start <= end else at >= start or at < end
