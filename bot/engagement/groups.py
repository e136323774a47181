"""Which people form a circle: groups that are tied among themselves more than chance would tie them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from graspologic_native import leiden

from bot.engagement.graph import Ints, Strengths, trust

#: What the trust of one side adds to a tie's weight, a mutual day being 1.
_ONE_SIDED = 0.1
#: The size of a community in which modularity is taken as it was defined. In a larger one, chance ties nobody to
#: anybody and one tie makes two circles one (the resolution limit: Fortunato and Barthélemy 2007); there the resolution
#: rises with the people, so that chance ties as many as it would here.
_PLAIN_UP_TO = 500
#: How freely a step may also lose a little, as in the paper.
_RANDOMNESS = 0.001
#: How often the whole is gone through again; with many edges once does, since chance evens out.
_ROUNDS = 5
_MANY_EDGES = 50_000


def find_groups(sent: Strengths, *, seed: int, fineness: Sequence[float] = (1.0,)) -> list[Ints]:
    """Return for each `fineness` each person's group, numbered from 0 (Leiden method: Traag, Waltman, van Eck 2019).

    Above 1, a fineness asks for smaller groups: for those tied so many times more than chance would tie them.
    Modularity over ties weighted by the trust of their weaker side, and a little by that of the stronger: what only one
    side wants hardly makes a circle, and three who talk all day make no other circles than three who talk daily.
    Whoever has no ties is a group of one. The same ties and seed give the same groups.
    """
    either, mutual = sent.either(), sent.mutual()
    weights = trust(mutual.lookup(either.keys)) + _ONE_SIDED * trust(either.days)
    one, other = either.keys // max(sent.size, 1), either.keys % max(sent.size, 1)
    once = one < other
    names = [str(person) for person in range(sent.size)]
    edges = [
        (names[a], names[b], weight)
        for a, b, weight in zip(one[once].tolist(), other[once].tolist(), weights[once].tolist(), strict=True)
    ]
    if not edges:
        return [np.arange(sent.size, dtype=np.int64) for _ in fineness]
    return [_number(_find(edges, sent.size, fine, seed), names) for fine in fineness]


def _find(edges: list[tuple[str, str, float]], size: int, fineness: float, seed: int) -> dict[str, int]:
    resolution = fineness * max(1.0, size / _PLAIN_UP_TO)
    rounds = _ROUNDS if len(edges) <= _MANY_EDGES else 1
    # positions only, and of these the sixth is whether quality is modularity
    _, found = leiden(edges, None, resolution, _RANDOMNESS, rounds, True, seed, 1)  # noqa: FBT003  # see above
    return found


def _number(found: dict[str, int], names: list[str]) -> Ints:
    # those without ties come after every group, each by themselves
    group_of = [found.get(name, len(names) + person) for person, name in enumerate(names)]
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in group_of], dtype=np.int64)
