"""Planted connectors: how many of the ten named first are some, beside ranking by message count."""

from __future__ import annotations

import argparse
from statistics import fmean

import numpy as np

from benchmarks.outcome import CannotRun, Outcome
from benchmarks.planted_community import Community, plant_community, tie_rows
from bot.engagement.connectors import Connector, rank_ties
from bot.engagement.tie_log import TieGatherer

#: How many of a list are looked at.
FIRST = 10
#: What the mean share of connectors among them must reach, and what message counts may reach at most.
_FOUND, _FOUND_BY_COUNT = 0.9, 0.3
_MIN_PEOPLE = 5
#: From here on a community is large, up to there it is small, where figures are given apart.
_SMALL, _LARGE = 600, 6_000
_PROTOCOL = (
    "Communities from the smallest to the largest size, evenly by ratio, each drawn once with a seed of its own by the",
    "model in planted_community; their ties go through the same code as an event log's, with the sample configuration.",
    "ours: the mean share of planted connectors among the ten ranked first. peer: the same, ranked by message count.",
    f"met is: ours at least {_FOUND}, peer at most {_FOUND_BY_COUNT}.",
    "Needles: only ten planted in the largest size; told, not judged.",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--communities", type=int, default=50, help="how many communities, each with its own seed")
    parser.add_argument("--smallest", type=int, default=200, help="members of the smallest")
    parser.add_argument("--largest", type=int, default=20_000, help="members of the largest")
    parser.add_argument("--needles", type=int, default=3, help="how many communities of the largest size have only ten")


def measure(options: argparse.Namespace) -> Outcome:
    """Draw the communities and rank them. Raises CannotRun for sizes that hold no ten connectors."""
    if options.smallest < 10 * FIRST or options.communities < 1:
        raise CannotRun(f"a community needs {10 * FIRST} members, and one community must be drawn")
    sizes = np.geomspace(options.smallest, options.largest, options.communities).round().astype(int).tolist()
    ours, counted = [], []
    for seed, size in enumerate(sizes):
        community = plant_community(size, seed=seed)
        ours.append(share_planted([who.member.id for who in find(community)], community))
        loudest = np.argsort(-community.messages, kind="stable")
        counted.append(share_planted([f"p{who}" for who in loudest[:FIRST]], community))
    details = {"least": min(ours)}
    for name, taken in (("small", lambda size: size < _SMALL), ("large", lambda size: size > _LARGE)):
        some = [share for size, share in zip(sizes, ours, strict=True) if taken(size)]
        if some:
            details[f"mean of the {len(some)} {name} ones"] = fmean(some)
    if options.needles:
        details["needles"] = fmean(_find_needles(options.largest, seed) for seed in range(options.needles))
    found, found_by_count = fmean(ours), fmean(counted)
    return Outcome(
        name="planted",
        sizes={"communities": len(sizes), "members": sum(sizes), "smallest": min(sizes), "largest": max(sizes)},
        ours=found,
        peer=found_by_count,
        target=_FOUND / _FOUND_BY_COUNT,
        met=found >= _FOUND and found_by_count <= _FOUND_BY_COUNT,
        protocol=_PROTOCOL,
        details=details,
    )


def find(community: Community) -> tuple[Connector, ...]:
    """Rank a community's connectors as the command does."""
    gathered = TieGatherer(uncounted=(), deleted=())
    gathered.add(tie_rows(community))
    return rank_ties(gathered.ties({}), min_people=_MIN_PEOPLE)


def share_planted(ranked: list[str], community: Community) -> float:
    """Return which share of the first ten is planted (precision@10)."""
    return sum(int(who[1:]) in community.planted for who in ranked[:FIRST]) / FIRST


def _find_needles(size: int, seed: int) -> float:
    community = plant_community(size, seed=seed, planted=FIRST)
    return share_planted([who.member.id for who in find(community)], community)
