"""What is different between two readings of a configuration, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from bot.brand import Brand

#: Parts that are told of entry by entry, and what one entry is called.
_KEYED = {
    "communities": "community",
    "sources": "source",
    "campaigns": "campaign",
    "people": "person",
    "accounts": "account",
}


def describe_changes(old: Brand, new: Brand) -> tuple[str, ...]:
    """Return a line for each community, source, campaign… that is new, gone or changed, and for each other part.

    Values are never shown: some are secrets. () when both say the same.
    """
    return tuple(_changes(old, new))


def _changes(old: Brand, new: Brand) -> Iterator[str]:
    for part in fields(Brand):
        before, now = getattr(old, part.name), getattr(new, part.name)
        if before == now:
            continue
        if part.name in _KEYED:
            yield from _keyed(_KEYED[part.name], before, now)
        else:
            yield f"{part.name} changed"


def _keyed(what: str, before: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    for key in sorted({*before, *now}):
        if key not in before:
            yield f"{what} {key} is new"
        elif key not in now:
            yield f"{what} {key} is gone"
        elif before[key] != now[key]:
            parts = _changed_fields(before[key], now[key])
            yield f"{what} {key} changed{': ' + ', '.join(parts) if parts else ''}"


def _changed_fields(before: object, now: object) -> tuple[str, ...]:
    """Return the names of the fields that differ; () where the two are not of one kind or have no fields."""
    names = getattr(before, "__dataclass_fields__", {}) if type(before) is type(now) else {}
    return tuple(name for name in names if getattr(before, name) != getattr(now, name))
