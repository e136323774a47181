"""Who connects a community's circles, with how sure that is and why in words.

Three measures are taken on who turned to whom (`graph`), each of which typing more cannot move:

    betweenness      over ties that go both ways, times the share of people turned to who turned back
    effective size   of those who turned to the member
    participation    of those over the community's circles (`groups`)

Each is turned into the share of the listed members it outdoes, and the score is the mean of the three. The interval of
a rank comes from the same done on days drawn again with replacement (a bootstrap, Efron 1979). Everything here is a
plain function of plain data, to be run in a worker process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from bot.engagement.graph import (
    Floats,
    Ints,
    Strengths,
    Ties,
    betweenness,
    effective_size,
    gather_ties,
    participation,
)
from bot.engagement.groups import find_groups
from bot.engagement.logged import LoggedEvent
from bot.messages import PersonRef

#: How often the days are drawn again.
RESAMPLES = 30
#: The part of the resampled ranks the interval holds, as its two ends.
_INTERVAL = (0.05, 0.95)
#: A bridge has two banks: so many people, at least, turned to a connector and were turned to.
_LEAST_MUTUAL = 2
#: How many of a connector's partners make a group a circle worth naming.
_LEAST_OF_CIRCLE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Connector:
    """One line of the list of connectors."""

    #: Who.
    member: PersonRef
    #: From 1.
    rank: int
    #: The ranks between which nine of ten resamples put them.
    interval: tuple[int, int]
    #: 0 to 1: how much of the list they outdo, over the three measures.
    score: float
    #: Why, in English.
    reasons: tuple[str, ...]


def find_connectors(
    events: Iterable[LoggedEvent],
    *,
    window: timedelta,
    min_people: int,
    now: datetime,
    uncounted: frozenset[PersonRef] = frozenset(),
    names: Mapping[PersonRef, str] | None = None,
    seed: int = 0,
) -> tuple[Connector, ...]:
    """Return the connectors among `events` of the `window` before `now`, best first, ties by platform and id.

    Listed is whoever at least `min_people` turned to, two of whom were turned to as well. `uncounted` are bots, the
    brand's own people and those who may not be profiled. `names` are the names readers may see; circles are named by
    them in the reasons, and only counted where a name is missing. The same events and seed give the same list.
    """
    recent = [event for event in events if now - window < event.at <= now]
    ties = gather_ties(recent, uncounted=uncounted)
    if not ties.people:
        return ()
    sent = ties.strengths()
    groups = find_groups(sent.mutual(), seed=seed)
    listed = np.flatnonzero((sent.reversed().counts() >= min_people) & (sent.mutual().counts() >= _LEAST_MUTUAL))
    score = _score(sent, groups, listed)
    rank = _rank(score)
    low, high = _resample_ranks(ties, groups, listed, seed=seed)
    words = _Words(sent=sent, groups=groups, people=ties.people, names=names or {})
    found = [
        Connector(
            member=ties.people[member],
            rank=int(rank[place]),
            interval=(min(int(low[place]), int(rank[place])), max(int(high[place]), int(rank[place]))),
            score=float(score[place]),
            reasons=words.reasons_of(int(member)),
        )
        for place, member in enumerate(listed)
    ]
    return tuple(sorted(found, key=lambda connector: connector.rank))


def _score(sent: Strengths, groups: Ints, listed: Ints) -> Floats:
    """Return the mean share of the `listed` outdone, in their order."""
    received, mutual = sent.reversed(), sent.mutual()
    answered = mutual.counts() / np.maximum(sent.counts(), 1)
    measures = (
        betweenness(mutual) * answered,
        effective_size(received, sent.either()),
        participation(received, groups),
    )
    shares = [_share_outdone(measure[listed]) for measure in measures]
    return np.asarray(np.mean(shares, axis=0), dtype=np.float64)


def _share_outdone(values: Floats) -> Floats:
    """Return for each value the share of the others below it, equals counting half."""
    rounded = np.round(values, 9)
    rising = np.sort(rounded)
    below = np.searchsorted(rising, rounded, side="left")
    up_to = np.searchsorted(rising, rounded, side="right") - 1
    return (below + up_to) / 2 / max(len(values) - 1, 1)


def _rank(score: Floats) -> Ints:
    """Return ranks from 1, best first, equals by their place."""
    order = np.lexsort((np.arange(len(score)), -np.round(score, 9)))
    rank = np.empty(len(score), dtype=np.int64)
    rank[order] = np.arange(1, len(score) + 1)
    return rank


def _resample_ranks(ties: Ties, groups: Ints, listed: Ints, *, seed: int) -> tuple[Ints, Ints]:
    """Return the low and high end of each listed member's rank over days drawn again with replacement."""
    random = np.random.default_rng(seed)
    days = ties.days()
    row_day = np.searchsorted(days, ties.day)
    ranks = []
    for _ in range(RESAMPLES):
        times = np.bincount(random.integers(0, len(days), len(days)), minlength=len(days))
        sent = ties.strengths(times[row_day].astype(np.float64))
        ranks.append(_rank(_score(sent, groups, listed)))
    low, high = np.quantile(np.array(ranks), _INTERVAL, axis=0, method="nearest")
    return low.astype(np.int64), high.astype(np.int64)


class _Words:
    """Says why somebody is a connector."""

    def __init__(
        self, *, sent: Strengths, groups: Ints, people: tuple[PersonRef, ...], names: Mapping[PersonRef, str]
    ) -> None:
        self._received = _rows(sent.reversed())
        self._known = _rows(sent.either())
        self._mutual = _rows(sent.mutual())
        self._sent = _rows(sent)
        self._groups = groups.tolist()
        self._people = people
        self._names = names

    def reasons_of(self, member: int) -> tuple[str, ...]:
        """Return the circles linked, the partners who know nobody else here, and how well they are answered."""
        partners = self._received[member]
        said = []
        if circles := self._circles_of(member):
            said.append(circles)
        alone = sum(not (self._known[partner] & partners) for partner in partners)
        whom = "knows" if alone == 1 else "know"
        if alone:
            said.append(f"{alone} of their {len(partners)} partners {whom} nobody else among them")
        turned_to = self._sent[member]
        said.append(f"{len(self._mutual[member])} of the {len(turned_to)} people they turn to turn to them as well")
        return tuple(said)

    def _circles_of(self, member: int) -> str:
        sizes = Counter(self._groups[partner] for partner in self._received[member])
        circles = [
            group for group, size in sorted(sizes.items(), key=lambda g: (-g[1], g[0])) if size >= _LEAST_OF_CIRCLE
        ]
        if len(circles) < 2:  # noqa: PLR2004 - linking takes two
            return ""
        named = [name for group in circles[:3] if (name := self._name_circle(group, member))]
        if len(named) < min(len(circles), 3):
            return f"links {len(circles)} circles"
        more = f" and {len(circles) - 3} more" if len(circles) > len(named) else ""
        joined = f"{', '.join(named[:-1])} and {named[-1]}" if not more else ", ".join(named)
        return f"links the circles around {joined}{more}"

    def _name_circle(self, group: int, member: int) -> str | None:
        """Return the name of whoever of the group is tied to most people in it, the connector aside."""
        inside = [person for person, of in enumerate(self._groups) if of == group and person != member]
        own = frozenset(inside)
        centre = max(inside, key=lambda person: (len(self._mutual[person] & own), -person))
        return self._names.get(self._people[centre])


def _rows(ties: Strengths) -> list[frozenset[int]]:
    """Return to whom each person's ties go."""
    rows: list[set[int]] = [set() for _ in range(ties.size)]
    for key in ties.keys.tolist():
        rows[key // ties.size].add(key % ties.size)
    return [frozenset(row) for row in rows]
