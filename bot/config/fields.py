"""The kinds of value the file's models are made of: each reads what a marketer writes and says why it can't.

What a value refers to is looked up in `Known`, handed to pydantic as the validation context, so that a wrong reference
is an error like any other, at its own place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from bot.brand import Backlog, Cap, QuietHours
from bot.config import schedule
from bot.config.suggest import did_you_mean, nearest
from bot.config.templates import DIGEST_VARIABLES, POST_VARIABLES, UTM_VARIABLES, TemplateRefused, try_template

#: The languages the bot has texts of its own in.
LANGUAGES = ("id", "en")


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the file names, for references to be held against. None where that part could not be read."""

    sources: frozenset[str] | None
    #: Those of them that are feeds, the only ones whose items can be shared.
    feeds: frozenset[str]
    communities: frozenset[str] | None
    people: frozenset[str] | None
    #: Platform names.
    platforms: frozenset[str]
    #: The brand's languages, if it gives them.
    languages: frozenset[str] | None


def _refer(noun: str) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        plural = {"community": "communities", "person": "people"}.get(noun, f"{noun}s")
        known: frozenset[str] | None = getattr(info.context, plural, None)
        if known is None or value in known:
            return value
        guess = did_you_mean(value, sorted(known))
        raise ValueError(f'no {noun} "{value}"; {guess or f"add it under {plural}:"}')

    return check


def _check_shareable(value: str, info: ValidationInfo) -> str:
    known: Known | None = info.context
    if known is None or known.sources is None or value not in known.sources or value in known.feeds:
        return value
    raise ValueError(f'"{value}" is no feed, and a campaign shares what a feed brings; answers use the others')


def _as_list(value: object) -> object:
    return [value] if isinstance(value, (str, int, float)) else value


def check_key(value: str) -> str:
    """A key that history hangs on: letters, digits, - and _, and no word that means something else."""
    if not re.fullmatch(r"\w[\w-]{0,63}", value):
        raise ValueError(f'"{value}" can\'t be a key; use letters, digits, - and _, at most 64')
    if value in ("all", "default"):
        raise ValueError(f'"{value}" can\'t be a key, it has a meaning of its own; choose another word')
    return value


def _check_language(value: str, info: ValidationInfo) -> str:
    if value not in LANGUAGES:
        raise ValueError(f'"{value}" is not a language the bot speaks yet; use id (Indonesian) or en (English)')
    allowed: frozenset[str] | None = getattr(info.context, "languages", None)
    if allowed is not None and value not in allowed:
        raise ValueError(f'"{value}" is not among brand.languages; add it there')
    return value


def _check_http(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", value, re.IGNORECASE):
        raise ValueError(f'"{value}" is no web address; it begins with https:// (or http://)')
    return value


def _check_pattern(value: str) -> str:
    import re2  # noqa: PLC0415 - only a filter needs it

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(value, options=options)
    except re2.error as error:
        said = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise ValueError(
            f"this pattern can't be used ({said}); patterns are RE2: no look-around, no back-references"
        ) from error
    return value


def _check_template(variables: Mapping[str, object] | None = None) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            try_template(value) if variables is None else try_template(value, variables)
        except TemplateRefused as refused:
            raise PydanticCustomError("template", "{said}", {"said": str(refused), "line": refused.line}) from refused
        return value

    return check


def _check_template_key(value: str, info: ValidationInfo) -> str:
    known: Known | None = info.context
    if known is None or known.communities is None:
        return value
    allowed = {"default", *LANGUAGES, *known.platforms, *known.communities}
    if value not in allowed:
        guess = did_you_mean(value, sorted(allowed))
        raise ValueError(f'"{value}" is no community, platform or language; {guess or "the others read default"}')
    return value


def _check_when(value: object) -> object:
    schedule.parse_when(value)
    return value


def _check_confidence(value: object) -> object:
    levels = ("careful", "balanced", "eager")
    if value in levels:
        return value
    try:
        number = float(value)  # type: ignore[arg-type]  # anything else raises TypeError, caught below
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1 or isinstance(value, bool):
        guess = did_you_mean(str(value), levels)
        raise ValueError(
            f'"{value}" is no confidence; {guess or "write careful, balanced, eager or a number from 0 to 1"}'
        )
    return number


def _refuse_unbuilt(_value: object) -> None:
    raise PydanticCustomError("not_built", "not built yet")


def is_built(field: FieldInfo) -> bool:
    """Whether a model's field is more than `NotBuilt`."""
    return not any(isinstance(one, PlainValidator) and one.func is _refuse_unbuilt for one in field.metadata)


def refuse_later(value: str) -> str:
    """Refuse a word whose feature is still to come."""
    raise ValueError(f"{value} is not built yet; remove it")


def one_of(built: Sequence[object], later: Sequence[object]) -> tuple[PlainValidator, WithJsonSchema]:
    """A word of `built`; one of `later` is said to be not built yet."""

    def check(value: object) -> object:
        if value in built:
            return value
        words = ", ".join(_show(word) for word in built)
        if value in later:
            raise ValueError(f"{_show(value)} is not built yet; use {words} or remove it")
        guess = nearest(str(value), [_show(word) for word in (*built, *later)])
        raise ValueError(
            f'"{_show(value)}" is not known here; ' + (f'did you mean "{guess}"?' if guess else f"use {words}")
        )

    return PlainValidator(check), WithJsonSchema({"enum": [*built, *later]})


def _show(word: object) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)


def _text(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


#: A key whose feature is not there yet: known, documented, refused.
NotBuilt: TypeAlias = Annotated[Any, PlainValidator(_refuse_unbuilt), WithJsonSchema({})]

_DURATION = r"^\s*(\d+\s*[A-Za-z]+\s*)+$"
Duration: TypeAlias = Annotated[timedelta, PlainValidator(schedule.parse_duration), _text(_DURATION, "15m", "3h", "7d")]
Wait: TypeAlias = Annotated[
    timedelta, PlainValidator(schedule.parse_wait), _text(rf"^none$|{_DURATION}", "5m", "3h", "none")
]
Quiet: TypeAlias = Annotated[
    QuietHours | None,
    PlainValidator(schedule.parse_quiet_hours),
    _text(r"^(none|.*[-\u2013].*)$", "21:00-07:00", "none"),
]
Posts: TypeAlias = Annotated[
    Cap | None, PlainValidator(schedule.parse_cap), _text(r"^(none|\d+ ?\S+ ?\S+)$", "2 per day", "5 per week", "none")
]
IfMissed: TypeAlias = Annotated[
    timedelta | None,
    PlainValidator(schedule.parse_if_missed),
    _text("^(skip|send_within .+)$", "skip", "send_within 3h"),
]
FirstRun: TypeAlias = Annotated[
    Backlog | None,
    PlainValidator(schedule.parse_backlog),
    _text("^(none|latest .+|since .+)$", "none", "latest 3", "since 2026-01-31"),
]
Zone: TypeAlias = Annotated[ZoneInfo, PlainValidator(schedule.parse_zone), WithJsonSchema({"type": "string"})]
Schedule: TypeAlias = Annotated[
    Any,
    PlainValidator(_check_when),
    WithJsonSchema(
        {
            "type": ["string", "object"],
            "properties": {"cron": {"type": "string", "description": "Minute, hour, day, month, weekday."}},
            "additionalProperties": False,
            "examples": [
                "weekdays 09:00",
                "senin,kamis 09:00",
                "every 6h",
                "as_published",
                "best_time weekdays",
                "2026-12-24 09:00",
            ],
        }
    ),
]
Share: TypeAlias = Annotated[float, PlainValidator(schedule.parse_share), _text(r"^\s*\d+(\.\d+)?\s*%$", "10%", "25%")]
Confidence: TypeAlias = Annotated[
    Literal["careful", "balanced", "eager"] | float,
    PlainValidator(_check_confidence),
    WithJsonSchema(
        {"anyOf": [{"enum": ["careful", "balanced", "eager"]}, {"type": "number", "minimum": 0, "maximum": 1}]}
    ),
]

_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
SourceKey: TypeAlias = Annotated[str, AfterValidator(_refer("source"))]
CommunityKey: TypeAlias = Annotated[str, AfterValidator(_refer("community"))]
PersonKey: TypeAlias = Annotated[str, AfterValidator(_refer("person"))]
FeedKey: TypeAlias = Annotated[SourceKey, AfterValidator(_check_shareable)]
FeedKeys: TypeAlias = Annotated[tuple[FeedKey, ...], BeforeValidator(_as_list), WithJsonSchema(_ONE_OR_MORE)]
SourceKeys: TypeAlias = Annotated[tuple[SourceKey, ...], BeforeValidator(_as_list), WithJsonSchema(_ONE_OR_MORE)]
CommunityKeys: TypeAlias = Annotated[tuple[CommunityKey, ...], BeforeValidator(_as_list), WithJsonSchema(_ONE_OR_MORE)]
PersonKeys: TypeAlias = Annotated[tuple[PersonKey, ...], BeforeValidator(_as_list), WithJsonSchema(_ONE_OR_MORE)]
Words: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_as_list), WithJsonSchema(_ONE_OR_MORE)]
Pattern: TypeAlias = Annotated[str, AfterValidator(_check_pattern)]
Patterns: TypeAlias = Annotated[tuple[Pattern, ...], BeforeValidator(_as_list), WithJsonSchema(_ONE_OR_MORE)]

Key: TypeAlias = Annotated[str, AfterValidator(check_key)]
Language: TypeAlias = Annotated[str, AfterValidator(_check_language), WithJsonSchema({"enum": list(LANGUAGES)})]
Languages: TypeAlias = Annotated[
    tuple[Language, ...], BeforeValidator(_as_list, json_schema_input_type=Language | tuple[Language, ...])
]
WebAddress: TypeAlias = Annotated[str, AfterValidator(_check_http)]
#: The text of a post or a digest: which of them it is only its campaign knows.
AnyText: TypeAlias = Annotated[str, AfterValidator(_check_template({**DIGEST_VARIABLES, **POST_VARIABLES}))]
UtmText: TypeAlias = Annotated[str, AfterValidator(_check_template(UTM_VARIABLES))]
TemplateKey: TypeAlias = Annotated[str, AfterValidator(_check_template_key)]
