"""Which people form a circle: groups that are tied among themselves more than chance would tie them."""

from __future__ import annotations

import numpy as np
from graspologic_native import leiden

from bot.engagement.graph import Ints, Strengths, trust

#: What the trust of one side adds to a tie's weight, a mutual day being 1.
_ONE_SIDED = 0.1
#: Modularity as it was defined: no preference for larger or smaller groups.
_RESOLUTION = 1.0
#: How freely a step may also lose a little, as in the paper.
_RANDOMNESS = 0.001


def find_groups(sent: Strengths, *, seed: int) -> Ints:
    """Return each person's group, numbered from 0 (Leiden method: Traag, Waltman, van Eck 2019).

    Modularity over ties weighted by the days of their weaker side, and a little by the trust of the stronger: what only
    one side wants hardly makes a circle. Whoever has no ties is a group of one. The same ties and seed give the same
    groups.
    """
    either, mutual = sent.either(), sent.mutual()
    weights = mutual.lookup(either.keys) + _ONE_SIDED * trust(either.days)
    one, other = either.keys // sent.size, either.keys % sent.size
    once = one < other
    names = [str(person) for person in range(sent.size)]
    edges = [
        (names[a], names[b], weight)
        for a, b, weight in zip(one[once].tolist(), other[once].tolist(), weights[once].tolist(), strict=True)
    ]
    if not edges:
        return np.arange(sent.size, dtype=np.int64)
    _, found = leiden(edges, None, _RESOLUTION, _RANDOMNESS, 1, True, seed, 1)  # noqa: FBT003  # it takes positions only
    # those without ties come after every group, each by themselves
    group_of = [found.get(name, sent.size + person) for person, name in enumerate(names)]
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in group_of], dtype=np.int64)
