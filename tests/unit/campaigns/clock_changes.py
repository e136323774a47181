"""Zones, their clock changes, and times of day around them, as hypothesis draws them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import assume
from hypothesis import strategies as st

from bot.brand import AtTimes

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: A zone whose clock has never been changed since has nothing to tell.
YEARS = range(1996, 2031)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
at_times = st.builds(
    AtTimes,
    weekdays=st.one_of(st.just(frozenset(range(7))), st.frozensets(st.integers(0, 6), min_size=1)),
    times=st.lists(clock_times, min_size=1, max_size=4, unique=True).map(tuple),
)


@lru_cache(maxsize=4096)
def _changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """Return the first minutes (UTC) after each clock change of a year."""
    found, at, end = list[datetime](), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        before, after = at, at + DAY
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            while after - before > MINUTE:
                middle = before + (after - before) // MINUTE // 2 * MINUTE
                same = middle.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            found.append(after)
        at += DAY
    return tuple(found)


@st.composite
def changes(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """Draw a zone and one of its clock changes."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    found = _changes(zone, draw(st.sampled_from(YEARS)))
    assume(found)
    return zone, draw(st.sampled_from(found))
