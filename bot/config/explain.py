"""The plan in plain words: what a brand's configuration will do, for a person to nod at. Pure, no I/O.

What is due, and which item goes where, is decided in `bot.campaigns`; here it is only said when and to whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.brand import AsPublished, AtTimes, BestTime, Brand, Campaign, Community, Cron, Every, Once, QuietHours, When
from bot.campaigns.slots import is_local, next_slot
from bot.config.doubts import is_quiet

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ALL_DAYS = frozenset(range(7))
_RANGE_FROM = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLine:
    """One sentence of the plan."""

    part: Literal["community", "campaign", "answers", "engagement", "privacy", "brand"]
    #: The key it is about; the part's own name where there is only one.
    key: str
    #: What will happen, without the key.
    text: str

    def __str__(self) -> str:
        """`key: text`."""
        return f"{self.key}: {self.text}"


def explain(brand: Brand, *, now: datetime) -> tuple[PlanLine, ...]:
    """Say what `brand` will do, seen from `now` (aware)."""
    return (
        *(_explain_community(community) for community in brand.communities.values()),
        *(_explain_campaign(campaign, brand, now) for campaign in brand.campaigns.values()),
        _explain_answers(brand),
        _explain_engagement(brand),
        _explain_privacy(brand),
        *_explain_voice(brand),
    )


def _explain_community(community: Community) -> PlanLine:
    cap = community.max_posts
    posts = f"at most {_count(cap.count, 'post')} per {cap.per}" if cap else "any number of posts"
    quiet = f"quiet {_hours(community.quiet_hours)}" if community.quiet_hours else "no quiet hours"
    spoken = {"id": "Indonesian", "en": "English"}.get(community.language, community.language)
    text = f"on {community.platform}, speaks {spoken}, {posts}, {quiet} ({_zone_name(community.timezone)})"
    if community.spacing:
        text += f", {_duration(community.spacing)} between posts"
    if community.lull:
        text += f", waits up to {_duration(community.lull_wait)} for {_duration(community.lull)} of silence"
    if community.approval != "none":
        first = "" if community.approval == "always" else ", until one of the campaign is approved"
        where = "in their channel" if community.editors else "on the dashboard or by konektor review"
        text += f", editors approve posts first {where}{first}"
    return PlanLine(part="community", key=community.key, text=text)


def _explain_campaign(campaign: Campaign, brand: Brand, now: datetime) -> PlanLine:
    communities = [brand.communities[key] for key in campaign.communities]
    to = f"{_join(campaign.sources)} to {_join(campaign.communities)}"
    if not campaign.enabled:
        return PlanLine(part="campaign", key=campaign.key, text=f"rests (enabled: false); would share {to}")
    parts = [describe_when(campaign.when, campaign.timezone, now=now, community_time=campaign.each_community_time)]
    waits: list[str] = []
    if campaign.each_community_time and is_local(campaign.when):
        nexts = [(one, next_slot(campaign.when, zone=one.timezone, after=now)) for one in communities]
        parts += [f"next in {one.key} {_moment(slot.at, one.timezone, now)}" for one, slot in nexts if slot]
        waits = [_wait(one, slot.at) for one, slot in nexts if slot]
    elif slot := next_slot(campaign.when, zone=campaign.timezone, after=now):
        parts.append(f"next {_moment(slot.at, campaign.timezone, now)}")
        waits = [_wait(one, slot.at) for one in communities]
    elif isinstance(campaign.when, Once):
        parts.append("which is over")
    parts.append(to)
    if campaign.digest:
        digest = campaign.digest
        parts.append(f"as a digest of the last {_duration(digest.period)}, at most {_count(digest.max_items, 'post')}")
        if digest.skip_if_fewer_than > 1:
            parts.append(f"none with fewer than {digest.skip_if_fewer_than}")
    parts += _ways(campaign)
    text = "; ".join([", ".join(parts), *(wait for wait in waits if wait)])
    return PlanLine(part="campaign", key=campaign.key, text=text)


def _ways(campaign: Campaign) -> Iterator[str]:
    """How its posts come, as far as it is not the usual way."""
    if campaign.variants:
        yield f"beginning in {_count(len(campaign.variants), 'way')}"
    if campaign.on_edit == "update":
        yield "corrected in place when the post is edited"
    if campaign.hold_out:
        yield f"{campaign.hold_out * 100:g} % of it left out to compare with silence"
    if campaign.jitter:
        yield f"up to {_duration(campaign.jitter)} later"


def describe_when(when: When, zone: ZoneInfo, *, now: datetime, community_time: bool = False) -> str:
    """A schedule in words: `daily 09:00 WIB`."""
    match when:
        case AsPublished():
            return "as soon as something is published"
        case BestTime(weekdays=weekdays, between=between):
            span = f", between {between[0]:%H:%M} and {between[1]:%H:%M}" if between else ""
            return f"{describe_days(weekdays)} when most people write in each community{span}"
        case Once(at=at):
            return f"once, {_moment(at, zone, now, relative=False)}"
        case Every(interval=interval):
            return f"every {_duration(interval)} from midnight UTC"
        case Cron(expression=expression):
            where = (
                "UTC" if not is_local(when) else "each community's time" if community_time else _zone_word(zone, now)
            )
            return f"cron {expression} ({where})"
        case AtTimes(weekdays=weekdays, times=times):
            days = describe_days(weekdays)
            hours = _join([f"{moment:%H:%M}" for moment in times])
            return f"{days} {hours} {'in each community' if community_time else _zone_word(zone, now)}"


def describe_days(weekdays: frozenset[int]) -> str:
    """Weekdays in words: `daily`, `Tue, Thu`, or from the first to the last of a run."""
    if weekdays == _ALL_DAYS:
        return "daily"
    days = sorted(weekdays)
    if len(days) >= _RANGE_FROM and days[-1] - days[0] == len(days) - 1:
        return f"{_DAYS[days[0]]}\N{EN DASH}{_DAYS[days[-1]]}"
    return ", ".join(_DAYS[day] for day in days)


def _wait(community: Community, at: datetime) -> str:
    """What quiet hours do to a moment there; "" when nothing."""
    local = at.astimezone(community.timezone)
    if community.quiet_hours is None or not is_quiet(community.quiet_hours, local.time()):
        return ""
    city = _city(community.timezone)
    return f"{local:%H:%M} in {city} is quiet \N{RIGHTWARDS ARROW} waits until {community.quiet_hours.end:%H:%M}"


def _explain_answers(brand: Brand) -> PlanLine:
    answers = brand.answers
    words = {"mention": "when it is mentioned", "reply_to_bot": "when replied to", "command": "on commands"}
    spoken = [word for key, word in words.items() if key in answers.speak_when]
    if not answers.sources or not spoken:
        return PlanLine(part="answers", key="answers", text="no questions are answered")
    sure = answers.confidence if isinstance(answers.confidence, str) else f"confidence {answers.confidence:g} or more"
    cited = "says where answers come from" if answers.cite_sources else "does not say where answers come from"
    text = f"{brand.bot_name} answers from {_join(answers.sources)}, {_join(spoken)}; {sure}; {cited}"
    if answers.handoff:
        after = f"after {_duration(answers.handoff.after)} " if answers.handoff.after else ""
        text += f"; what it does not know goes {after}to {answers.handoff.to}"
    if answers.join_in:
        joins = answers.join_in
        where = _join(tuple(key for key in brand.communities if key in joins.communities))
        text += f"; joins in unasked in {where} when nobody answered for {_duration(joins.wait)}, "
        text += f"{joins.per_day} times a day at most"
    return PlanLine(part="answers", key="answers", text=text)


def _explain_engagement(brand: Brand) -> PlanLine:
    scored = brand.engagement
    points = ", ".join(f"{kind.replace('_', ' ')} {worth:g}" for kind, worth in scored.points.items() if worth)
    levels = ", ".join(f"{name} from {least:g}" for name, least in scored.levels.items())
    text = (
        f"points: {points or 'none'}; at most {scored.daily_cap:g} a day, halved every {_duration(scored.half_life)}; "
        f"levels: {levels}; {_count(len(scored.ignored), 'account')} not counted"
    )
    return PlanLine(part="engagement", key="engagement", text=text)


def _explain_privacy(brand: Brand) -> PlanLine:
    kept = brand.privacy
    text = {"none": "no message text is kept", "hash": "message text is kept as a hash", "full": "message text is kept"}
    names = {"opt_in": "names appear only with consent", "all": "members appear by name"}
    silent = {
        "none": "members who said nothing are not counted",
        "pseudonymous": "members who said nothing are pseudonyms",
    }
    often = {"first_message": "in its first message to each member", "every_message": "in every message"}
    said = (
        f"{text[kept.store_text]}; {names[kept.names]}; {silent[kept.consent]}; events are kept "
        f"{_duration(kept.keep_events)}, questions {_duration(kept.keep_questions)}; "
        f"it says that it is a bot {often[kept.introduce_as_bot]}"
    )
    return PlanLine(part="privacy", key="privacy", text=said)


def _explain_voice(brand: Brand) -> Iterator[PlanLine]:
    talks = [one.key for one in brand.communities.values() if one.character]
    if talks:
        text = f"that of {_join(talks)} guides a model only; without one, templates and quotes are used as written"
        yield PlanLine(part="brand", key="character", text=text)


def _moment(at: datetime, zone: ZoneInfo, now: datetime, *, relative: bool = True) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone)
    year = f" {local:%Y}" if local.year != today.year else ""
    said = f"{_DAYS[local.weekday()]} {local.day} {local:%b}{year} {local:%H:%M}"
    return f"{said} (in {_roughly(at - now)})" if relative else f"{said} {_zone_word(zone, at)}"


def _roughly(span: timedelta) -> str:
    """A span as a person would say it: minutes, hours, then days."""
    minutes = max(round(span.total_seconds() / 60), 0)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"  # noqa: PLR2004 - two days in hours


def _duration(span: timedelta) -> str:
    for unit, length in (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1))):
        if span >= length and span % length == timedelta(0):
            return f"{span // length} {unit}"
    return f"{span // timedelta(seconds=1)} s"


def _hours(quiet: QuietHours) -> str:
    return f"{quiet.start:%H:%M}\N{EN DASH}{quiet.end:%H:%M}"


def _zone_word(zone: ZoneInfo, at: datetime) -> str:
    """The zone's usual letters (WIB, GMT), or its city where it has only a number."""
    letters = at.astimezone(zone).tzname() or ""
    return letters if letters.isalpha() else f"{_city(zone)} time"


def _zone_name(zone: ZoneInfo) -> str:
    return "UTC" if zone.key == "UTC" else f"{_city(zone)} time"


def _city(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _join(words: Sequence[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - "and" stands between two
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
