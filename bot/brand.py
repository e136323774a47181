"""A brand as the core sees it: the configuration resolved into frozen data, every default filled in.

`bot.config` reads the marketer's YAML and makes these; pure decisions take them. No YAML, no pydantic, no I/O here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.messages import ChannelRef, PersonRef, Place


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """A span of local time of day without posts; it may run over midnight."""

    #: First quiet minute.
    start: time
    #: First minute that is not quiet any more.
    end: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap:
    """At most `count` posts per calendar day or week (from Monday) of the community."""

    count: int
    per: Literal["day", "week"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkBudget:
    """A community's account: helpful answers fill it, bad reception empties it, an empty one holds posts back."""

    #: What it holds before anything has happened.
    start: float = 3
    #: What an answer adds that somebody found helpful.
    per_helpful_answer: float = 0.5
    #: What a badly received post or answer takes; not above zero.
    per_bad_reception: float = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Community:
    """One community the brand is a guest in."""

    #: The YAML key: what history hangs on.
    key: str
    #: The platform's name.
    platform: str
    #: Where it lives there.
    place: Place
    #: What the bot speaks there first ("id", "en").
    language: str
    #: Its own time.
    timezone: ZoneInfo
    #: When nothing is posted; answers still work.
    quiet_hours: QuietHours | None
    #: How much may be posted, over all campaigns.
    max_posts: Cap | None
    #: For how long nobody must have written before a post breaks in; zero where that does not matter.
    lull: timedelta = timedelta(0)
    #: How long a post waits for a lull at most.
    lull_wait: timedelta = timedelta(hours=1)
    #: The least time between two posts.
    spacing: timedelta = timedelta(0)
    #: The account that posts there are let out on; None keeps none.
    link_budget: LinkBudget | None = None
    #: Whether editors see a post first: never, until one of its campaign was approved there, or always.
    approval: Literal["none", "first_time", "always"] = "none"
    #: Where drafts are shown to them; None for the dashboard and the command line alone.
    editors: ChannelRef | None = None
    #: How long they may take.
    approve_within: timedelta = timedelta(hours=24)
    #: How to talk there, in the marketer's words; "" for nothing special.
    character: str = ""
    #: The key it had before, if it was renamed.
    was: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedSource:
    """A blog's feed over http or https."""

    key: str
    url: str
    check_every: timedelta
    was: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqSource:
    """A file of questions and answers, YAML or JSON."""

    key: str
    path: Path
    was: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderSource:
    """A folder of documents."""

    key: str
    path: Path
    glob: str
    was: str | None = None


Source: TypeAlias = FeedSource | FaqSource | FolderSource


@dataclass(frozen=True, kw_only=True, slots=True)
class AtTimes:
    """Times of day on some weekdays, local."""

    #: 0 is Monday.
    weekdays: frozenset[int]
    times: tuple[time, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Every:
    """An interval anchored at midnight UTC."""

    interval: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """A five-field cron expression, Sunday being 0 or 7. Local when hour and minute are fixed, else UTC."""

    expression: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AsPublished:
    """As soon as an item is read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BestTime:
    """Once on each of some weekdays, when most people of the community write: in its own time."""

    #: 0 is Monday.
    weekdays: frozenset[int]
    #: From which time of day, and before which; None for any.
    between: tuple[time, time] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Once:
    """One moment, aware."""

    at: datetime


When: TypeAlias = AtTimes | Every | Cron | AsPublished | BestTime | Once


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """Which items a campaign may share that were there before it began."""

    #: The newest so many; None for no limit by count.
    latest: int | None = None
    #: Those published on or after this day; None for no limit by day.
    since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFilter:
    """Which items a campaign takes. Patterns are RE2, searched without regard to case; tags compare case-folded."""

    include_tags: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()
    include_title: tuple[str, ...] = ()
    exclude_title: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """How a post reads."""

    #: Jinja2 (sandboxed, strict): post.title, post.summary, post.author, post.tags, link, opening, brand, community,
    #: platform; for a digest `posts` (each with title, summary, author, tags, link) in place of post and link.
    text: str
    #: "text" writes it all out; "embed" adds a link card where the platform shows cards.
    style: Literal["text", "embed"] = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """Several posts told in one."""

    #: How far back from its slot a digest looks.
    period: timedelta
    #: The most posts it tells of: the newest.
    max_items: int
    #: With fewer there is no digest.
    skip_if_fewer_than: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One way of beginning a post, compared with the others."""

    #: How often it is chosen, in relation to the others.
    weight: int
    #: What takes the place of `{{ opening }}`; a template itself.
    opening: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """What is shared from where to whom, and when."""

    key: str
    #: Source keys.
    sources: tuple[str, ...]
    #: Community keys.
    communities: tuple[str, ...]
    when: When
    #: The zone of local times, unless `each_community_time`.
    timezone: ZoneInfo
    each_community_time: bool = False
    #: A deterministic delay of up to this much after the slot.
    jitter: timedelta = timedelta(0)
    #: How late a slot missed by downtime may still be served; None to skip it.
    if_missed: timedelta | None = timedelta(hours=3)
    #: None shares nothing old.
    backlog: Backlog | None = None
    #: None shares posts one by one.
    digest: Digest | None = None
    #: By name; empty for none.
    variants: Mapping[str, Variant] = field(default_factory=dict)
    #: What an edited post does to what was posted of it.
    on_edit: Literal["update", "ignore"] = "ignore"
    #: What a post that is deleted from the blog does to what was posted of it.
    on_delete: Literal["remove", "edit", "ignore"] = "ignore"
    filter: ItemFilter = ItemFilter()
    #: Query parameters added to every link; the values are templates. Empty for none.
    utm: Mapping[str, str]
    #: By community key, platform name, language, or "default": the first of these that is there wins.
    templates: Mapping[str, Template]
    #: Whether an item may go to a community where another campaign has shared it already.
    share_again: bool = False
    #: The share (0 to 1) of what it would post that is left out, to compare what it claims with silence.
    hold_out: float = 0
    #: Whether links of its posts lead through the service, where it has a public address, so that clicks are counted.
    clicks: bool = True
    enabled: bool = True
    was: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handoff:
    """Who is told when the bot does not know."""

    #: The key under `people`.
    to: str
    #: How long people may answer first.
    after: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinIn:
    """Whether and how questions put to nobody are answered."""

    #: How long people may answer first.
    wait: timedelta
    #: The most times a day and community.
    per_day: int
    #: Keys of the communities where it is done.
    communities: frozenset[str]


SpeakWhen: TypeAlias = Literal["mention", "reply_to_bot", "command"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A language model that words answers."""

    base_url: str
    #: As its service calls it.
    name: str
    #: Kept out of what is printed; "" where the service asks for none.
    key: str = field(repr=False)
    #: How long one answer may take.
    timeout: timedelta
    #: The most answers a day it words.
    per_day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """How members' questions are answered."""

    #: Source keys.
    sources: tuple[str, ...]
    speak_when: frozenset[SpeakWhen]
    #: A named level, or the least confidence (0 to 1) at which an answer is given.
    confidence: Literal["careful", "balanced", "eager"] | float
    cite_sources: bool
    handoff: Handoff | None
    #: Whether members can say below an answer if it helped, and ask for a person.
    feedback: bool = True
    #: Embedders by key; None for whatever is installed, () for words alone.
    embedders: tuple[str, ...] | None = None
    #: None when only those are answered who speak to the bot.
    join_in: JoinIn | None = None
    #: None when the material is quoted.
    model: Model | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Engagement:
    """How engagement is scored."""

    #: By kind of activity: message, reply_received, reaction_received, mention_received, join…
    points: Mapping[str, float]
    #: The most one member gains in a day of their community.
    daily_cap: float
    half_life: timedelta
    #: Least score by level name, rising.
    levels: Mapping[str, float]
    #: How far back connectors are looked for, and how many partners one must have.
    connectors_window: timedelta
    connectors_min_people: int
    #: The brand's own people and others who are not counted.
    ignored: frozenset[PersonRef]


MemberRight: TypeAlias = Literal["optout", "export", "forget"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Privacy:
    """What is kept about members."""

    introduce_as_bot: Literal["first_message", "every_message"]
    store_text: Literal["none", "hash", "full"]
    consent: Literal["none", "pseudonymous"]
    names: Literal["opt_in", "all"]
    keep_events: timedelta
    keep_questions: timedelta
    #: What members may do about it themselves.
    members_can: frozenset[MemberRight] = frozenset({"optout", "export", "forget"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """The pages for the brand's own people, and what machines ask of them (health, metrics)."""

    #: The address of this machine they are served on, and its port; 0 takes a free one.
    host: str
    port: int
    #: Where people reach them from elsewhere (http or https, without a slash at the end); None when they don't.
    public_url: str | None = None
    #: What opens them: the password itself or its argon2 hash; None where only this machine can reach them.
    password: str | None = field(default=None, repr=False)

    @property
    def local_url(self) -> str:
        """Where they are reached on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        everywhere = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  # named to be replaced
        return f"http://{everywhere.get(host, host)}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A platform account: its name and the adapter's own validated settings, opaque to the core."""

    platform: str
    settings: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """Everything one `config.yaml` says."""

    #: What history hangs on; made from the name where not given.
    id: str
    #: Whether the file gave the id itself.
    id_is_given: bool
    name: str
    bot_name: str
    never_say: tuple[str, ...]
    #: The first is the fallback.
    languages: tuple[str, ...]
    privacy_policy: str | None
    #: SQLAlchemy-free database URL: sqlite:///relative/or/absolute.db (made absolute), postgresql://…
    store_url: str
    #: The configuration file itself.
    path: Path
    accounts: Mapping[str, Account]
    #: By key under `people`, by platform.
    people: Mapping[str, tuple[PersonRef, ...]]
    communities: Mapping[str, Community]
    sources: Mapping[str, Source]
    campaigns: Mapping[str, Campaign]
    answers: Answers
    engagement: Engagement
    privacy: Privacy
    #: Whether feeds may be read from loopback and private addresses (a development switch, said loudly).
    allow_private_feeds: bool = False
    #: The dashboard; None where it is not served.
    web: Web | None = None
    #: What links that count clicks are signed with, made from the database's secret; None where none is open.
    link_key: bytes | None = field(default=None, repr=False)

    def community_at(self, channel: ChannelRef) -> Community | None:
        """The community an event in `channel` belongs to; the one with its own thread wins over the whole channel.

        What editors say among themselves belongs to none.
        """
        return None if self.is_editors_channel(channel) else find_community(channel, self.communities.values())

    def is_editors_channel(self, channel: ChannelRef) -> bool:
        """Whether drafts are shown to editors in `channel`."""
        place = (channel.platform, channel.space, channel.channel)
        return any(
            place == (c.editors.platform, c.editors.space, c.editors.channel)
            for c in self.communities.values()
            if c.editors is not None
        )


def find_community(channel: ChannelRef, among: Iterable[Community]) -> Community | None:
    """Find what `Brand.community_at` finds, among some of the communities."""
    found = [community for community in among if community.place.covers(channel)]
    return max(found, key=lambda community: community.place.own_thread, default=None)
