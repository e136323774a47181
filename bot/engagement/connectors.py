"""Who connects a community's circles, with how sure that is and why in words.

Three measures are taken on who turned to whom (`graph`), each of which typing more cannot move:

    participation P    of those who turned to the member, over the community's circles (`groups`)
    betweenness B      over ties that go both ways, times the share of people turned to who turned back
    effective size E   of those who turned to the member

    p     = P n² / (n² + 16), n being how many of those people are of other circles than the member's main one;
            the geometric mean of it over the circles seen from afar and from nearby
    score = (p + 0.4 (1 - p)) (2 + b + e) / 4, with b and e the shares of the listed whom B and E outdo

Circles lead: busy people score high on B and E without bridging anything, and in large communities neither alone
finds anybody by itself (benchmarks/planted.py). A handful of partners spread by chance makes a P as high as a bridge
does, and among thousands of members somebody always has such a handful; so P is believed as far as people stand
behind it. Circles are looked for twice, because no single look shows all: two small ones seem one from afar, and a
wide one seems two from nearby. The 0.4 keeps an order where there is one circle only, and keeps two more partners from
lifting anybody over half the list. Between circles a tie leads paths only where more people back it
(`graph.drop_unbacked`). The interval of a rank comes from the same done on days and on pairs of people drawn again with
replacement (a bootstrap, Efron 1979; over both at once, Owen 2007): it says how far the rank hangs on which days and
which partners there happened to be. Everything here is a plain function of plain data, to be run in a worker process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from bot.engagement.doubles import Doubles, effective_size
from bot.engagement.graph import (
    LEAST_OF_CIRCLE,
    Floats,
    Ints,
    Pattern,
    Strengths,
    Ties,
    View,
    betweenness,
    drop_unbacked,
    gather_ties,
    participation,
)
from bot.engagement.groups import find_groups
from bot.messages import PersonRef
from bot.ports.records import LoggedEvent

#: How often days and pairs are drawn again; less often where there is much to draw, since there a rank hardly moves.
RESAMPLES = 30
_LEAST_RESAMPLES = 8
_ROWS_DRAWN = 6_000_000
#: Up to so many rows circles and betweenness are found again in each draw, since in small communities they are unsure
#: too; in larger ones they are taken over, which costs a twentieth.
_ALL_DRAWN = 30_000
#: The part of the resampled ranks the interval holds, as its two ends.
_INTERVAL = (0.05, 0.95)
#: A bridge has two banks: whoever turned to fewer people than this takes part in nothing.
_LEAST_TURNED_TO = 2
#: How many of the circles are named.
_NAMED = 3
#: How many partners in other circles make half of what is believed of the spread over circles.
_HALF_BELIEVED = 4.0
#: From how far circles are looked at, as their fineness.
_LOOKS = (1.0, 2.0)
#: What is left of the score of somebody whose partners are all of one circle.
_ONE_CIRCLE = 0.4


@dataclass(frozen=True, kw_only=True, slots=True)
class Connector:
    """One line of the list of connectors."""

    #: Who.
    member: PersonRef
    #: From 1.
    rank: int
    #: The ranks between which nine of ten resamples put them.
    interval: tuple[int, int]
    #: 0 to 1, by the formula above; comparable within one list.
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

    Listed is whoever at least `min_people` turned to and who turned to two people or more. `uncounted` are bots, the
    brand's own people and those who may not be profiled. `names` are the names readers may see; circles are named by
    them in the reasons, and only counted where a name is missing. The same events and seed give the same list.
    """
    recent = [event for event in events if now - window < event.at <= now]
    return rank_ties(gather_ties(recent, uncounted=uncounted), min_people=min_people, names=names, seed=seed)


def rank_ties(
    ties: Ties, *, min_people: int, names: Mapping[PersonRef, str] | None = None, seed: int = 0
) -> tuple[Connector, ...]:
    """Return the connectors among `ties` that are read already; the rest is as `find_connectors` says."""
    if not ties.people:
        return ()
    graph = _Graph.of(ties, min_people)
    circles = graph.find_circles(graph.whole, seed=seed)
    between = graph.betweenness(graph.whole, circles)
    score = graph.score(graph.whole, circles, between=between)
    rank = _rank(score)
    low, high = _resample_ranks(ties, graph, rank, circles=circles, between=between, seed=seed)
    words = _Words(sent=graph.whole.sent, groups=circles[0], people=ties.people, names=names or {})
    found = [
        Connector(
            member=ties.people[member],
            rank=int(rank[place]),
            interval=(int(low[place]), int(high[place])),
            score=float(score[place]),
            reasons=words.reasons_of(int(member)),
        )
        for place, member in enumerate(graph.listed)
    ]
    return tuple(sorted(found, key=lambda connector: connector.rank))


def score_ties(ties: Ties, *, min_people: int, seed: int = 0) -> Mapping[PersonRef, float]:
    """Return the scores alone, of everybody who would be listed: without interval and reasons."""
    graph = _Graph.of(ties, min_people)
    score = graph.score(graph.whole, graph.find_circles(graph.whole, seed=seed))
    return {ties.people[member]: points for member, points in zip(graph.listed.tolist(), score.tolist(), strict=True)}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Graph:
    """What is worked out once, however often days and pairs are drawn again."""

    pattern: Pattern
    #: All days, each counted once.
    whole: View
    #: Who is looked at: enough people turned to them, and they to a few.
    listed: Ints
    doubles: Doubles

    @classmethod
    def of(cls, ties: Ties, min_people: int) -> _Graph:
        pattern = Pattern.of(ties)
        whole = pattern.view(np.ones(len(ties.day)))
        listed = np.flatnonzero((whole.received.counts() >= min_people) & (whole.sent.counts() >= _LEAST_TURNED_TO))
        return cls(pattern=pattern, whole=whole, listed=listed, doubles=Doubles.of(pattern, listed))

    def find_circles(self, view: View, *, seed: int) -> tuple[Ints, ...]:
        """Return everybody's groups as each look shows them."""
        return tuple(find_groups(view.sent, seed=seed, fineness=_LOOKS))

    def betweenness(self, view: View, circles: Sequence[Ints]) -> Floats:
        """Return everybody's betweenness over the ties that more than one person backs."""
        return betweenness(drop_unbacked(view.mutual, circles[0]))

    def score(self, view: View, circles: Sequence[Ints], *, between: Floats | None = None) -> Floats:
        """Return the scores of the listed, in their order; `between` is everybody's betweenness, if it is known."""
        answered = view.mutual.counts() / np.maximum(view.sent.counts(), 1)
        reached = self.betweenness(view, circles) if between is None else between
        paths = _share_outdone((reached * answered)[self.listed])
        size = _share_outdone(effective_size(self.pattern, self.doubles, view.days)[self.listed])
        spread = np.ones(len(self.listed))
        for groups in circles:
            evenness, beyond = (found[self.listed] for found in participation(view.received, groups))
            believed = beyond**2 / (beyond**2 + _HALF_BELIEVED**2)
            spread *= (evenness * believed) ** (1 / len(circles))
        return (spread + _ONE_CIRCLE * (1 - spread)) * (2 + paths + size) / 4


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
    return np.argsort(order) + 1


def _resample_ranks(
    ties: Ties, graph: _Graph, rank: Ints, *, circles: Sequence[Ints], between: Floats, seed: int
) -> tuple[Ints, Ints]:
    """Return the low and high end around each listed's `rank`, from days and pairs drawn again with replacement."""
    random = np.random.default_rng(seed)
    days = ties.days()
    row_day = np.searchsorted(days, ties.day)
    row_pair = graph.pattern.pairs()[graph.pattern.place]
    pairs = int(row_pair.max()) + 1
    ranks = []
    for turn in range(max(_LEAST_RESAMPLES, min(RESAMPLES, _ROWS_DRAWN // max(len(ties.day), 1)))):
        times = np.bincount(random.integers(0, len(days), len(days)), minlength=len(days))
        of_pair = np.bincount(random.integers(0, pairs, pairs), minlength=pairs)
        view = graph.pattern.view((times[row_day] * of_pair[row_pair]).astype(np.float64))
        if len(ties.day) <= _ALL_DRAWN:
            ranks.append(_rank(graph.score(view, graph.find_circles(view, seed=seed + turn))))
        else:
            ranks.append(_rank(graph.score(view, circles, between=between)))
    low, middle, high = np.quantile(np.array(ranks), (_INTERVAL[0], 0.5, _INTERVAL[1]), axis=0, method="nearest")
    # a draw holds fewer different days than there were, so its ranks lie a little aside: the interval holds where they
    # lie, and how far they spread around the rank
    aside = rank - middle
    ends = np.minimum(low, low + aside), np.maximum(high, high + aside)
    return np.clip(ends[0], 1, rank).astype(np.int64), np.clip(ends[1], rank, len(rank)).astype(np.int64)


class _Words:
    """Says why somebody is a connector."""

    def __init__(
        self, *, sent: Strengths, groups: Ints, people: tuple[PersonRef, ...], names: Mapping[PersonRef, str]
    ) -> None:
        self._received = _Rows(sent.reversed())
        self._known = _Rows(sent.either())
        self._mutual = _Rows(sent.mutual())
        self._sent = _Rows(sent)
        self._groups: list[int] = groups.tolist()
        self._centres = _find_centres(self._mutual, self._groups)
        self._people = people
        self._names = names

    def reasons_of(self, member: int) -> tuple[str, ...]:
        """Return the circles linked, how many partners know only one of them, and how often words come back."""
        partners = self._received[member]
        sizes = Counter(self._groups[partner] for partner in partners)
        circles = [
            group for group, size in sorted(sizes.items(), key=lambda g: (-g[1], g[0])) if size >= LEAST_OF_CIRCLE
        ]
        said = []
        if len(circles) >= LEAST_OF_CIRCLE:
            inside = [partner for partner in partners if self._groups[partner] in circles]
            apart = sum(not self._knows_beyond(partner, circles, member) for partner in inside)
            said.append(self._say_circles(circles, member))
            if apart:
                said.append(f"{apart} of their {len(partners)} partners know nobody else in the other circles")
        turned_to = self._sent[member]
        back = len(self._mutual[member])
        people = "person" if len(turned_to) == 1 else "people"
        said.append(f"{back} of the {len(turned_to)} {people} they turn to also turn to them")
        return tuple(said)

    def _knows_beyond(self, partner: int, circles: list[int], member: int) -> bool:
        """Whether a partner is tied to anybody in another of the `circles`, the member aside."""
        own = self._groups[partner]
        return any(
            self._groups[other] in circles and self._groups[other] != own
            for other in self._known[partner]
            if other != member
        )

    def _say_circles(self, circles: list[int], member: int) -> str:
        named = [name for group in circles[:_NAMED] if (name := self._name_circle(group, member))]
        if len(named) < min(len(circles), _NAMED):
            return f"links {len(circles)} circles"
        if len(circles) > len(named):
            return f"links the circles around {', '.join(named)} and {len(circles) - len(named)} more"
        return f"links the circles around {', '.join(named[:-1])} and {named[-1]}"

    def _name_circle(self, group: int, member: int) -> str | None:
        """Return the name of whoever of the group is tied to most people in it, the connector aside."""
        centre = next(person for person in self._centres[group] if person != member)
        return self._names.get(self._people[centre])


def _find_centres(mutual: _Rows, groups: list[int]) -> dict[int, list[int]]:
    """Return of each group the two people with most mutual ties inside it, first the one with more."""
    best: dict[int, list[tuple[int, int]]] = {}
    for person, group in enumerate(groups):
        inside = sum(groups[other] == group for other in mutual[person])
        best[group] = sorted([*best.get(group, []), (-inside, person)])[:2]
    return {group: [person for _, person in two] for group, two in best.items()}


class _Rows:
    """To whom each person's ties go; made ready only for those who are asked about."""

    def __init__(self, ties: Strengths) -> None:
        self._targets: list[int] = (ties.keys % max(ties.size, 1)).tolist()
        self._starts: list[int] = np.searchsorted(
            ties.keys // max(ties.size, 1), np.arange(ties.size + 1)
        ).tolist()  # fmt: skip

    def __getitem__(self, person: int) -> list[int]:
        return self._targets[self._starts[person] : self._starts[person + 1]]
