"""Which people form a circle: groups that are tied among themselves more than chance would tie them."""

from __future__ import annotations

import numpy as np
from graspologic_native import leiden

from bot.engagement.graph import Ints, Strengths, trust

#: What the trust of one side adds to a tie's weight, a mutual day being 1.
_ONE_SIDED = 0.1
#: The size of a community in which modularity is taken as it was defined. In a larger one, chance ties nobody to
#: anybody and one tie makes two circles one (the resolution limit: Fortunato and Barthélemy 2007); there the resolution
#: rises with the people, so that chance ties as many as it would here.
_PLAIN_UP_TO = 250
#: How freely a step may also lose a little, as in the paper.
_RANDOMNESS = 0.001
#: How often the whole is gone through again.
_ITERATIONS = 5


def find_groups(sent: Strengths, *, seed: int, fineness: float = 1.0) -> Ints:
    """Return each person's group, numbered from 0 (Leiden method: Traag, Waltman, van Eck 2019).

    Above 1, `fineness` asks for smaller groups: for those tied so many times more than chance would tie them.

    Modularity over ties weighted by the days of their weaker side, and a little by the trust of the stronger: what only
    one side wants hardly makes a circle. Whoever has no ties is a group of one. The same ties and seed give the same
    groups.
    """
    either, mutual = sent.either(), sent.mutual()
    weights = trust(mutual.lookup(either.keys)) + _ONE_SIDED * trust(either.days)
    one, other = either.keys // sent.size, either.keys % sent.size
    once = one < other
    names = [str(person) for person in range(sent.size)]
    edges = [
        (names[a], names[b], weight)
        for a, b, weight in zip(one[once].tolist(), other[once].tolist(), weights[once].tolist(), strict=True)
    ]
    if not edges:
        return np.arange(sent.size, dtype=np.int64)
    resolution = fineness * max(1.0, sent.size / _PLAIN_UP_TO)
    _, found = leiden(edges, None, resolution, _RANDOMNESS, _ITERATIONS, True, seed, 1)  # noqa: FBT003  # it takes positions only
    # those without ties come after every group, each by themselves
    group_of = [found.get(name, sent.size + person) for person, name in enumerate(names)]
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in group_of], dtype=np.int64)
