"""Which deaths the service dies in which night."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.faults.dooms import POINTS

#: Platform and database of each night.
NIGHTS = tuple((platform, database) for platform in ("telegram", "discord") for database in ("sqlite", "postgresql"))
#: What comes on one platform, or over one database, only: doubt is settled by the platform's kind, and on PostgreSQL
#: nobody can know that no other process is at work.
_ONLY = {"give up": ("telegram",), "put off": ("discord",), "take over": ("sqlite",)}
#: What comes after a death in the middle of a send: at once over SQLite, once a lease has run out over PostgreSQL.
_LEFT_BEHIND = ("recover", "give up", "put off")
#: What is sure to come soon over SQLite alone: over PostgreSQL it waits for the leases of those that died before.
_SOON = (*_LEFT_BEHIND, "correct", "edit")


def find_points(platform: str, database: str) -> tuple[str, ...]:
    """Return the moments of `POINTS` that come in such a night."""
    return tuple(point for point in POINTS if {platform, database}.intersection(_ONLY.get(_what(point), (platform,))))


def deal_points() -> dict[tuple[str, str], tuple[str, ...]]:
    """Deal every moment to one night in which it is sure to come; nights by platform and database."""
    dealt: dict[tuple[str, str], tuple[str, ...]] = dict.fromkeys(NIGHTS, ())
    for point in POINTS:
        fit = [
            night
            for night in NIGHTS
            if point in find_points(*night) and ("sqlite" in night or _what(point) not in _SOON)
        ]
        night = min(fit, key=lambda each: len(dealt[each]))
        dealt[night] += (point,)
    return dealt


def draw_deaths(
    points: Sequence[str], *, others: int, chance: random.Random, named: int | None = None
) -> tuple[str | None, ...]:
    """Return deaths in a random order: `named` ones, round and round through `points`, and `others` at any moment.

    Without `named` each of the points comes once.
    """
    groups: list[tuple[str | None, ...]] = [(None,)] * others
    left = chance.sample(points, len(points))
    while left and (named is None or sum(map(len, groups)) < named + others):
        point = left.pop()
        groups.append(("before send", point) if _what(point) in _LEFT_BEHIND else (point,))
        if named is not None and not left:
            left = chance.sample(points, len(points))
    chance.shuffle(groups)
    return tuple(death for group in groups for death in group)


def _what(point: str) -> str:
    return point.partition(" ")[2]
