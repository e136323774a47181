"""Whatever a community has seen, its manners hold, and a held post is let out in the end."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Cap, Community, QuietHours
from bot.campaigns.etiquette import Standing, may_post, period_of
from bot.messages import ChannelRef, Place

ZONES = ("Asia/Jakarta", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")

moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # aware by timezones
spans = st.timedeltas(timedelta(0), timedelta(hours=6))
talking = st.timedeltas(timedelta(0), timedelta(hours=4))
clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@st.composite
def communities(draw: st.DrawFn) -> Community:
    """A community with any manners."""
    start, end = draw(clock_times), draw(clock_times)
    return Community(
        key="warung",
        platform="sandbox",
        place=Place(posts=ChannelRef(platform="sandbox", space="warung", channel="warung")),
        language="id",
        timezone=ZoneInfo(draw(st.sampled_from(ZONES))),
        quiet_hours=QuietHours(start=start, end=end) if draw(st.booleans()) and start != end else None,
        max_posts=draw(st.one_of(st.none(), st.builds(Cap, count=st.integers(1, 3), per=st.just("day")))),
        lull=draw(spans),
        lull_wait=draw(spans),
        spacing=draw(spans),
    )


@given(
    community=communities(), start=moments, talk=st.lists(st.timedeltas(timedelta(0), timedelta(hours=4)), max_size=8)
)
def test_no_manner_is_ever_broken_and_every_post_goes_out(
    community: Community, start: datetime, talk: list[timedelta]
) -> None:
    """Five posts that ask again whenever they are told to, while people write now and then."""
    now, posted, lull_since = start, list[datetime](), None
    written = sorted(start + after for after in talk)
    for _ in range(400):
        last_written = max((at for at in written if at <= now), default=None)
        day, _ = period_of(community.max_posts, community.timezone, now) if community.max_posts else (now, now)
        standing = Standing(
            let_out=sum(at >= day for at in posted),
            last_post_at=posted[-1] if posted else None,
            last_written_at=last_written,
        )
        hold = may_post(community, now, standing=standing, campaign="news", pauses=(), lull_since=lull_since)
        if hold is not None:
            assert hold.until > now
            lull_since = (lull_since or now) if hold.rule == "lull" else None
            now = hold.until
            continue
        _check(community, now, posted, last_written, lull_since)
        posted.append(now)
        lull_since = None
        if len(posted) == 5:
            break
    assert len(posted) == 5


def _check(
    community: Community, now: datetime, posted: list[datetime], written: datetime | None, since: datetime | None
) -> None:
    if community.quiet_hours is not None:
        local, quiet = now.astimezone(community.timezone).time(), community.quiet_hours
        overnight = quiet.start > quiet.end
        within = local >= quiet.start or local < quiet.end if overnight else quiet.start <= local < quiet.end
        assert not within
    if community.max_posts is not None:
        today = now.astimezone(community.timezone).date()
        assert sum(at.astimezone(community.timezone).date() == today for at in posted) < community.max_posts.count
    if posted:
        assert now - posted[-1] >= community.spacing
    if written is not None and now - written < community.lull:
        assert now - (since or now) >= community.lull_wait


@given(community=communities(), now=moments, ago=spans)
def test_a_wait_for_a_lull_ends_by_lull_wait(community: Community, now: datetime, ago: timedelta) -> None:
    """However lively the talk, the promised longest wait is kept."""
    standing = Standing(last_written_at=now)
    hold = may_post(community, now, standing=standing, campaign="news", pauses=(), lull_since=now - ago)
    if hold is not None and hold.rule == "lull":
        assert hold.until <= now - ago + community.lull_wait


def test_times_of_day_are_the_communitys_own() -> None:
    """Two in the afternoon in London is nine in the evening in Jakarta."""
    quiet = QuietHours(start=time(21), end=time(7))
    at = datetime(2026, 11, 23, 14, tzinfo=UTC)
    place = Place(posts=ChannelRef(platform="sandbox", space="w", channel="w"))
    hold = may_post(
        Community(
            key="w",
            platform="sandbox",
            place=place,
            language="id",
            timezone=ZoneInfo("Asia/Jakarta"),
            quiet_hours=quiet,
            max_posts=None,
        ),
        at,
        standing=Standing(),
        campaign="news",
        pauses=(),
    )
    assert hold is not None
    assert (hold.rule, hold.until) == ("quiet_hours", datetime(2026, 11, 24, 0, tzinfo=UTC))
