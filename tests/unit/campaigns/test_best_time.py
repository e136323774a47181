"""The best moment of a day: when people write, never when the community is asleep or the campaign may not come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.brand import BestTime, QuietHours
from bot.campaigns.best_time import REACH, choose_moment, days_between, span_before
from bot.campaigns.etiquette import quiet_until
from tests.unit.campaigns.clock_changes import ZONES
from tests.unit.campaigns.sample import COMMUNITY, JAKARTA

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = BestTime(weekdays=frozenset(range(7)), between=None)
WORKING = BestTime(weekdays=frozenset(range(5)), between=None)
MONDAY = date(2026, 7, 6)


def at_local(hour: int, day: int = 29) -> datetime:
    """Return the start (UTC) of an hour in Jakarta, by default on Monday 29 June 2026."""
    return datetime(2026, 6, day, hour, tzinfo=JAKARTA).astimezone(UTC)


def test_people_are_told_when_they_write() -> None:
    """The busiest hour with the one after it; the reason says how much of the talk that is."""
    writers = {at_local(12): 10, at_local(19): 9, at_local(20): 8, at_local(7): 3}
    moment = choose_moment(DAILY, COMMUNITY, MONDAY, writers)
    assert moment.slot.at == datetime(2026, 7, 6, 19, tzinfo=JAKARTA)
    assert moment.slot.key == "2026-07-06"
    assert moment.reason == "57 % of those who write in warung write from 19:00 to 21:00"


def test_hours_that_are_not_allowed_are_left_out() -> None:
    """Quiet hours, and those outside `between`; the talk of other weekdays says nothing about these."""
    writers = {at_local(23): 30, at_local(6): 20, at_local(15): 10, at_local(13, day=28): 90}
    asleep = replace(COMMUNITY, quiet_hours=QuietHours(start=time(22), end=time(5)))
    assert choose_moment(WORKING, asleep, MONDAY, writers).slot.at.astimezone(JAKARTA).hour == 6
    office = replace(WORKING, between=(time(8), time(20)))
    assert choose_moment(office, asleep, MONDAY, writers).slot.at.astimezone(JAKARTA).hour == 15
    night = replace(DAILY, between=(time(22), time(5)))
    assert choose_moment(night, COMMUNITY, MONDAY, writers).slot.at.astimezone(JAKARTA).hour == 23


def test_where_little_is_known_it_comes_at_nine() -> None:
    """Or in the first hour that is allowed, and says that it does not know better."""
    moment = choose_moment(DAILY, COMMUNITY, MONDAY, {at_local(19): 19})
    assert moment.slot.at == datetime(2026, 7, 6, 9, tzinfo=JAKARTA)
    assert moment.reason == "too little was written in warung in 28 days to tell its best time, so 09:00"
    evening = replace(DAILY, between=(time(18), time(22)))
    assert choose_moment(evening, COMMUNITY, MONDAY, {}).slot.at == datetime(2026, 7, 6, 18, tzinfo=JAKARTA)


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    day=st.dates(date(2000, 1, 1), date(2035, 1, 1)),
    between=st.none() | st.tuples(st.times(), st.times()).map(lambda span: (span[0].replace(tzinfo=None), span[1])),
    quiet=st.none() | st.builds(QuietHours, start=st.integers(0, 23).map(time), end=st.integers(0, 23).map(time)),
    hours=st.dictionaries(st.integers(0, 28 * 24 - 1), st.integers(1, 50), max_size=60),
)
def test_a_day_has_one_moment_within_it(
    zone: ZoneInfo,
    day: date,
    between: tuple[time, time] | None,
    quiet: QuietHours | None,
    hours: dict[int, int],
) -> None:
    """In every zone: it is of that day, or the first instant after a gap; and not quiet while any full hour is not."""
    community = replace(COMMUNITY, timezone=zone, quiet_hours=quiet)
    when = replace(DAILY, between=between)
    start, end = span_before(day, zone)
    assert end - start == REACH
    moment = choose_moment(when, community, day, {start + hour * HOUR: people for hour, people in hours.items()})
    wall = moment.slot.at.astimezone(zone)
    assert timedelta(0) <= wall.replace(tzinfo=None) - datetime.combine(day, time()) < 2 * DAY
    if quiet is not None and "no full hour" not in moment.reason:
        assert quiet_until(quiet, zone, moment.slot.at) is None
    assert choose_moment(when, community, day, {}).slot.key == moment.slot.key


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    start=st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # aware
    steps=st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), min_size=1, max_size=8),
)
def test_no_day_is_asked_for_twice_or_left_out(zone: ZoneInfo, start: datetime, steps: list[timedelta]) -> None:
    """However often it is looked: each day once, in order, up to today."""
    days, after, now = list[date](), start, start
    for step in steps:
        now += step
        new = days_between(after, now, decided=bool(days), when=DAILY, zone=zone)
        days += new
        if new:
            after = now
    first, last = start.astimezone(zone).date(), now.astimezone(zone).date()
    assert days == [first + number * DAY for number in range((last - first).days + 1)]
    assert all(later - earlier == DAY for earlier, later in pairwise(days))
