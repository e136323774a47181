"""The file's parts that say who and where: brand, store, defaults, communities, sources.

What lives on a platform (accounts, addresses) is the adapter's own model. `bot.config.schema` has the rest.
"""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bot.brand import Cap
from bot.config.fields import (
    Duration,
    Key,
    Language,
    Languages,
    Posts,
    Quiet,
    Wait,
    WebAddress,
    Words,
    Zone,
    refuse_later,
)
from bot.config.schedule import parse_quiet_hours, parse_zone

LATER = "Not built yet: "


class Part(BaseModel):
    """A mapping of the file. Unknown keys are errors; a number written for a text is that text.

    Built when first needed: of the models only the whole file's, with all its parts, ever is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, defer_build=True)


def _check_id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", value):
        raise ValueError(f'"{value}" can\'t be an id; use small letters, digits and -, at most 63')
    return value


def _check_store(value: str) -> str:
    if not re.fullmatch(r"sqlite:///.+|postgres(ql)?://.+", value):
        raise ValueError("this is no address of a database; write sqlite:///path or postgresql://user@host/name")
    return value


class BrandPart(Part):
    """Who speaks."""

    id: Annotated[str, AfterValidator(_check_id)] | None = Field(
        default=None,
        description="What history hangs on; never change it. Small letters, digits and -. Default: from the name.",
    )
    name: str = Field(min_length=1, max_length=100, description="The brand's name as members know it.")
    bot_name: str | None = Field(
        default=None, max_length=64, description="What the bot calls itself. Default: the name."
    )
    voice: str = Field(
        default="", description="How it speaks, for a model; without one, templates and quotes are used as they are."
    )
    never_say: Words = Field(default=(), description="Words that are never posted.")
    languages: Languages | None = Field(
        default=None, description="What the brand speaks; the first is the fallback: id, en."
    )
    privacy_policy: WebAddress | None = Field(
        default=None, description="The address of the privacy policy, shown by /privacy."
    )


class StorePart(Part):
    """Where history is kept."""

    url: Annotated[str, AfterValidator(_check_store)] = Field(
        default="sqlite:///data/konektor.db",
        description="sqlite:///path (relative to this file) or postgresql://…; a password belongs in ${DATABASE_URL}.",
    )


def read_bind(value: str) -> tuple[str, int]:
    """Return host and port of `127.0.0.1:8080` or `[::1]:8080`; raises ValueError."""
    match = re.fullmatch(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>\d{1,5})", value)
    if match is None or int(match["port"]) > 65535:  # noqa: PLR2004  # the largest there is
        raise ValueError(f'"{value}" is no address to listen on; write 127.0.0.1:8080')
    return match["six"] or match["host"], int(match["port"])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_bind(value: str) -> str:
    read_bind(value)
    return value


class WebPart(Part):
    """The dashboard."""

    bind: Annotated[str, AfterValidator(_check_bind)] = Field(
        default="127.0.0.1:8080", description="Address and port to listen on. Default: 127.0.0.1:8080."
    )
    public_url: WebAddress | None = Field(
        default=None, description="Where people reach it from elsewhere, such as https://konektor.example."
    )
    password: str | None = Field(
        default=None,
        min_length=8,
        description="What opens it, as ${VAR}: a password or its argon2 hash. Needed unless bind is 127.0.0.1.",
    )

    @field_validator("public_url", "password", mode="before")
    @classmethod
    def _read_unset(cls, value: object) -> object:
        return None if value == "" else value  # ${VAR:-} where VAR is not set

    @model_validator(mode="after")
    def _check_reach(self) -> WebPart:
        host, _ = read_bind(self.bind)
        if self.password is None and not is_loopback(host):
            raise ValueError(
                f"everybody who reaches {self.bind} could read and change everything; "
                'write password: "${WEB_PASSWORD:?choose one}", or bind: "127.0.0.1:8080"'
            )
        return self


class FeedsPart(Part):
    """How feeds are read."""

    allow_private_addresses: bool = Field(
        default=False, description="For development only: also read feeds from this machine and private networks."
    )


class LinkBudgetPart(Part):
    """A community's account with the bot, over the last 90 days."""

    start: float = Field(default=3, ge=0, le=1000, description="What it holds before anything happened. Default: 3.")
    per_helpful_answer: float = Field(
        default=0.5,
        ge=0,
        le=1000,
        description="What an answer adds that somebody liked or gave thanks for. Default: 0.5.",
    )
    per_bad_reception: float = Field(
        default=-1,
        ge=-1000,
        le=0,
        description="What a post or answer takes that was removed within a day, met with a stop, or disliked by more "
        "people than liked it. Default: -1.",
    )


def _none_as_null(value: object) -> object:
    return None if value == "none" else value


_LinkBudget: TypeAlias = Annotated[
    LinkBudgetPart | None,
    BeforeValidator(_none_as_null, json_schema_input_type=Literal["none"] | LinkBudgetPart),
]


class _Etiquette(Part):
    """What `defaults` and each community share."""

    timezone: Zone = Field(default=parse_zone("UTC"), description="IANA time zone, such as Asia/Jakarta.")
    quiet_hours: Quiet = Field(
        default=None, description='When no post is sent ("21:00-07:00"), or none; answers still work.'
    )
    max_posts: Posts = Field(
        default=None, description='The most posts over all campaigns: "2 per day", "5 per week", or none.'
    )
    lull: Wait = Field(
        default=timedelta(0),
        description="A post waits until nobody has written for this long, to break into no talk. Default: none.",
    )
    lull_wait: Wait = Field(
        default=timedelta(hours=1), description="How long a post waits for a lull at most. Default: 1h."
    )
    spacing: Wait = Field(
        default=timedelta(0), description="The least time between two posts, over all campaigns. Default: none."
    )
    link_budget: _LinkBudget = Field(
        default=None,
        description="An account that helpful answers fill and bad reception empties; an empty one holds posts back. "
        "none keeps no account.",
    )
    approval: Literal["none", "first_time", "always"] = Field(
        default="none",
        description="Whether an editor sees a post first: none, first_time (until one of the campaign is approved "
        "there), always. Default: none.",
    )


class DefaultsPart(_Etiquette):
    """What every community inherits."""

    quiet_hours: Quiet = Field(
        default=parse_quiet_hours("21:00-07:00"),
        description='When no post is sent, local time. Default: "21:00-07:00".',
    )
    max_posts: Posts = Field(
        default=Cap(count=2, per="day"), description='The most posts over all campaigns. Default: "2 per day".'
    )
    link_budget: _LinkBudget = Field(
        default_factory=LinkBudgetPart,
        description="An account that helpful answers fill and bad reception empties; an empty one holds posts back. "
        "Default: start 3, per_helpful_answer 0.5, per_bad_reception -1; none keeps no account.",
    )


class EditorsPart(Part):
    """Where and for how long drafts wait for the brand's own people."""

    channel: str = Field(
        min_length=1,
        description="The id of a channel on the same platform, as `communities` names one.",
    )
    expire_after: Wait = Field(default=timedelta(hours=24), description="How long they may take. Default: 24h.")


class CommunityPart(_Etiquette):
    """A community, without its address."""

    platform: str = Field(description="Which platform it is on.")
    language: Language | None = Field(default=None, description="What the bot speaks there first: id or en.")
    character: str = Field(
        default="", description="How to talk there, for a model; without one, templates are used as they are."
    )
    was: Key | None = Field(default=None, description="The key it had before, so that its history goes on.")
    editors: EditorsPart | None = Field(
        default=None, description="Where drafts are shown to editors; else on the dashboard and by konektor review."
    )


def _check_polite(value: timedelta) -> timedelta:
    if value < timedelta(minutes=1):
        raise ValueError("a feed is read at most once a minute; 15m is usual")
    return value


class _SourcePart(Part):
    was: Key | None = Field(default=None, description="The key it had before.")


class FeedPart(_SourcePart):
    """A blog's feed."""

    type: Literal["feed"] = Field(description="feed: RSS, Atom or JSON Feed over the web.")
    url: WebAddress = Field(description="The feed's address.")
    check_every: Annotated[Duration, AfterValidator(_check_polite)] = Field(
        default=timedelta(minutes=15), description="How often to look. Default: 15m."
    )


class FaqPart(_SourcePart):
    """A file of questions and answers."""

    type: Literal["faq"] = Field(description="faq: a file of questions and answers.")
    path: str = Field(min_length=1, description="The YAML or JSON file, relative to this one.")


class FolderPart(_SourcePart):
    """A folder of documents."""

    type: Literal["folder"] = Field(description="folder: documents the bot answers from.")
    path: str = Field(min_length=1, description="The folder, relative to this file.")
    glob: str = Field(default="**/*.md", min_length=1, description='Which files of it. Default: "**/*.md".')


class SubmissionsPart(_SourcePart):
    """Members' own stories."""

    model_config = ConfigDict(extra="allow")  # that it is not built is all there is to say

    type: Annotated[Literal["submissions"], AfterValidator(refuse_later)] = Field(
        description=LATER + "what members send in with /submit."
    )


SourcePart: TypeAlias = Annotated[FeedPart | FaqPart | FolderPart | SubmissionsPart, Field(discriminator="type")]
