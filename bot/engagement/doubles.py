"""Partners of one person who know each other, and what is left of a circle of partners without such doubles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.engagement.graph import Floats, Ints, Pattern, trust

#: How many two-step paths are held at once.
_CHUNK = 2_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Doubles:
    """Every two people who turned to a third and know each other: worked out once, however often days are counted.

    All arrays are of one length and hold places of ties in the pattern's keys.
    """

    #: The tie by which the one turned to the third.
    one: Ints
    #: The tie by which the other did.
    other: Ints
    #: The tie, going both ways, from the one to the other.
    between: Ints

    @classmethod
    def of(cls, pattern: Pattern, people: Ints) -> Doubles:
        """Find those who turned to `people`."""
        size = max(pattern.size, 1)
        source, target = pattern.keys // size, pattern.keys % size
        wanted = np.zeros(pattern.size, dtype=bool)
        wanted[people] = True
        mutual = np.flatnonzero(pattern.back != np.arange(len(pattern.keys)))
        start = np.searchsorted(source[mutual], np.arange(pattern.size + 1))
        toward = np.flatnonzero(wanted[target])
        reach = start[source[toward] + 1] - start[source[toward]]
        found = [np.empty((3, 0), dtype=np.int64)]
        for chunk in _chunks(reach):
            one, count = toward[chunk], reach[chunk]
            first = np.repeat(start[source[one]] - np.cumsum(count) + count, count)
            between = mutual[np.arange(len(first)) + first]
            one = np.repeat(one, count)
            key = target[between] * size + target[one]
            other = np.minimum(np.searchsorted(pattern.keys, key), len(pattern.keys) - 1)
            hit = pattern.keys[other] == key
            found.append(np.stack([one[hit], other[hit], between[hit]]))
        together = np.concatenate(found, axis=1)
        return cls(one=together[0], other=together[1], between=together[2])


def effective_size(pattern: Pattern, doubles: Doubles, days: Floats) -> Floats:
    """Return each person's effective size (Burt 1992): how many of their partners are not doubles of each other.

    The partners of i are those who turned to i. The sum over partners j of 1 - sum over q of p(i,q) m(j,q), where
    p(i,q) is q's share of the trust i receives and m(j,q) the trust between j and q over the highest that j has with
    anybody; partners know each other by ties that go both ways. `days` are the days of each tie of the `pattern`, 0 of
    one that is not there. Right for whom `doubles` were looked for; of others it is the number of partners.
    """
    size = max(pattern.size, 1)
    source, target = pattern.keys // size, pattern.keys % size
    given = trust(days)
    total = np.bincount(target, weights=given, minlength=pattern.size)
    known = np.where(pattern.back == np.arange(len(days)), 0.0, np.minimum(given, given[pattern.back]))
    highest = np.zeros(pattern.size)
    np.maximum.at(highest, source, known)
    # a tie that is not there has no trust, and whatever it would be a share of may be nothing
    share = np.divide(given, total[target], out=np.zeros(len(days)), where=given > 0)
    near = np.divide(known, highest[source], out=np.zeros(len(days)), where=known > 0)
    there = days > 0
    worth = share[doubles.other] * near[doubles.between] * there[doubles.one]
    redundant = np.bincount(target[doubles.one], weights=worth, minlength=pattern.size)
    return np.bincount(target[there], minlength=pattern.size).astype(np.float64) - redundant


def _chunks(costs: Ints) -> list[slice]:
    """Cut rows into runs whose costs sum to about `_CHUNK`."""
    if not len(costs):
        return []
    run = np.cumsum(costs) // _CHUNK
    edges = [0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), len(costs)]
    return [slice(a, b) for a, b in pairwise(edges)]
