"""Who turned to whom, as arrays, and what is read from them about bridges. No ranking here: `connectors` does that.

A tie goes from whoever acted (answered, named, reacted) to whoever was meant, and is counted by distinct days, never by
messages. Its strength says how far it is trusted, days / (days + 1); it is never a length: every step of a path costs
the same, since strong ties, taken for short ones, hide the bridges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from bot.engagement.activity import keep_standing
from bot.messages import PersonRef
from bot.ports.records import LoggedEvent

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Betweenness is exact while members times ties stays below this; beyond, it looks at each member's own circle only.
EXACT_UP_TO = 2_000_000
#: How many of somebody's partners make a group a circle.
LEAST_OF_CIRCLE = 2
#: How many partners in another's group back a tie to it: one more than two who flatter a third can be.
BACKED_BY = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Ties:
    """Every (from, to, day) on which somebody turned to somebody, each once, sorted."""

    #: The people, sorted by platform and id; arrays speak of them by their place here.
    people: tuple[PersonRef, ...]
    #: Who acted, whom it was for, and on which day (days since 1970 in UTC), all of one length.
    source: Ints
    target: Ints
    day: Ints

    def days(self) -> Ints:
        """Return the distinct days, rising."""
        return sort_distinct(self.day)

    def strengths(self) -> Strengths:
        """Count the days of each tie."""
        return Pattern.of(self).view(np.ones(len(self.day))).sent


@dataclass(frozen=True, kw_only=True, eq=False)
class Pattern:
    """Which ties there are and how they lie to each other: worked out once, however often the days are counted."""

    size: int
    #: source * size + target of every tie, rising.
    keys: Ints
    #: For each row of the ties, the place of its tie in `keys`.
    place: Ints
    #: The order in which turned round ties rise.
    turned_order: Ints
    #: Where the way back of each tie is in `keys`; the tie's own place where there is none.
    back: Ints

    @classmethod
    def of(cls, ties: Ties) -> Pattern:
        """Read the pattern of `ties`."""
        size = len(ties.people)
        of_row = ties.source * size + ties.target
        first = np.ones(len(of_row), dtype=bool)
        first[1:] = of_row[1:] != of_row[:-1]
        keys = of_row[first]
        turned = keys % max(size, 1) * size + keys // max(size, 1)
        found = np.minimum(np.searchsorted(keys, turned), max(len(keys) - 1, 0))
        back = np.where(keys[found] == turned, found, np.arange(len(keys))) if len(keys) else found
        return cls(size=size, keys=keys, place=np.cumsum(first) - 1, turned_order=np.argsort(turned), back=back)

    def pairs(self) -> Ints:
        """Return the number of the pair of people each tie is of; both directions are of one pair."""
        first = np.minimum(np.arange(len(self.keys)), self.back)
        return np.cumsum(first == np.arange(len(self.keys)))[first] - 1

    def view(self, weight_of_row: Floats) -> View:
        """Return what the ties look like when each row counts as it weighs."""
        days = np.bincount(self.place, weights=weight_of_row, minlength=len(self.keys)).astype(np.float64)
        there = days > 0
        turned = self.turned_order[there[self.turned_order]]
        both = there & there[self.back] & (self.back != np.arange(len(self.keys)))
        return View(
            days=days,
            sent=Strengths(size=self.size, keys=self.keys[there], days=days[there]),
            received=Strengths(
                size=self.size,
                keys=self.keys[turned] % max(self.size, 1) * self.size + self.keys[turned] // max(self.size, 1),
                days=days[turned],
            ),
            mutual=Strengths(size=self.size, keys=self.keys[both], days=np.minimum(days, days[self.back])[both]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """The ties of a pattern with their days counted in one way."""

    #: Of every tie of the pattern, 0 where it is not there.
    days: Floats
    #: Who turned to whom, the same turned round, and what goes both ways with the days of the weaker side.
    sent: Strengths
    received: Strengths
    mutual: Strengths


@dataclass(frozen=True, kw_only=True, eq=False)
class Strengths:
    """On how many days each tie was used."""

    #: How many people there are.
    size: int
    #: source * size + target, rising.
    keys: Ints
    #: Days of each, above 0.
    days: Floats

    def reversed(self) -> Strengths:
        """Return the same with every tie turned round."""
        turned = self.keys % self.size * self.size + self.keys // self.size
        order = np.argsort(turned)
        return Strengths(size=self.size, keys=turned[order], days=self.days[order])

    def lookup(self, keys: Ints) -> Floats:
        """Return the days of each of `keys`; 0 where there is no such tie."""
        if not len(self.keys):
            return np.zeros(len(keys))
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, self.days[place], 0.0)

    def mutual(self) -> Strengths:
        """Return the ties that go both ways, in both directions, each with the days of its weaker side."""
        back = self.reversed().lookup(self.keys)
        both = back > 0
        return Strengths(size=self.size, keys=self.keys[both], days=np.minimum(self.days, back)[both])

    def either(self) -> Strengths:
        """Return every tie in both directions, each with the days of its stronger side."""
        turned = self.reversed()
        keys = sort_distinct(np.concatenate([self.keys, turned.keys]))
        return Strengths(size=self.size, keys=keys, days=np.maximum(self.lookup(keys), turned.lookup(keys)))

    def counts(self) -> Ints:
        """Return for each person to how many others their ties go."""
        return np.bincount(self.keys // self.size, minlength=self.size).astype(np.int64)


def gather_ties(events: Iterable[LoggedEvent], *, uncounted: frozenset[PersonRef] = frozenset()) -> Ties:
    """Read the ties from `events`, by the same rules of what still stands as scores."""
    met: dict[PersonRef, int] = {}
    rows: set[tuple[int, int, int]] = set()
    for event in keep_standing(events, uncounted=uncounted):
        if event.author is not None and event.toward:
            source = met.setdefault(event.author, len(met))
            day = int(event.at.timestamp()) // 86_400
            rows.update((source, met.setdefault(toward.person, len(met)), day) for toward in event.toward)
    people = sorted(met, key=lambda person: (person.platform, person.id))
    place = np.empty(len(met), dtype=np.int64)
    place[[met[person] for person in people]] = np.arange(len(met))
    table = np.array(list(rows), dtype=np.int64).reshape(-1, 3)
    source_of, target_of = place[table[:, 0]], place[table[:, 1]]
    order = np.lexsort((table[:, 2], target_of, source_of))
    return Ties(people=tuple(people), source=source_of[order], target=target_of[order], day=table[order, 2])


def sort_distinct(values: Ints) -> Ints:
    """Return each value once, rising; np.unique takes five times as long where most are there once."""
    rising = np.sort(values)
    new = np.ones(len(rising), dtype=bool)
    new[1:] = rising[1:] != rising[:-1]
    return rising[new]


def trust(days: Floats) -> Floats:
    """Return how far a tie of so many days is trusted: 1/2 after one, 9/10 after nine, never 1."""
    return days / (days + 1)


def betweenness(mutual: Strengths, *, exact_up_to: int = EXACT_UP_TO) -> Floats:
    """Return each person's betweenness over mutual ties (Freeman 1977), every step costing 1.

    It is the share of shortest paths between others that lead through a person, summed over all pairs. Above
    `exact_up_to` people times ties it is the same within each person's own circle (ego betweenness, Everett and
    Borgatti 2005), which keeps the order nearly unchanged and costs no more than the circles are wide.
    """
    once = mutual.keys // mutual.size < mutual.keys % mutual.size
    pairs = np.stack([mutual.keys[once] // mutual.size, mutual.keys[once] % mutual.size], axis=1)
    if mutual.size * len(pairs) > exact_up_to:
        return _ego_betweenness(mutual)
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(mutual.size))
    graph.add_edges_from_no_data([(int(a), int(b)) for a, b in pairs])
    one_thread = mutual.size + 1  # several would add in changing order, and ties would break differently each time
    found = rx.graph_betweenness_centrality(graph, normalized=False, parallel_threshold=one_thread)
    return np.array([found[index] for index in range(mutual.size)], dtype=np.float64)


def _ego_betweenness(mutual: Strengths) -> Floats:
    """Sum over each person's pairs of partners without a tie: 1 / (1 + how many of the other partners tie them too).

    Nearly all pairs have nothing in common and count 1, so only the others are looked at one by one.
    """
    size = mutual.size
    known = [frozenset(row.tolist()) for row in np.split(mutual.keys % size, np.cumsum(mutual.counts())[:-1])]
    found = np.zeros(size)
    for ego, circle in enumerate(known):
        inside = [known[partner] & circle for partner in circle]
        tied = sum(map(len, inside)) // 2
        ways = Counter(pair for partners in inside for pair in combinations(sorted(partners), 2))
        shared = sum(count / (1 + count) for (one, other), count in ways.items() if other not in known[one])
        found[ego] = len(circle) * (len(circle) - 1) / 2 - tied - shared
    return found


def drop_unbacked(mutual: Strengths, groups: Ints) -> Strengths:
    """Return the mutual ties without those between two groups that stand alone.

    Between groups a tie counts when one of its two knows at least `BACKED_BY` people of the other's group: so three
    accounts that talk to each other every day lead no path from circle to circle, however often they do.
    """
    size, width = max(mutual.size, 1), int(groups.max(initial=0)) + 1
    source, target = mutual.keys // size, mutual.keys % size
    _, cell, people = np.unique(source * width + groups[target], return_inverse=True, return_counts=True)
    knows = people[cell]
    # every mutual tie is there in both directions
    back = np.searchsorted(mutual.keys, target * size + source)
    kept = (groups[source] == groups[target]) | (np.maximum(knows, knows[back]) >= BACKED_BY)
    return Strengths(size=mutual.size, keys=mutual.keys[kept], days=mutual.days[kept])


def participation(received: Strengths, groups: Ints) -> tuple[Floats, Ints]:
    """Return how evenly those who turn to each person are spread over groups, and how many are not of the main one.

    The first is 1 - sum over groups s of (k(i,s) / k(i))², k being trust (Guimerà and Amaral 2005): 0 when all come
    from one group. Trust is never 1, so nobody who comes daily weighs more than two who came once. The second counts
    people, the main group being the one most of them are of. Groups of which a single person came are left out of
    both: one stray partner is no circle.
    """
    size = received.size
    width = int(groups.max(initial=0)) + 1
    cell_of = received.keys // size * width + groups[received.keys % size]
    cells, place, people = np.unique(cell_of, return_inverse=True, return_counts=True)
    is_circle = people >= LEAST_OF_CIRCLE
    owner, people = cells // width, people * is_circle
    given = np.bincount(place, weights=trust(received.days), minlength=len(cells)) * is_circle
    total = np.bincount(owner, weights=given, minlength=size)
    share = np.divide(given, total[owner], out=np.zeros(len(cells)), where=given > 0)
    squares = np.bincount(owner, weights=share**2, minlength=size)
    fullest = np.zeros(size, dtype=np.int64)
    np.maximum.at(fullest, owner, people)
    beyond = np.bincount(owner, weights=people, minlength=size).astype(np.int64) - fullest
    return np.where(total > 0, 1 - squares, 0.0), beyond
