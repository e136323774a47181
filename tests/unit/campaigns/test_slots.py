"""When the moments of a schedule come, through every clock change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import AsPublished, AtTimes, Cron, Every, Once, When
from bot.campaigns.slots import Slot, find_instant, is_local, next_slot, slots

LONDON = ZoneInfo("Europe/London")
JAKARTA = ZoneInfo("Asia/Jakarta")

zones = st.sampled_from(
    [
        "UTC",
        "Asia/Jakarta",
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "Pacific/Chatham",
        "Antarctica/Troll",
    ]
).map(ZoneInfo)
starts = st.integers(0, 20 * 366 * 24 * 3600).map(
    lambda step: datetime(2009, 1, 1, tzinfo=UTC) + timedelta(seconds=step)
)
spans = st.timedeltas(timedelta(hours=1), timedelta(days=21))
times_of_day = st.times().map(lambda at: at.replace(second=0, microsecond=0))
at_times = st.builds(
    AtTimes,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    times=st.lists(times_of_day, min_size=1, max_size=4, unique=True).map(tuple),
)


def _keys(found: tuple[Slot, ...]) -> list[str]:
    return [slot.key for slot in found]


def test_a_time_of_day_is_wall_time_of_the_zone() -> None:
    """09:00 in Jakarta is 02:00 UTC, and the slot is called by the wall time."""
    when = AtTimes(weekdays=frozenset({2}), times=(time(9),))
    after = datetime(2026, 11, 24, 17, tzinfo=UTC)
    expected = Slot(key="2026-11-25T09:00", at=datetime(2026, 11, 25, 2, tzinfo=UTC))
    assert next_slot(when, zone=JAKARTA, after=after) == expected


def test_a_time_that_the_spring_skips_is_the_first_instant_after() -> None:
    """01:30 does not exist in London on 29 March 2026: the clocks go from 01:00 to 02:00 BST, which is 01:00 UTC."""
    when = AtTimes(weekdays=frozenset(range(7)), times=(time(1, 30),))
    day = datetime(2026, 3, 29, tzinfo=UTC)
    found = slots(when, zone=LONDON, after=day, until=day + timedelta(hours=20))
    assert found == (Slot(key="2026-03-29T01:30", at=datetime(2026, 3, 29, 1, tzinfo=UTC)),)


def test_a_time_that_the_autumn_repeats_comes_once_the_first_time() -> None:
    """01:30 happens twice in London on 25 October 2026: only the first, in summer time, is a slot."""
    when = AtTimes(weekdays=frozenset(range(7)), times=(time(1, 30),))
    day = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = slots(when, zone=LONDON, after=day, until=day + timedelta(days=1))
    assert found == (Slot(key="2026-10-25T01:30", at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),)


def test_a_day_that_a_country_skips_is_made_up_for_at_its_end() -> None:
    """Samoa had no 30 December 2011: its slots come when the 31st begins."""
    expected = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert find_instant(datetime.fromisoformat("2011-12-30T12:00"), ZoneInfo("Pacific/Apia")) == expected


def test_after_is_left_out_and_until_is_taken_in() -> None:
    """A slot is due at its very moment, and never a second time."""
    when = Every(interval=timedelta(hours=6))
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert _keys(slots(when, zone=LONDON, after=noon, until=noon + timedelta(hours=6))) == ["2026-11-24T18:00Z"]


def test_intervals_count_from_midnight_utc_whatever_the_zone() -> None:
    """Every 6 hours is 00, 06, 12 and 18 UTC."""
    day = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
    found = slots(Every(interval=timedelta(hours=6)), zone=JAKARTA, after=day, until=day + timedelta(hours=13))
    assert _keys(found) == ["2026-11-25T00:00Z", "2026-11-25T06:00Z", "2026-11-25T12:00Z"]


def test_a_week_as_an_interval_begins_on_monday() -> None:
    """Every 7 days is Monday midnight UTC."""
    found = next_slot(Every(interval=timedelta(days=7)), zone=LONDON, after=datetime(2026, 11, 25, tzinfo=UTC))
    assert found is not None
    assert found.at == datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "local"),
    [("0 9 * * 1-5", True), ("0,30 9-17 * * *", True), ("*/10 * * * *", False), ("0 */6 * * *", False)],
)
def test_cron_is_local_where_hour_and_minute_are_fixed(expression: str, *, local: bool) -> None:
    """A wildcard in hour or minute makes it an interval, counted in UTC."""
    assert is_local(Cron(expression=expression)) == local


def test_cron_numbers_weekdays_from_sunday() -> None:
    """1-5 is Monday to Friday, and 0 and 7 are Sunday."""
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    week = timedelta(days=7)
    working = slots(Cron(expression="0 9 * * 1-5"), zone=LONDON, after=friday, until=friday + week)
    assert [slot.at.weekday() for slot in working] == [0, 1, 2, 3, 4]
    for sunday in "07":
        found = slots(Cron(expression=f"0 9 * * {sunday}"), zone=LONDON, after=friday, until=friday + week)
        assert [slot.at.weekday() for slot in found] == [6]


def test_a_schedule_without_moments_has_no_slots() -> None:
    """`as_published` waits for items, and a moment that is over does not come again."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    past = Once(at=now - timedelta(days=1))
    assert next_slot(AsPublished(), zone=LONDON, after=now) is None
    assert next_slot(past, zone=LONDON, after=now) is None


def test_one_moment_comes_once() -> None:
    """A one-off is a UTC slot, however it was written."""
    when = Once(at=datetime(2026, 12, 24, 9, tzinfo=JAKARTA))
    day = datetime(2026, 12, 24, tzinfo=UTC)
    expected = (Slot(key="2026-12-24T02:00Z", at=datetime(2026, 12, 24, 2, tzinfo=UTC)),)
    assert slots(when, zone=LONDON, after=day, until=day + timedelta(days=9)) == expected


@given(when=at_times, zone=zones, after=starts, span=spans)
def test_every_nominal_time_comes_exactly_once(when: AtTimes, zone: ZoneInfo, after: datetime, span: timedelta) -> None:
    """Counted from the calendar alone: each wall time between two others is one slot, whatever clocks do between."""
    until = after + span
    found = slots(when, zone=zone, after=after, until=until)
    first, last = (at.astimezone(zone).replace(tzinfo=None) for at in (after, until))
    days = [first.date() + timedelta(days=step) for step in range((last.date() - first.date()).days + 1)]
    nominal = [datetime.combine(day, at) for day in days if day.weekday() in when.weekdays for at in when.times]
    # Near either end a clock change may move a slot over the edge, so only what is clearly inside is counted.
    inside = {
        at.isoformat(timespec="minutes")
        for at in nominal
        if first + timedelta(hours=25) < at < last - timedelta(hours=25)
    }
    keys = _keys(found)
    assert len(keys) == len(set(keys))
    assert inside - set(keys) == set()
    assert list(found) == sorted(found, key=lambda slot: (slot.at, slot.key))
    assert all(after < slot.at <= until for slot in found)


@given(when=at_times, zone=zones, after=starts, cut=spans, span=spans)
def test_two_spans_after_another_give_what_the_whole_gives(
    when: AtTimes, zone: ZoneInfo, after: datetime, cut: timedelta, span: timedelta
) -> None:
    """Nothing is lost or doubled where one look ends and the next begins."""
    middle, until = after + cut, after + cut + span
    parts = slots(when, zone=zone, after=after, until=middle) + slots(when, zone=zone, after=middle, until=until)
    assert parts == slots(when, zone=zone, after=after, until=until)


@given(when=at_times, zone=zones, after=starts)
def test_the_next_slot_is_the_first_of_a_longer_span(when: When, zone: ZoneInfo, after: datetime) -> None:
    """Both ways of asking agree."""
    assert (
        next_slot(when, zone=zone, after=after)
        == slots(when, zone=zone, after=after, until=after + timedelta(days=10))[0]
    )
