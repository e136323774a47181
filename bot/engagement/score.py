"""How much a member engages, in one number that spam does not move. Sums only; what counts is settled in `activity`.

In words: reaching many people on many days counts, repeating yourself does not, and others' answers count more than
your own words.

    within an hour   the k-th activity of one kind with one partner is worth r^(k-1) of its points, r = 1/20
    within a day     the hours with that partner, the fullest first, are worth r^(k-1) of that again
    own words        what a member sends earns at most half of the day's cap; the rest only others can give
    day              a member gains at most `daily_cap` in a day of the community's own zone
    one partner      however often and long, at most a tenth of `daily_cap`; words to nobody have no partner
    age              everything is halved every `half_life`

So any number of repetitions on the same day to the same people is worth less than (1/(1-r))² = 1.11 of saying it once,
and a ring of n accounts that flatter each other gives each of them no more than n - 1 true acquaintances would.
The day's gain g(S) of a set S of activities never shrinks when S grows. A day is summed from its freshest activity
backwards, each adding what it adds to g, times its own decay; summed by parts this is the integral of g over the sets
"fresher than x". What came of one partner is bounded as of the member's last activity. So one more activity never
lowers a score while its day is below the cap, and a score halves exactly.

The idea of weighing by reach and by what comes back is the Orbit model's (love, reach and gravity).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.brand import Engagement
from bot.engagement.activity import Activity, ActivityKind, activities_of
from bot.messages import PersonRef
from bot.ports.records import LoggedEvent

#: What a repetition is worth of the one before it.
REPEAT_WORTH = 0.05
#: The share of a day's cap that own words can earn.
SENT_SHARE = 0.5
#: The share of a day's cap that any one partner can add over all time.
PARTNER_SHARE = 0.1
_SENT: frozenset[ActivityKind] = frozenset({"message", "join", "click"})
#: Repetitions after this many within an hour change nothing a float can hold.
_ENOUGH = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberScore:
    """One line of the leaderboard."""

    #: Who.
    member: PersonRef
    #: At least 0; comparable within one community and moment.
    score: float
    #: How many of their messages still stand, counted plainly.
    messages: int
    #: Why, in English, the weightiest first.
    reasons: tuple[str, ...]


def scores(
    events: Iterable[LoggedEvent],
    *,
    engagement: Engagement,
    zone: ZoneInfo,
    now: datetime,
    uncounted: frozenset[PersonRef] = frozenset(),
) -> tuple[MemberScore, ...]:
    """Score everybody in `events` (one community's) at `now`, best first, ties by platform and id.

    `zone` is the community's, for its days; `uncounted` are bots and those who opted out, beside `engagement.ignored`.
    Events after `now` are left out. Members nothing speaks for are not listed.
    """
    past = tuple(event for event in events if event.at <= now)
    uncounted |= engagement.ignored
    by_member: dict[PersonRef, list[Activity]] = defaultdict(list)
    for activity in activities_of(past, uncounted=uncounted):
        by_member[activity.member].append(activity)
    listed = []
    for member, activities in by_member.items():
        days = split_days(activities, zone=zone)
        listed.append(
            MemberScore(
                member=member,
                score=score_of(days, engagement=engagement, now=now),
                messages=sum(activity.kind == "message" for activity in activities),
                reasons=reasons_of(activities, active_days=len(days)),
            )
        )
    return tuple(sorted(listed, key=lambda s: (-round(s.score, 9), s.member.platform, s.member.id)))


def split_days(activities: Iterable[Activity], *, zone: ZoneInfo) -> tuple[tuple[Activity, ...], ...]:
    """Return the activities of each day of `zone` that has any."""
    days: dict[date, list[Activity]] = defaultdict(list)
    for activity in activities:
        days[activity.at.astimezone(zone).date()].append(activity)
    return tuple(tuple(day) for day in days.values())


def score_of(days: Iterable[tuple[Activity, ...]], *, engagement: Engagement, now: datetime) -> float:
    """Score one member's own activities, day by day, at `now` by the formula above."""
    days = tuple(days)
    if not days:
        return 0.0
    last = max(activity.at for day in days for activity in day)
    of_partner: dict[PersonRef | None, list[float]] = defaultdict(list)
    for day in days:
        before = 0.0
        gain = _DayGain(points=engagement.points, cap=engagement.daily_cap)
        for activity in sorted(day, key=lambda a: a.at, reverse=True):
            after = gain.add(activity)
            gained = (after - before) * 2.0 ** -((last - activity.at) / engagement.half_life)
            of_partner[activity.partner].append(gained)
            before = after
    to_nobody = math.fsum(of_partner.pop(None, ()))
    most = PARTNER_SHARE * engagement.daily_cap
    bounded = math.fsum(min(most, math.fsum(gained)) for gained in of_partner.values())
    since: float = (now - last) / engagement.half_life
    return (to_nobody + bounded) * math.exp2(-since)


class _DayGain:
    """The gain of one member in one day, g(S), while S grows."""

    def __init__(self, *, points: Mapping[str, float], cap: float) -> None:
        self._points = points
        self._cap = cap
        self._hours: dict[tuple[ActivityKind, PersonRef | None], Counter[int]] = defaultdict(Counter)
        self._worth: dict[tuple[ActivityKind, PersonRef | None], float] = {}
        self._sent = 0.0
        self._received = 0.0

    def add(self, activity: Activity) -> float:
        """Take one more activity in and return the gain now."""
        hour = int(activity.at.timestamp()) // 3600
        tie = (activity.kind, activity.partner)
        hours = self._hours[tie]
        hours[hour] += 1
        if hours[hour] <= _ENOUGH:
            worth = self._points.get(activity.kind, 0.0) * _worth_of(hours.values())
            more = worth - self._worth.get(tie, 0.0)
            self._worth[tie] = worth
            if activity.kind in _SENT:
                self._sent += more
            else:
                self._received += more
        return min(self._cap, min(SENT_SHARE * self._cap, self._sent) + self._received)


def _worth_of(counts: Iterable[int]) -> float:
    """Return what so many activities in each hour of a day with one partner are worth, the first alone being 1."""
    full = [(1 - REPEAT_WORTH**count) / (1 - REPEAT_WORTH) for count in sorted(counts, reverse=True)]
    return sum(worth * REPEAT_WORTH**k for k, worth in enumerate(full))


def reasons_of(activities: Iterable[Activity], *, active_days: int) -> tuple[str, ...]:
    """Say in English what a member's score rests on."""
    counts: Counter[ActivityKind] = Counter()
    partners: dict[ActivityKind, set[PersonRef]] = defaultdict(set)
    for activity in activities:
        counts[activity.kind] += 1
        if activity.partner is not None:
            partners[activity.kind].add(activity.partner)
    said = []
    for kind, one, many in _SAID:
        if counts[kind]:
            people = len(partners[kind])
            whom = f" {_DIRECTION[kind]} {people} {'person' if people == 1 else 'people'}" if people else ""
            said.append(f"{counts[kind]} {one if counts[kind] == 1 else many}{whom}")
    return (*said, f"active on {active_days} {'day' if active_days == 1 else 'days'}")


_SAID: tuple[tuple[ActivityKind, str, str], ...] = (
    ("answer_given", "answer the asker liked", "answers the askers liked"),
    ("reply_received", "reply received", "replies received"),
    ("reaction_received", "reaction received", "reactions received"),
    ("mention_received", "mention received", "mentions received"),
    ("message", "message", "messages"),
    ("click", "link followed", "links followed"),
)
_DIRECTION: dict[ActivityKind, str] = {
    "answer_given": "from",
    "reply_received": "from",
    "reaction_received": "from",
    "mention_received": "from",
    "message": "to",
}
