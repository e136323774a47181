"""Every zone there is, through every one of its clock changes: a slot fires once, and when it should.

What is expected is worked out by walking through the time in question minute by minute with the zone's wall clock in
view: a wall time has come as soon as that clock has shown it or anything later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.brand import AtTimes, Cron
from bot.campaigns.slots import is_local, slots
from bot.config.schedule import parse_cron
from tests.unit.campaigns.clock_changes import DAY, MINUTE, ZONES, at_times, changes


def _walk(nominal: Sequence[datetime], zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
    """Return each wall time with the first minute after `start` at which the clock has shown it or more."""
    waiting, found = sorted(nominal), []
    shown = start.astimezone(zone).replace(tzinfo=None)
    waiting = [at for at in waiting if at > shown]
    at = start
    while at < end and waiting:
        at += MINUTE
        shown = max(shown, at.astimezone(zone).replace(tzinfo=None))
        while waiting and waiting[0] <= shown:
            found.append((waiting.pop(0).isoformat(timespec="minutes"), at))
    return found


def _nominal(when: AtTimes, start: datetime, end: datetime) -> Iterator[datetime]:
    day = start.date() - DAY
    while day <= end.date() + DAY:
        if day.weekday() in when.weekdays:
            yield from (datetime.combine(day, at) for at in when.times)
        day += DAY


@given(change=changes(), when=at_times)
def test_times_of_day_come_once_through_a_clock_change(change: tuple[ZoneInfo, datetime], when: AtTimes) -> None:
    """In the spring gap with the first minute after it, in the autumn hour the first time, else as the clock says."""
    zone, at = change
    start, end = at - 2 * DAY, at + 2 * DAY
    wall = start.astimezone(zone).replace(tzinfo=None)
    expected = _walk(tuple(_nominal(when, wall, wall + 4 * DAY)), zone, start, end)
    assert [(slot.key, slot.at) for slot in slots(when, zone=zone, after=start, until=end)] == expected


numbers = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 7)}
names = {
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "weekday": ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}


@st.composite
def cron_fields(draw: st.DrawFn, name: str) -> str:
    """Draw one field of a cron expression: a list of numbers, names, ranges and steps, or a star."""
    low, high = numbers[name]

    def part() -> str:
        kind = draw(st.sampled_from(["star", "step", "number", "range", "stepped range", "name"]))
        first = draw(st.integers(low, high))
        last = draw(st.integers(first, high))
        step = draw(st.integers(1, max(1, high - low)))
        match kind:
            case "star":
                return "*"
            case "step":
                return f"*/{step}"
            case "range":
                return f"{first}-{last}"
            case "stepped range":
                return f"{first}-{last}/{step}"
            case "name" if name in names:
                return draw(st.sampled_from(names[name]))
            case _:
                return str(first)

    return ",".join(part() for _ in range(draw(st.integers(1, 3))))


@st.composite
def crons(draw: st.DrawFn) -> Cron:
    """Draw an expression that comes at all."""
    expression = " ".join(draw(cron_fields(name)) for name in numbers)
    try:
        return parse_cron(expression)
    except ValueError:
        assume(False)  # noqa: FBT003  # hypothesis has it so
        raise


def _moments(expression: str, start: datetime, end: datetime) -> list[datetime]:
    found = []
    for at in CronSim(expression, start):
        if at > end:
            break
        found.append(at)
    return found


@settings(max_examples=200)
@given(when=crons(), zone=st.sampled_from(ZONES).map(ZoneInfo), step=st.integers(0, 34 * 365 * 24 * 60))
def test_cron_means_what_cronsim_means(when: Cron, zone: ZoneInfo, step: int) -> None:
    """Outside clock changes a slot is a moment of cronsim's, and the other way round, in the zone or in UTC."""
    start = datetime(1996, 1, 1, tzinfo=UTC) + step * MINUTE
    end = start + 6 * DAY
    offsets = {(start + hours * timedelta(hours=1)).astimezone(zone).utcoffset() for hours in range(-72, 9 * 24)}
    assume(len(offsets) == 1)
    moments = _moments(when.expression, start.astimezone(zone if is_local(when) else UTC), end)
    found = slots(when, zone=zone, after=start, until=end)
    assert [slot.at for slot in found] == [at.astimezone(UTC) for at in moments]


@settings(max_examples=150)
@given(when=crons(), change=changes())
def test_cron_keeps_the_rules_of_times_of_day_through_a_clock_change(
    when: Cron, change: tuple[ZoneInfo, datetime]
) -> None:
    """Where hour and minute are fixed each wall time comes once; with a wildcard there no clock change is noticed."""
    zone, at = change
    start, end = at - 2 * DAY, at + 2 * DAY
    found = [(slot.key, slot.at) for slot in slots(when, zone=zone, after=start, until=end)]
    if not is_local(when):
        expected = [(f"{moment:%Y-%m-%dT%H:%M}Z", moment) for moment in _moments(when.expression, start, end)]
    else:
        wall = start.astimezone(zone).replace(tzinfo=None)
        expected = _walk(_moments(when.expression, wall - DAY, wall + 5 * DAY), zone, start, end)
    assert found == expected


def test_midnight_that_a_zone_skips_is_the_first_minute_of_its_day() -> None:
    """Havana's clocks go from 00:00 to 01:00 in spring: midnight of that day is 01:00, which is 05:00 UTC."""
    when = AtTimes(weekdays=frozenset(range(7)), times=(time(0),))
    start = datetime(2026, 3, 7, 12, tzinfo=UTC)
    (slot,) = slots(when, zone=ZoneInfo("America/Havana"), after=start, until=start + DAY)
    assert (slot.key, slot.at) == ("2026-03-08T00:00", datetime(2026, 3, 8, 5, tzinfo=UTC))
