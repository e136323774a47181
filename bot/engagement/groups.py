"""Which people form a circle: groups that are tied among themselves more than chance would tie them."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import numpy as np

from bot.engagement.graph import Ints, Strengths, trust

#: Gains smaller than this are rounding.
_LEAST_GAIN = 1e-12
#: What the trust of one side adds to a tie's weight, a mutual day being 1.
_ONE_SIDED = 0.1

Neighbours = list[dict[int, float]]


def find_groups(sent: Strengths, *, seed: int) -> Ints:
    """Return each person's group, numbered from 0 (Louvain method: Blondel, Guillaume, Lambiotte, Lefebvre 2008).

    Modularity over ties weighted by the days of their weaker side, and a little by the trust of the stronger: what only
    one side wants hardly makes a circle. Whoever has no ties is a group of one. The same ties and seed give the same
    groups.
    """
    either, mutual = sent.either(), sent.mutual()
    weights = mutual.lookup(either.keys) + _ONE_SIDED * trust(either.days)
    near: Neighbours = [{} for _ in range(sent.size)]
    for key, weight in zip(either.keys.tolist(), weights.tolist(), strict=True):
        near[key // sent.size][key % sent.size] = weight
    group_of = list(range(sent.size))
    order = Random(seed)
    while True:
        moved = _move_nodes(near, order)
        names = {name: number for number, name in enumerate(sorted(set(moved)))}
        numbered = [names[name] for name in moved]
        group_of = [numbered[group] for group in group_of]
        if len(names) == len(near):
            return np.array(group_of, dtype=np.int64)
        near = _fold(near, numbered, len(names))


def _move_nodes(near: Neighbours, order: Random) -> list[int]:
    """Move each node to the neighbouring group that gains most modularity, until none gains."""
    group = list(range(len(near)))
    degree = [sum(weights.values()) + weights.get(node, 0.0) for node, weights in enumerate(near)]
    twice_total = sum(degree)
    held = list(degree)
    nodes = [node for node in range(len(near)) if near[node]]
    order.shuffle(nodes)
    gained = bool(nodes)
    while gained:
        gained = False
        for node in nodes:
            toward: dict[int, float] = defaultdict(float)
            for other, weight in near[node].items():
                if other != node:
                    toward[group[other]] += weight
            mine = group[node]
            held[mine] -= degree[node]
            best, most = mine, toward.get(mine, 0.0) - held[mine] * degree[node] / twice_total
            for candidate in sorted(toward):
                gain = toward[candidate] - held[candidate] * degree[node] / twice_total
                if gain > most + _LEAST_GAIN:
                    best, most = candidate, gain
            held[best] += degree[node]
            group[node] = best
            gained = gained or best != mine
    return group


def _fold(near: Neighbours, group: list[int], count: int) -> Neighbours:
    """Make one node of each group; what ties its members is the node's tie to itself."""
    folded: list[dict[int, float]] = [defaultdict(float) for _ in range(count)]
    for node, weights in enumerate(near):
        for other, weight in weights.items():
            inside = group[node] == group[other]
            folded[group[node]][group[other]] += weight / 2 if inside and node != other else weight
    return [dict(row) for row in folded]
