"""What is valid but perhaps not meant. Pure: a resolved brand and the models of its file to doubts with their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import chain, pairwise

from bot.brand import AtTimes, Brand, Campaign, Community, Cron, ItemFilter, QuietHours, Template
from bot.campaigns.slots import each_slot, is_local, slots
from bot.config.schema import ConfigFile
from bot.config.templates import TemplateRefused, try_template
from bot.ports.platform import Character, PlatformKind, PlatformLimits

#: A span with both clock changes of either half of the world, to try schedules on.
_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """One thing that is valid but perhaps not meant."""

    #: The keys that lead to it.
    loc: tuple[str, ...]
    message: str
    hint: str = ""
    #: Whether the last key is pointed at; else its value.
    at_key: bool = True


def find_doubts(brand: Brand, file: ConfigFile, kinds: Mapping[str, PlatformKind]) -> Iterator[Doubt]:
    """Find all of them, in no order."""
    yield from _doubt_settings(brand, file)
    yield from _doubt_sources(brand)
    yield from _doubt_overlaps(brand)
    yield from _doubt_accounts(brand, kinds)
    for community in brand.communities.values():
        yield from _doubt_manners(community)
        yield from _doubt_editors(brand, community)
        yield from _doubt_welcome(community, kinds[community.platform].character)
    for campaign in brand.campaigns.values():
        loc = ("campaigns", campaign.key)
        if not campaign.enabled:
            yield Doubt(loc=(*loc, "enabled"), message=f"{campaign.key} rests", hint="enabled: true wakes it")
            continue
        yield from _doubt_digest(campaign)
        for key in campaign.communities:
            community = brand.communities[key]
            yield from _doubt_hours(campaign, community)
            yield from _doubt_cap(campaign, community)
            yield from _doubt_tracking(campaign, community, kinds[community.platform].character)
            yield from _doubt_length(campaign, community, kinds[community.platform].limits)


def _doubt_accounts(brand: Brand, kinds: Mapping[str, PlatformKind]) -> Iterator[Doubt]:
    for name, account in brand.accounts.items():
        for doubt in kinds[name].doubt_account(account.settings):
            yield Doubt(loc=("platforms", name, *doubt.keys), message=doubt.text, hint=doubt.advice, at_key=False)
        if brand.web is None and kinds[name].needs_web(account.settings):
            message = f"{name} is to call this service, which has no web address: it will not start"
            yield Doubt(loc=("platforms", name), message=message, hint='add web: {bind: "127.0.0.1:8080"}')


def _doubt_settings(brand: Brand, file: ConfigFile) -> Iterator[Doubt]:
    if brand.allow_private_feeds:
        yield Doubt(
            loc=("feeds", "allow_private_addresses"),
            message="FEEDS MAY BE READ FROM THIS MACHINE AND PRIVATE NETWORKS",
            hint="remove this line wherever anybody else can choose a feed's address",
        )
    if not brand.campaigns:
        yield Doubt(loc=(), message="no campaign: nothing is shared", hint="add one under campaigns:", at_key=False)
    for (lower, least), (upper, most) in pairwise(file.engagement.levels.items()):
        if most <= least:
            message = f'level "{upper}" ({most:g}) is not above "{lower}" ({least:g})'
            yield Doubt(loc=("engagement", "levels", upper), message=message, hint="write levels in rising order")
    if brand.privacy.names == "all":
        yield Doubt(
            loc=("privacy", "names"),
            message="members appear in reports by name without having agreed",
            hint="platforms' terms and privacy law ask for consent; names: opt_in asks for it",
        )
    for platform in sorted(set(brand.accounts) - {one.platform for one in brand.communities.values()}):
        yield Doubt(loc=("platforms", platform), message=f"no community is on {platform}", hint="add one, or remove it")
    handoff = brand.answers.handoff
    if handoff:
        reached = {ref.platform for ref in brand.people[handoff.to]}
        for community in brand.communities.values():
            if community.platform not in reached:
                yield Doubt(
                    loc=("answers", "handoff", "to"),
                    message=f"{handoff.to} has no id on {community.platform}, so can't be called in {community.key}",
                    hint=f"add it under people: {handoff.to}",
                    at_key=False,
                )


def _doubt_editors(brand: Brand, community: Community) -> Iterator[Doubt]:
    loc = ("communities", community.key)
    reached = {ref.platform for accounts in brand.people.values() for ref in accounts}
    if community.editors is not None and community.approval == "none":
        message = f"{community.key} has editors, and no post waits for them"
        yield Doubt(loc=(*loc, "editors"), message=message, hint="write approval: first_time or approval: always")
    elif community.editors is not None and community.platform not in reached:
        message = f"nobody is named under people on {community.platform}, so nobody can approve in that channel"
        yield Doubt(loc=(*loc, "editors"), message=message, hint="add the editors under people, by their platform id")


def _doubt_manners(community: Community) -> Iterator[Doubt]:
    loc = ("communities", community.key)
    if community.lull and not community.lull_wait:
        message = f"posts in {community.key} never wait for a lull"
        yield Doubt(loc=loc, message=message, hint="lull_wait is none; write how long they wait at most, such as 1h")
    budget = community.link_budget
    if budget and not budget.start and not budget.per_helpful_answer:
        message = f"nothing is ever posted in {community.key}: its link budget starts empty and nothing fills it"
        yield Doubt(loc=loc, message=message, hint="raise start or per_helpful_answer, or write link_budget: none")
    cap = community.max_posts
    day = timedelta(days=7 if cap and cap.per == "week" else 1)
    if cap and cap.count > 1 and community.spacing * (cap.count - 1) > day:
        message = f"{community.key} can't have its {cap.count} posts per {cap.per} with that much time between them"
        yield Doubt(loc=loc, message=message, hint="make spacing shorter or max_posts smaller")


def _doubt_welcome(community: Community, character: Character | None) -> Iterator[Doubt]:
    """More posts than people on the platform take kindly."""
    cap = community.max_posts
    if character is None or (cap and cap.count <= character.posts_a_day * (7 if cap.per == "week" else 1)):
        return
    often = f"{cap.count} posts per {cap.per}" if cap else "any number of posts a day"
    yield Doubt(
        loc=("communities", community.key),
        message=f"{community.key} may get {often}, and people on {community.platform} put up with few",
        hint=f"max_posts: {character.posts_a_day} per day; docs/{community.platform}.md says what they resent",
    )


def _doubt_tracking(campaign: Campaign, community: Community, character: Character | None) -> Iterator[Doubt]:
    if campaign.utm and character is not None and character.resents_tracking:
        yield Doubt(
            loc=("campaigns", campaign.key, "utm"),
            message=f"its links tell where a reader comes from, which people on {community.platform} resent",
            hint=f"a campaign of its own without utm for {community.key}; docs/{community.platform}.md says why",
        )


def _doubt_digest(campaign: Campaign) -> Iterator[Doubt]:
    digest = campaign.digest
    if digest is None:
        return
    loc = ("campaigns", campaign.key, "digest")
    coming = slots(campaign.when, zone=campaign.timezone, after=_FROM, until=_UNTIL)
    longest = max((later.at - earlier.at for earlier, later in pairwise(coming)), default=digest.period)
    if longest - timedelta(hours=2) > digest.period:
        message = "the time between two digests is longer than their period: what is older is told of in none"
        yield Doubt(loc=loc, message=message, hint="make period as long as the time between two slots")


def _doubt_sources(brand: Brand) -> Iterator[Doubt]:
    used = set(brand.answers.sources)
    for campaign in brand.campaigns.values():
        used.update(campaign.sources)
    for key in brand.sources:
        if key not in used:
            hint = "name it in a campaign's or answers' from:, or remove it"
            yield Doubt(loc=("sources", key), message=f"{key} is used by nothing", hint=hint)


def _doubt_overlaps(brand: Brand) -> Iterator[Doubt]:
    """Pairs of campaigns of which the later gets only what the earlier leaves; one doubt for each later one."""
    awake = [campaign for campaign in brand.campaigns.values() if campaign.enabled]
    for number, later in enumerate(awake):
        if later.share_again:
            continue
        for earlier in awake[:number]:
            sources = [key for key in later.sources if key in earlier.sources]
            communities = [key for key in later.communities if key in earlier.communities]
            if sources and communities and not _are_apart(earlier.filter, later.filter):
                message = f'"{earlier.key}" shares {sources[0]} in {communities[0]} too'
                hint = "an item goes to whichever is first; set them apart by filter, or write share_again: true"
                yield Doubt(loc=("campaigns", later.key, "to"), message=message, hint=hint)
                break


def _are_apart(one: ItemFilter, other: ItemFilter) -> bool:
    """Whether tags or titles of two filters are chosen so that they are meant for different items."""
    return any(
        wanted
        and (
            (others_wanted and not _folded(wanted) & _folded(others_wanted))
            or (others_excluded and _folded(wanted) <= _folded(others_excluded))
        )
        for wanted, others_wanted, others_excluded in (
            (one.include_tags, other.include_tags, other.exclude_tags),
            (other.include_tags, one.include_tags, one.exclude_tags),
            (one.include_title, other.include_title, other.exclude_title),
            (other.include_title, one.include_title, one.exclude_title),
        )
    )


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def is_quiet(quiet: QuietHours | None, moment: time) -> bool:
    """Whether a local time of day lies in quiet hours."""
    if quiet is None:
        return False
    if quiet.start <= quiet.end:
        return quiet.start <= moment < quiet.end
    return moment >= quiet.start or moment < quiet.end


def _doubt_hours(campaign: Campaign, community: Community) -> Iterator[Doubt]:
    """A campaign whose every slot of a year is quiet."""
    if not isinstance(campaign.when, (AtTimes, Cron)) or community.quiet_hours is None:
        return
    if isinstance(campaign.when, Cron) and not is_local(campaign.when):
        return  # it comes every few minutes or hours: some of them are never quiet
    zone = community.timezone if campaign.each_community_time else campaign.timezone
    quiet = community.quiet_hours
    moments = (
        slot.at.astimezone(community.timezone)
        for slot in each_slot(campaign.when, zone=zone, after=_FROM, until=_UNTIL)
    )
    first = next(moments, None)
    if first and all(is_quiet(quiet, moment.time()) for moment in chain([first], moments)):
        yield Doubt(
            loc=("campaigns", campaign.key, "when"),
            message=f"this is always in the quiet hours of {community.key} ({first:%H:%M} there)",
            hint=f"its posts wait until {quiet.end:%H:%M}; each_community_time: true takes that community's own time",
            at_key=False,
        )


def _doubt_cap(campaign: Campaign, community: Community) -> Iterator[Doubt]:
    cap = community.max_posts
    if cap is None:
        return
    loc = ("campaigns", campaign.key, "to")
    if cap.count == 0:
        yield Doubt(loc=loc, message=f"nothing is ever posted in {community.key}", hint="its max_posts is 0")
        return
    if not isinstance(campaign.when, AtTimes):
        return
    wanted = len(campaign.when.times) * (len(campaign.when.weekdays) if cap.per == "week" else 1)
    if wanted > cap.count:
        yield Doubt(
            loc=("campaigns", campaign.key, "when"),
            message=f"this asks for {wanted} posts per {cap.per}, and {community.key} allows {cap.count}",
            hint="the rest waits for the next; raise max_posts, or come less often",
            at_key=False,
        )


def _choose_template(templates: Mapping[str, Template], community: Community) -> str | None:
    """The key of the template for a community: its own, its platform's, its language's, or the default."""
    names = (community.key, community.platform, community.language, "default")
    return next((name for name in names if name in templates), None)


def _doubt_length(campaign: Campaign, community: Community, limits: PlatformLimits) -> Iterator[Doubt]:
    name = _choose_template(campaign.templates, community)
    if name is None:
        return  # the bot's own words, which are short
    try:
        text = try_template(campaign.templates[name].text)
    except TemplateRefused:
        return  # told as an error before
    length = len(text.encode("utf-16-le")) // 2 if limits.unit == "utf16" else len(text)
    if length > limits.text_length:
        yield Doubt(
            loc=("campaigns", campaign.key, "template", name),
            message=f"an ordinary post is {length} long here, and {community.platform} takes {limits.text_length}",
            hint="shorten it: {{ post.summary | truncate(180) }}",
        )
