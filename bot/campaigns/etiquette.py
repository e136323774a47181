"""Whether a post is welcome now. Pure; every refusal says why and until when.

A marketer's guest manners: caps, quiet hours, spacing and lulls are the community's own, over all campaigns together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.brand import Cap, Community, QuietHours
from bot.campaigns.budget import Account, describe_account
from bot.campaigns.slots import find_instant
from bot.ports.records import Pause

#: Which of the manners holds a post back.
Rule: TypeAlias = Literal["pause", "budget", "quiet_hours", "cap", "spacing", "lull", "jitter", "platform", "approval"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Not now."""

    #: When to ask again.
    until: datetime
    #: Why, for a person to read.
    reason: str
    #: The same for a program.
    rule: Rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a community has seen lately."""

    #: Posts let out to it in its present calendar day or week (`period_of`), late ones of before included.
    let_out: int = 0
    #: When the last post was let out or came late, `now` while one is on its way; None if none was.
    last_post_at: datetime | None = None
    #: When a member last wrote; None if none has.
    last_written_at: datetime | None = None
    #: What its link budget holds; None where none is kept.
    account: Account | None = None


#: How soon a paused share is looked at again; `resume` wakes it at once in the process that runs it.
PAUSE_LOOK = timedelta(minutes=1)
#: How soon a share is looked at again that an empty link budget holds: an answer may have been found helpful.
BUDGET_LOOK = timedelta(minutes=10)


def may_post(
    community: Community,
    now: datetime,
    *,
    standing: Standing,
    campaign: str,
    pauses: Sequence[Pause],
    lull_since: datetime | None = None,
) -> Hold | None:
    """Return None when a post may go out now, else why it is held.

    `lull_since` is when the post began to wait for a lull; None while it has not. Which rule holds longest does not
    matter: every held post is asked about again.
    """
    if (hold := _hold_for_people(community, now, standing=standing, campaign=campaign, pauses=pauses)) is not None:
        return hold
    if community.quiet_hours and (end := quiet_until(community.quiet_hours, community.timezone, now)):
        local = end.astimezone(community.timezone)
        return Hold(until=end, reason=f"quiet hours in {community.key} until {local:%H:%M}", rule="quiet_hours")
    if community.max_posts and standing.let_out >= community.max_posts.count:
        _, end = period_of(community.max_posts, community.timezone, now)
        cap = community.max_posts
        return Hold(until=end, reason=f"{community.key} has had its {cap.count} per {cap.per}", rule="cap")
    if standing.last_post_at is not None and (clear_at := standing.last_post_at + community.spacing) > now:
        reason = f"the last post in {community.key} is less than {describe_span(community.spacing)} old"
        return Hold(until=clear_at, reason=reason, rule="spacing")
    if (lull_at := lull_from(community, standing.last_written_at, now=now, since=lull_since)) is not None:
        reason = f"people are talking in {community.key}: it waits until nobody has written for "
        reason += f"{describe_span(community.lull)}, at most {describe_span(community.lull_wait)}"
        return Hold(until=lull_at, reason=reason, rule="lull")
    return None


def _hold_for_people(
    community: Community, now: datetime, *, standing: Standing, campaign: str, pauses: Sequence[Pause]
) -> Hold | None:
    """Return what holds a post until somebody does something: a pause, or an empty link budget."""
    if pause := find_pause(pauses, community=community.key, campaign=campaign):
        return Hold(until=now + PAUSE_LOOK, reason=describe_pause(pause), rule="pause")
    if standing.account is not None and standing.account.is_empty:
        reason = f"the link budget of {community.key} is empty: {describe_account(standing.account)}; "
        reason += "it fills when members find answers helpful"
        return Hold(until=now + BUDGET_LOOK, reason=reason, rule="budget")
    return None


def lull_from(
    community: Community, last_written_at: datetime | None, *, now: datetime, since: datetime | None
) -> datetime | None:
    """Return when a post may break in at the earliest if nobody writes any more; None when it may now.

    `since` is when it began to wait; None counts as `now`.
    """
    if last_written_at is None:
        return None
    at = min(last_written_at + community.lull, (since or now) + community.lull_wait)
    return at if at > now else None


def describe_span(span: timedelta) -> str:
    """Return a length of time in words: `1 h 30 min`."""
    seconds = int(span.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def find_pause(pauses: Sequence[Pause], *, community: str | None, campaign: str | None) -> Pause | None:
    """Return the pause that covers a message, if one does; `campaign` is None for an answer, "" for an announcement."""
    covering = {("all", ""), ("community", community), ("campaign", campaign)}
    if campaign is not None:
        covering |= {("posts", community), ("admins", community), ("quiet", community)}
    return next((pause for pause in pauses if (pause.scope, pause.key) in covering), None)


def describe_pause(pause: Pause) -> str:
    """Return a pause in words."""
    because = f": {pause.reason}" if pause.reason else ""
    until = "" if pause.until is None else f" until {pause.until:%Y-%m-%d %H:%M} UTC"
    return f"{name_paused(pause.scope, pause.key)} is paused since {pause.since:%Y-%m-%d %H:%M} UTC{until}{because}"


def name_paused(scope: str, key: str) -> str:
    """Return what a pause of this scope and key stops, in words."""
    if scope == "all":
        return "everything"
    return f"posting to {key}" if scope in ("posts", "admins", "quiet") else f"{scope} {key}"


def describe_switched_off(campaign: str) -> str:
    """Return in words why the drafts of a campaign with `enabled: false` wait."""
    return f"campaign {campaign} is switched off (enabled: false)"


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
