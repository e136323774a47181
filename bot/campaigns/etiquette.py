"""Whether a post is welcome now. Pure; every refusal says why and until when.

A marketer's guest manners: quiet hours and caps are the community's own, over all campaigns together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.brand import Cap, Community, QuietHours
from bot.campaigns.slots import find_instant
from bot.ports.records import Pause


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Not now."""

    #: When to ask again.
    until: datetime
    #: Why, for a person to read.
    reason: str


#: How soon a paused share is looked at again; `resume` wakes it at once in the process that runs it.
PAUSE_LOOK = timedelta(minutes=1)


def may_post(
    community: Community, now: datetime, *, let_out: int, campaign: str, pauses: Sequence[Pause]
) -> Hold | None:
    """Return None when a post may go out now, else why it is held.

    `let_out` is how many posts were let out to the community in its present calendar day or week (`period_of`).
    """
    if pause := find_pause(pauses, community=community.key, campaign=campaign):
        return Hold(until=now + PAUSE_LOOK, reason=describe_pause(pause))
    if community.quiet_hours and (end := quiet_until(community.quiet_hours, community.timezone, now)):
        return Hold(
            until=end,
            reason=f"quiet hours in {community.key} until {end.astimezone(community.timezone):%H:%M}",
        )
    if community.max_posts and let_out >= community.max_posts.count:
        _, end = period_of(community.max_posts, community.timezone, now)
        return Hold(
            until=end,
            reason=f"{community.key} has had its {community.max_posts.count} per {community.max_posts.per}",
        )
    return None


def find_pause(pauses: Sequence[Pause], *, community: str | None, campaign: str | None) -> Pause | None:
    """Return the pause that covers a post, if one does."""
    covering = {("all", ""), ("community", community), ("campaign", campaign)}
    return next((pause for pause in pauses if (pause.scope, pause.key) in covering), None)


def describe_pause(pause: Pause) -> str:
    """Return a pause in words."""
    what = "everything" if pause.scope == "all" else f"{pause.scope} {pause.key}"
    because = f": {pause.reason}" if pause.reason else ""
    return f"{what} is paused since {pause.since:%Y-%m-%d %H:%M} UTC{because}"


def quiet_until(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the quiet hours that hold at `now` end (UTC); None when none hold.

    The end is a wall time: in a spring gap it is the first moment after the gap.
    """
    if not _within(quiet, now.astimezone(zone).time()):
        return None
    end = _next_end(quiet, zone, now)
    # where clocks skip the end and more, the first moment after may be quiet by the next day's hours
    while _within(quiet, end.astimezone(zone).time()):
        end = _next_end(quiet, zone, end)
    return end


def _next_end(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first end of quiet hours that lies ahead (UTC)."""
    day = now.astimezone(zone).date() - timedelta(days=1)
    while True:
        nominal = datetime.combine(day, quiet.end)
        # an autumn hour repeats wall times: its second occurrence ends quiet hours that begin between the two
        ends = (find_instant(nominal, zone), nominal.replace(tzinfo=zone, fold=1).astimezone(UTC))
        if ahead := [end for end in ends if end > now]:
            return min(ahead)
        day += timedelta(days=1)


def period_of(cap: Cap, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Return the community's calendar day, or week from Monday, that `now` is in: start and end, UTC."""
    day = now.astimezone(zone).date()
    if cap.per == "week":
        day -= timedelta(days=day.weekday())
    length = timedelta(days=7 if cap.per == "week" else 1)
    start, end = _midnight(day, zone), _midnight(day + length, zone)
    # clocks put back just after midnight bring the old day back for a while
    if end <= now:
        end = datetime.combine(day + length, time(), tzinfo=zone).replace(fold=1).astimezone(UTC)
    return start, end


def _within(quiet: QuietHours, at: time) -> bool:
    at = at.replace(tzinfo=None)
    if quiet.start <= quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return find_instant(datetime.combine(day, time()), zone)
