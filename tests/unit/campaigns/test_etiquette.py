"""When a post is welcome: never in quiet hours, never beyond the cap, never while paused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.brand import Cap, QuietHours
from bot.campaigns.etiquette import PAUSE_LOOK, Hold, Standing, find_pause, may_post, period_of, quiet_until
from bot.ports.records import Pause
from tests.unit.campaigns.sample import COMMUNITY, NOW

SECOND = timedelta(seconds=1)
zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(ZoneInfo)
moments = st.integers(0, 40 * 366 * 24 * 3600).map(lambda step: datetime(1995, 1, 1, tzinfo=UTC) + step * SECOND)
times_of_day = st.times().map(lambda at: at.replace(second=0, microsecond=0))
quiet_hours = st.builds(QuietHours, start=times_of_day, end=times_of_day)
caps = st.builds(Cap, count=st.integers(1, 9), per=st.sampled_from(["day", "week"]))
NIGHT = QuietHours(start=time(22), end=time(7))


def is_quiet(quiet: QuietHours, zone: ZoneInfo, at: datetime) -> bool:
    """Whether the wall clock of the zone stands in the quiet hours."""
    wall = at.astimezone(zone).time()
    if quiet.start <= quiet.end:
        return quiet.start <= wall < quiet.end
    return wall >= quiet.start or wall < quiet.end


@given(quiet=quiet_hours, zone=zones, now=moments)
@example(quiet=NIGHT, zone=ZoneInfo("Pacific/Apia"), now=datetime(2011, 12, 30, 9, tzinfo=UTC))
@example(
    quiet=QuietHours(start=time(22), end=time(1, 30)),
    zone=ZoneInfo("Europe/London"),
    now=datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
)
@example(
    quiet=QuietHours(start=time(22), end=time(1, 30)),
    zone=ZoneInfo("Europe/London"),
    now=datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
)
def test_quiet_hours_end_outside_of_themselves(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> None:
    """In every zone, through every clock change: a hold's end lies ahead, is not quiet, and the moment before it is."""
    end = quiet_until(quiet, zone, now)
    assert (end is not None) == is_quiet(quiet, zone, now)
    if end is not None:
        assert end > now
        assert not is_quiet(quiet, zone, end)
        assert is_quiet(quiet, zone, end - timedelta(microseconds=1))


def test_quiet_hours_end_with_the_gap_that_skips_their_end() -> None:
    """01:30 does not exist in London on 29 March 2026: the first moment after is 02:00 BST, 01:00 UTC."""
    quiet = QuietHours(start=time(22), end=time(1, 30))
    end = quiet_until(quiet, ZoneInfo("Europe/London"), datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    assert end == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@given(cap=caps, zone=zones, now=moments)
@example(
    cap=Cap(count=1, per="day"),
    zone=ZoneInfo("America/St_Johns"),
    now=datetime(2010, 11, 7, 3, 0, tzinfo=UTC),
)
def test_a_period_holds_the_moment_it_is_of(cap: Cap, zone: ZoneInfo, now: datetime) -> None:
    """Its end lies ahead, so a hold for the cap always ends, and it is no longer than a day or week and a day."""
    start, end = period_of(cap, zone, now)
    assert start <= now < end
    assert end - start <= timedelta(days=8 if cap.per == "week" else 2)


def test_a_week_begins_on_monday_of_the_community() -> None:
    """Sunday evening UTC is Monday already in Jakarta."""
    sunday_evening = datetime(2026, 7, 5, 18, tzinfo=UTC)
    monday = datetime(2026, 7, 5, 17, tzinfo=UTC)
    assert period_of(Cap(count=1, per="week"), COMMUNITY.timezone, sunday_evening) == (
        monday,
        monday + timedelta(days=7),
    )


@given(cap=caps, let_out=st.integers(0, 20), now=moments)
def test_a_cap_holds_from_its_count_on(cap: Cap, let_out: int, now: datetime) -> None:
    """One more is welcome exactly while fewer were let out; the hold lasts until the next period."""
    hold = may_post(
        replace(COMMUNITY, max_posts=cap), now, standing=Standing(let_out=let_out), campaign="news", pauses=()
    )
    assert (hold is None) == (let_out < cap.count)
    if hold is not None:
        assert hold.until == period_of(cap, COMMUNITY.timezone, now)[1]


def test_a_community_without_rules_welcomes_any_time() -> None:
    """Nothing is held that nobody asked to hold."""
    assert may_post(COMMUNITY, NOW, standing=Standing(let_out=99), campaign="news", pauses=()) is None


def test_a_hold_says_why_in_the_communitys_own_time() -> None:
    """The reason names the community and its wall clock."""
    night = datetime(2026, 7, 6, 16, tzinfo=UTC)
    hold = may_post(
        replace(COMMUNITY, quiet_hours=NIGHT), night, standing=Standing(let_out=0), campaign="news", pauses=()
    )
    assert hold == Hold(
        until=datetime(2026, 7, 7, 0, tzinfo=UTC), reason="quiet hours in warung until 07:00", rule="quiet_hours"
    )


@pytest.mark.parametrize(
    ("scope", "key", "covers"),
    [
        ("all", "", True),
        ("community", "warung", True),
        ("campaign", "news", True),
        ("community", "pasar", False),
        ("campaign", "digest", False),
    ],
)
def test_a_pause_covers_what_it_names(scope: str, key: str, covers: bool) -> None:  # noqa: FBT001  # a column of the table
    """All, one community or one campaign; it is looked at again soon, and says since when and why."""
    pause = Pause(scope=scope, key=key, since=NOW, reason="they are angry")  # type: ignore[arg-type]  # of the table
    hold = may_post(COMMUNITY, NOW, standing=Standing(let_out=0), campaign="news", pauses=(pause,))
    assert (hold is not None) == covers
    if hold is not None:
        assert hold.until == NOW + PAUSE_LOOK
        assert hold.reason.endswith("paused since 2026-07-06 03:00 UTC: they are angry")


def test_a_direct_reply_is_covered_by_the_great_pause_alone() -> None:
    """What belongs to no community and no campaign is held only when everything is."""
    one = Pause(scope="community", key="warung", since=NOW, reason="")
    everything = Pause(scope="all", key="", since=NOW, reason="")
    assert find_pause((one,), community=None, campaign=None) is None
    assert find_pause((one, everything), community=None, campaign=None) == everything
