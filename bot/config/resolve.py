"""From the file's models to `bot.brand.Brand`: every default filled in, every path made absolute. Pure.

By now all references hold; what can't be resolved was an error before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import brand as core
from bot.config.schedule import parse_when
from bot.config.schema import (
    DEFAULT_POINTS,
    AnswersPart,
    CampaignPart,
    ConfigFile,
    DigestPart,
    EngagementPart,
    PrivacyPart,
    TemplatePart,
)
from bot.config.schema_places import (
    CommunityPart,
    DefaultsPart,
    EditorsPart,
    FaqPart,
    FeedPart,
    FolderPart,
    LinkBudgetPart,
    WebPart,
    read_bind,
)
from bot.config.templates import DEFAULT_TEXT
from bot.messages import ChannelRef, PersonRef, Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Pieces:
    """Everything the file holds, validated."""

    file: ConfigFile
    accounts: Mapping[str, Any]
    people: Mapping[str, tuple[PersonRef, ...]]
    communities: Mapping[str, tuple[CommunityPart, Place]]
    #: The configuration file, absolute.
    path: Path


def resolve_brand(pieces: Pieces) -> core.Brand:
    """Build the brand."""
    file = pieces.file
    languages = file.brand.languages or tuple(
        dict.fromkeys(part.language for part, _ in pieces.communities.values() if part.language)
    )
    languages = languages or ("en",)
    folder = pieces.path.parent
    return core.Brand(
        id=file.brand.id or make_slug(file.brand.name),
        id_is_given=file.brand.id is not None,
        name=file.brand.name,
        bot_name=file.brand.bot_name or file.brand.name,
        never_say=file.brand.never_say,
        languages=languages,
        privacy_policy=file.brand.privacy_policy,
        store_url=_resolve_store(file.store.url, folder),
        path=pieces.path,
        accounts={name: core.Account(platform=name, settings=settings) for name, settings in pieces.accounts.items()},
        people=pieces.people,
        communities={
            key: _resolve_community(key, part, place, file.defaults, languages[0])
            for key, (part, place) in pieces.communities.items()
        },
        sources={key: _resolve_source(key, part, folder) for key, part in file.sources.items()},
        campaigns={key: _resolve_campaign(key, part, file.defaults.timezone) for key, part in file.campaigns.items()},
        answers=_resolve_answers(file.answers, tuple(file.sources), pieces.communities),
        engagement=_resolve_engagement(file.engagement, pieces.people),
        privacy=_resolve_privacy(file.privacy),
        allow_private_feeds=file.feeds.allow_private_addresses,
        web=_resolve_web(file.web),
    )


def make_slug(name: str) -> str:
    """An id made of a name: small ASCII letters, digits and -; "" when no letter can be kept."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-")


def _resolve_store(url: str, folder: Path) -> str:
    scheme, _, rest = url.partition(":///")
    if scheme == "sqlite":
        return url if rest == ":memory:" else f"sqlite:///{(folder / rest).resolve()}"
    return re.sub(r"^postgres://", "postgresql://", url)


def _resolve_web(part: WebPart | None) -> core.Web | None:
    if part is None:
        return None
    host, port = read_bind(part.bind)
    public_url = part.public_url.rstrip("/") if part.public_url else None
    return core.Web(host=host, port=port, public_url=public_url, password=part.password)


def _resolve_community(
    key: str, part: CommunityPart, place: Place, defaults: DefaultsPart, language: str
) -> core.Community:
    given = part.model_fields_set
    return core.Community(
        key=key,
        platform=part.platform,
        place=place,
        language=part.language or language,
        timezone=part.timezone if "timezone" in given else defaults.timezone,
        quiet_hours=part.quiet_hours if "quiet_hours" in given else defaults.quiet_hours,
        max_posts=part.max_posts if "max_posts" in given else defaults.max_posts,
        lull=part.lull if "lull" in given else defaults.lull,
        lull_wait=part.lull_wait if "lull_wait" in given else defaults.lull_wait,
        spacing=part.spacing if "spacing" in given else defaults.spacing,
        link_budget=_resolve_budget(part.link_budget if "link_budget" in given else defaults.link_budget),
        approval=part.approval if "approval" in given else defaults.approval,
        editors=_resolve_editors(part.editors, place),
        approve_within=part.editors.expire_after if part.editors else timedelta(hours=24),
        character=part.character,
        was=part.was,
    )


def _resolve_editors(part: EditorsPart | None, place: Place) -> ChannelRef | None:
    """Return the editors' channel: in the same space, or a space of its own where each has but one channel."""
    if part is None:
        return None
    posts = place.posts
    space = part.channel if posts.space == posts.channel else posts.space
    return ChannelRef(platform=posts.platform, space=space, channel=part.channel)


def _resolve_budget(part: LinkBudgetPart | None) -> core.LinkBudget | None:
    if part is None:
        return None
    return core.LinkBudget(
        start=part.start, per_helpful_answer=part.per_helpful_answer, per_bad_reception=part.per_bad_reception
    )


def _resolve_source(key: str, part: object, folder: Path) -> core.Source:
    match part:
        case FeedPart():
            return core.FeedSource(key=key, url=part.url, check_every=part.check_every, was=part.was)
        case FaqPart():
            return core.FaqSource(key=key, path=(folder / part.path).resolve(), was=part.was)
        case FolderPart():
            return core.FolderSource(key=key, path=(folder / part.path).resolve(), glob=part.glob, was=part.was)
        case _:
            raise TypeError(f"{type(part).__name__} is refused by its model")


def _resolve_campaign(key: str, part: CampaignPart, zone: ZoneInfo) -> core.Campaign:
    zone = part.timezone or zone
    return core.Campaign(
        key=key,
        sources=tuple(dict.fromkeys(part.from_)),
        communities=tuple(dict.fromkeys(part.to)),
        when=parse_when(part.when, zone=zone),
        timezone=zone,
        each_community_time=part.each_community_time,
        jitter=part.jitter,
        if_missed=part.if_missed,
        backlog=part.backlog,
        digest=_resolve_digest(part.digest),
        variants={name: core.Variant(weight=one.weight, opening=one.opening) for name, one in part.variants.items()},
        on_edit=part.on_edit,
        on_delete=part.on_delete,
        filter=core.ItemFilter(
            include_tags=part.filter.include_tags,
            exclude_tags=part.filter.exclude_tags,
            include_title=part.filter.include_title,
            exclude_title=part.filter.exclude_title,
        ),
        utm=part.utm.model_dump(exclude_none=True),
        templates=_resolve_templates(part.template),
        share_again=part.share_again,
        hold_out=part.hold_out,
        clicks=part.clicks,
        enabled=part.enabled,
        was=part.was,
    )


def _resolve_digest(part: DigestPart | None) -> core.Digest | None:
    if part is None:
        return None
    return core.Digest(period=part.period, max_items=part.max_items, skip_if_fewer_than=part.skip_if_fewer_than)


def _resolve_templates(parts: Mapping[str, TemplatePart]) -> Mapping[str, core.Template]:
    """A template that gives only a style has the text of `default`, and where that gives none, a plain one."""
    default = parts.get("default")
    text = (default and default.text) or DEFAULT_TEXT
    return {key: core.Template(text=part.text or text, style=part.style) for key, part in parts.items()}


def _resolve_answers(part: AnswersPart, all_sources: tuple[str, ...], all_communities: Collection[str]) -> core.Answers:
    handoff, joins = part.handoff, part.join_in
    return core.Answers(
        sources=part.from_ if part.from_ is not None else all_sources,
        speak_when=frozenset(part.speak_when),
        confidence=part.confidence,
        cite_sources=part.cite_sources,
        feedback=part.feedback,
        handoff=core.Handoff(to=handoff.to, after=handoff.after) if handoff else None,
        model=_resolve_model(part),
        join_in=core.JoinIn(
            wait=joins.wait,
            per_day=joins.per_day,
            communities=frozenset(all_communities if joins.in_ is None else joins.in_),
        )
        if joins
        else None,
        embedders={"auto": None, "none": ()}.get(part.embedder, (part.embedder,)),
    )


def _resolve_model(part: AnswersPart) -> core.Model | None:
    model = part.model
    if model.provider == "none" or model.base_url is None or model.model is None:
        return None
    return core.Model(
        base_url=model.base_url,
        name=model.model,
        key=model.key.get_secret_value() if model.key else "",
        timeout=model.timeout,
        per_day=part.budget.per_day,
    )


def _resolve_engagement(part: EngagementPart, people: Mapping[str, tuple[PersonRef, ...]]) -> core.Engagement:
    return core.Engagement(
        points={**DEFAULT_POINTS, **{str(kind): worth for kind, worth in part.points.items()}},
        daily_cap=part.daily_cap,
        half_life=part.half_life,
        levels=dict(sorted(part.levels.items(), key=lambda level: level[1])),
        connectors_window=part.connectors.window,
        connectors_min_people=part.connectors.min_people,
        ignored=frozenset(ref for key in part.ignore.members for ref in people[key]),
    )


def _resolve_privacy(part: PrivacyPart) -> core.Privacy:
    return core.Privacy(
        introduce_as_bot=part.introduce_as_bot,
        store_text=part.store_text,
        consent=part.consent,
        names=part.names,
        keep_events=part.keep.events,
        keep_questions=part.keep.questions,
        # stopping the count is everybody's right, whatever the file says
        members_can=frozenset({"optout", *part.members_can}),
    )
