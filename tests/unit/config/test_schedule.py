"""The short phrases of the file, in English and Indonesian."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import AsPublished, AtTimes, Backlog, BestTime, Cap, Cron, Every, Once, QuietHours, When
from bot.config.schedule import (
    parse_backlog,
    parse_cap,
    parse_duration,
    parse_if_missed,
    parse_quiet_hours,
    parse_when,
    parse_zone,
)

WORKING = frozenset(range(5))
DAILY = frozenset(range(7))


def _at(days: frozenset[int] | set[int], *times: time) -> AtTimes:
    return AtTimes(weekdays=frozenset(days), times=times)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("weekdays 09:00", _at(WORKING, time(9))),
        ("every weekday 9:00", _at(WORKING, time(9))),
        ("weekends 10:30", _at({5, 6}, time(10, 30))),
        ("every day 07:00,19:00", _at(DAILY, time(7), time(19))),
        ("day 07:00", _at(DAILY, time(7))),
        ("09:00", _at(DAILY, time(9))),
        ("monday,wednesday 09:00", _at({0, 2}, time(9))),
        ("Monday, Wednesday and Friday 17:00, 09:00", _at({0, 2, 4}, time(9), time(17))),
        ("mon-fri 09:00", _at(WORKING, time(9))),
        ("sat-mon 09:00", _at({5, 6, 0}, time(9))),
        ("senin 09:00", _at({0}, time(9))),
        ("selasa,rabu 09.30", _at({1, 2}, time(9, 30))),
        ("setiap kamis pukul 16:00", _at({3}, time(16))),
        ("jumat 16:00", _at({4}, time(16))),
        ("jum'at 16:00", _at({4}, time(16))),
        ("sabtu dan minggu 08:00", _at({5, 6}, time(8))),
        ("setiap hari 08:00", _at(DAILY, time(8))),
        ("hari kerja 08:00", _at(WORKING, time(8))),
        ("setiap akhir pekan 08:00", _at({5, 6}, time(8))),
        ("every 6h", Every(interval=timedelta(hours=6))),
        ("every 90 minutes", Every(interval=timedelta(minutes=90))),
        ("setiap 2 jam", Every(interval=timedelta(hours=2))),
        ("as_published", AsPublished()),
        ("best_time", BestTime(weekdays=DAILY, between=None)),
        ("best_time weekdays between 08:00-20:00", BestTime(weekdays=WORKING, between=(time(8), time(20)))),
        ("best_time hari kerja antara 08.00 - 20.00", BestTime(weekdays=WORKING, between=(time(8), time(20)))),
        ({"cron": "0 9 * * mon-fri"}, Cron(expression="0 9 * * mon-fri")),
        ({"cron": "*/15  * * * 7"}, Cron(expression="*/15 * * * 7")),
        ("2026-12-24T09:00Z", Once(at=datetime(2026, 12, 24, 9, tzinfo=UTC))),
    ],
)
def test_a_schedule_is_read(written: object, expected: When) -> None:
    """Each form of `when:` means what the guide says."""
    assert parse_when(written) == expected


def test_a_moment_without_offset_is_local() -> None:
    """A one-off is written in the campaign's own time."""
    jakarta = ZoneInfo("Asia/Jakarta")
    assert parse_when("2026-12-24 09:00", zone=jakarta) == Once(at=datetime(2026, 12, 24, 9, tzinfo=jakarta))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("mondy 09:00", 'did you mean "monday"?'),
        ("snin 09:00", 'did you mean "senin"?'),
        ("weekdays", "no time of day"),
        ("weekdays 25:00", "no time of day"),
        ("weekdays 09:60", "no time of day"),
        ("09:00 weekdays", "write the days first"),
        ("best_time between", "between which times"),
        ("best_time between 8", "no span of the day"),
        ("best_time mondy", "no day"),
        ("every 0m", "at least 1m"),
        ("every 6 parsecs", "no duration"),
        ("2026-13-01 09:00", "no date and time"),
        ("2026-12-24", "no time of day"),
        ({"cron": "0 9 * *"}, "five fields"),
        ({"cron": "0 0 9 * * *"}, "five fields"),
        ({"cron": "61 9 * * *"}, "minute"),
        ({"cron": "0 9 * * mond"}, "day-of-week"),
        ({"cron": "0 0 30 2 *"}, "cron"),
        ({"corn": "0 9 * * *"}, "the one key `cron`"),
        (9, "no schedule"),
        ("", "no schedule"),
    ],
)
def test_a_schedule_that_is_none_says_what_to_write(written: object, said: str) -> None:
    """The error names the slip or shows the forms there are."""
    with pytest.raises(ValueError) as refused:
        parse_when(written)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("3h", timedelta(hours=3)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("1h30m", timedelta(minutes=90)),
        ("0m", timedelta(0)),
    ],
)
def test_a_duration_is_read(written: str, expected: timedelta) -> None:
    """A number and a unit, or several."""
    assert parse_duration(written) == expected


@pytest.mark.parametrize("written", ["15", 15, "", "m", "1.5h", "-3h", "3h later", None, "999999999w", ["3h"]])
def test_what_is_no_duration_is_refused(written: object) -> None:
    """A bare number has no unit, and ten years are enough."""
    with pytest.raises(ValueError):
        parse_duration(written)


@given(st.integers(0, 3660 * 24 * 60))
def test_any_number_of_minutes_is_itself(minutes: int) -> None:
    """Reading is the inverse of writing."""
    assert parse_duration(f"{minutes}m") == timedelta(minutes=minutes)


def test_quiet_hours_may_run_over_midnight() -> None:
    """Either way round, with any dash, or none at all."""
    night = QuietHours(start=time(21), end=time(7))
    assert parse_quiet_hours("21:00-07:00") == night
    assert parse_quiet_hours("21:00 \N{EN DASH} 7:00") == night
    assert parse_quiet_hours("none") is None


@pytest.mark.parametrize("written", ["21:00", "07:00-07:00", "25:00-07:00", 21, None, "night"])
def test_what_are_no_quiet_hours_is_refused(written: object) -> None:
    """A whole day of quiet is a slip too."""
    with pytest.raises(ValueError):
        parse_quiet_hours(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2 per day", Cap(count=2, per="day")),
        ("5 per week", Cap(count=5, per="week")),
        ("1/day", Cap(count=1, per="day")),
        ("3 per minggu", Cap(count=3, per="week")),
        ("none", None),
    ],
)
def test_a_cap_is_read(written: str, expected: Cap | None) -> None:
    """Per day or per week."""
    assert parse_cap(written) == expected


@pytest.mark.parametrize(
    ("written", "said"), [("2 per month", "not a month"), (2, "no cap"), ("two per day", "no cap")]
)
def test_a_cap_that_is_none_says_what_to_write(written: object, said: str) -> None:
    """Months are no unit of patience."""
    with pytest.raises(ValueError, match=said):
        parse_cap(written)


def test_what_was_missed_is_skipped_or_sent_within_a_time() -> None:
    """Two forms, and nothing else."""
    assert parse_if_missed("skip") is None
    assert parse_if_missed("send_within 3h") == timedelta(hours=3)
    with pytest.raises(ValueError, match="skip, or send_within"):
        parse_if_missed("send_within")


def test_a_backlog_is_none_the_newest_or_since_a_day() -> None:
    """Three forms, and nothing else."""
    assert parse_backlog("none") is None
    assert parse_backlog("latest 3") == Backlog(latest=3)
    assert parse_backlog("since 2026-01-31") == Backlog(since=date(2026, 1, 31))
    for wrong in ("latest 0", "latest", "since yesterday", "all", 3):
        with pytest.raises(ValueError):
            parse_backlog(wrong)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Asia/Jakrta", 'did you mean "Asia/Jakarta"?'),
        ("WIB", 'did you mean "Asia/Jakarta"?'),
        ("../etc/passwd", "no time zone"),
        ("", "no time zone"),
        (7, "no time zone"),
    ],
)
def test_a_zone_that_is_none_is_refused(written: object, said: str) -> None:
    """Only the names of the IANA database are known."""
    with pytest.raises(ValueError) as refused:
        parse_zone(written)
    assert said in str(refused.value)
