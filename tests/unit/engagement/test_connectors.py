"""Connectors are found by whom they join, not by how much they type."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import timedelta
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engagement.connectors import Connector, find_connectors
from bot.engagement.doubles import Doubles, effective_size
from bot.engagement.graph import (
    Pattern,
    Strengths,
    Ties,
    betweenness,
    drop_unbacked,
    gather_ties,
    participation,
)
from bot.engagement.groups import find_groups
from bot.messages import PersonRef
from bot.ports.records import LoggedEvent
from tests.unit.engagement.planted import NOW, START, plant_community, repeat_messages
from tests.unit.engagement.sample import event, person


def find(events: list[LoggedEvent], *, uncounted: frozenset[PersonRef] = frozenset()) -> tuple[Connector, ...]:
    """Find the connectors of the last ninety days."""
    return find_connectors(events, window=timedelta(days=90), min_people=5, now=NOW, uncounted=uncounted)


def both_ways(*pairs: tuple[str, str]) -> Strengths:
    """Make mutual ties of one day each."""
    return tie_both_ways(*pairs).strengths()


def tie_both_ways(*pairs: tuple[str, str]) -> Ties:
    """Let the two of each pair turn to each other on one day."""
    return gather_ties([event("message", a, b, at=START) for x, y in pairs for a, b in ((x, y), (y, x))])


def size_of(*pairs: tuple[str, str]) -> list[float]:
    """Return everybody's effective size, by name."""
    ties = tie_both_ways(*pairs)
    pattern = Pattern.of(ties)
    doubles = Doubles.of(pattern, np.arange(pattern.size))
    found: list[float] = effective_size(pattern, doubles, np.ones(len(pattern.keys))).tolist()
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_connectors_are_found_far_above_message_counts(seed: int) -> None:
    """At least nine tenths of the first places are planted connectors; the loudest are none."""
    events, planted = plant_community(seed)
    first = [connector.member.id for connector in find(events)[: len(planted)]]
    counts = Counter(e.author.id for e in events if e.author)
    loudest = [name for name, _ in counts.most_common(len(planted))]
    assert sum(name in planted for name in first) >= 0.9 * len(planted)
    assert sum(name in planted for name in loudest) <= 0.3 * len(planted)


def test_typing_more_to_the_same_people_moves_nobody() -> None:
    """Ten times the messages of any one member leave the whole list as it was."""
    events, planted = plant_community(1)
    before = find(events)
    for name in (min(planted), before[0].member.id, before[len(before) // 2].member.id, before[-1].member.id):
        assert find(repeat_messages(events, name, 10)) == before


def test_talking_at_everybody_makes_no_connector() -> None:
    """Ten times the messages, to anybody at all, bring none of the loudest among the first."""
    events, planted = plant_community(2)
    counts = Counter(e.author.id for e in events if e.author)
    everybody = sorted(counts)
    random = Random(5)
    for name, _ in counts.most_common(3):
        noise = [
            event("message", name, random.choice([other for other in everybody if other != name]), at=said.at)
            for said in events
            if said.author == person(name)
            for _ in range(9)
        ]
        first = [connector.member.id for connector in find([*events, *noise])[: len(planted)]]
        assert name not in first


def test_the_same_events_give_the_same_list() -> None:
    """Neither the order of the events nor a second run changes anything."""
    events, _ = plant_community(3, circles=3, a_day=40)
    shuffled = list(events)
    Random(1).shuffle(shuffled)
    assert find(shuffled) == find(events)


def test_every_rank_lies_in_its_interval() -> None:
    """Ranks count from one without gaps, and resampling surrounds them."""
    events, _ = plant_community(3, circles=3, a_day=40)
    found = find(events)
    assert [connector.rank for connector in found] == list(range(1, len(found) + 1))
    for connector in found:
        assert 1 <= connector.interval[0] <= connector.rank <= connector.interval[1] <= len(found)
        assert 0 <= connector.score <= 1


def test_reasons_name_the_circles_only_by_shown_names() -> None:
    """A circle is called by a name readers may see; where there is none, circles are counted."""
    events = [
        *(event("message", a, b, at=START) for a in ("a1", "a2", "a3") for b in ("a1", "a2", "a3") if a != b),
        *(event("message", a, b, at=START) for a in ("b1", "b2", "b3") for b in ("b1", "b2", "b3") if a != b),
        *(event("message", a, "link", at=START) for a in ("a1", "a2", "b1", "b2", "b3")),
        *(event("message", "link", b, at=START) for b in ("a1", "b1", "b2", "b3")),
    ]
    named = {person("a1"): "Ani", person("b1"): "member 4f2"}
    found = find_connectors(events, window=timedelta(days=90), min_people=5, now=NOW, names=named)
    assert [connector.member.id for connector in found] == ["link"]
    assert found[0].reasons == (
        "links the circles around member 4f2 and Ani",
        "5 of their 5 partners know nobody else in the other circles",
        "4 of the 4 people they turn to also turn to them",
    )
    unnamed = find_connectors(events, window=timedelta(days=90), min_people=5, now=NOW)
    assert unnamed[0].reasons[0] == "links 2 circles"


def test_only_the_window_and_the_counted_matter() -> None:
    """Old events, later ones, and people who may not be profiled leave no trace."""
    events, planted = plant_community(1, circles=3, a_day=40)
    name = min(planted)
    without = [e for e in events if e.author != person(name) and all(t.person != person(name) for t in e.toward)]
    assert find(events, uncounted=frozenset({person(name)})) == find(without)
    old = [event("message", "x", "y", at=NOW - timedelta(days=91)), event("message", "x", "y", at=NOW + timedelta(1))]
    assert find([*without, *old]) == find(without)
    assert find([]) == ()


def test_the_work_can_go_to_another_process() -> None:
    """The function and what it takes and gives can be pickled."""
    events, _ = plant_community(1, circles=3, connectors=2, a_day=10)
    function, argument = pickle.loads(pickle.dumps((find_connectors, events)))  # noqa: S301 - our own bytes
    assert function(argument, window=timedelta(days=90), min_people=5, now=NOW) == find(events)


def test_betweenness_counts_the_pairs_that_need_the_middle() -> None:
    """In a star of four leaves, all six pairs pass the centre; the look at one's own circle agrees."""
    star = both_ways(("hub", "a"), ("hub", "b"), ("hub", "c"), ("hub", "d"))
    assert betweenness(star.mutual()).tolist() == [0, 0, 0, 0, 6]
    assert betweenness(star.mutual(), exact_up_to=0).tolist() == [0, 0, 0, 0, 6]
    square = both_ways(("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"))
    assert betweenness(square.mutual()).tolist() == [0.5] * 4
    assert betweenness(square.mutual(), exact_up_to=0).tolist() == [1.0] * 4


@given(st.lists(st.integers(1, 60), min_size=3, max_size=3), st.integers(1, 6), st.integers(0, 2))
def test_a_ring_leads_no_path_between_circles(days: list[int], size: int, homes: int) -> None:
    """However often three accounts talk, their ties from circle to circle are left out, and all others are kept."""
    circles = [[f"c{circle}m{number}" for number in range(size)] for circle in range(3)]
    inside = [(a, b) for circle in circles for a in circle for b in circle if a < b]
    ring = [f"ring{number}" for number in range(3)]
    # each of the ring belongs to a circle of its own, or two of them to one
    group_of = {name: number for number, circle in enumerate(circles) for name in circle}
    group_of |= {name: min(number, homes) for number, name in enumerate(ring)}
    pairs = [*inside, *combinations(ring, 2)]
    often = [1] * len(inside) + days
    events = [
        event("message", one, other, at=START + timedelta(days=day))
        for (x, y), count in zip(pairs, often, strict=True)
        for day in range(count)
        for one, other in ((x, y), (y, x))
    ]
    ties = gather_ties(events)
    mutual = ties.strengths()
    kept = drop_unbacked(mutual, np.array([group_of[who.id] for who in ties.people]))
    names = [who.id for who in ties.people]
    found = {frozenset((names[key // kept.size], names[key % kept.size])) for key in kept.keys.tolist()}
    assert found == {frozenset(pair) for pair in pairs if group_of[pair[0]] == group_of[pair[1]]}


def test_three_partners_back_the_ties_to_their_circle() -> None:
    """Who knows three people of another circle leads there; who knows two does not."""
    ties = tie_both_ways(*((name, f"b{number}") for name, most in (("ani", 3), ("budi", 2)) for number in range(most)))
    groups = np.array([int(who.id.startswith("b") and who.id != "budi") for who in ties.people])
    kept = drop_unbacked(ties.strengths(), groups)
    assert kept.counts().tolist() == [3, 1, 1, 1, 0]


def test_effective_size_discounts_partners_who_know_each_other() -> None:
    """Four strangers are four; in a closed circle of four everybody is worth one partner."""
    assert size_of(("hub", "a"), ("hub", "b"), ("hub", "c"), ("hub", "d")) == [1, 1, 1, 1, 4]
    names = ("a", "b", "c", "d")
    assert size_of(*((x, y) for x in names for y in names if x < y)) == pytest.approx([1, 1, 1, 1])


def test_participation_is_half_between_two_even_groups() -> None:
    """1 - (1/2)² - (1/2)² is a half, by two people beyond the main group; one stray of a third group adds nothing."""
    ties = both_ways(("hub", "a1"), ("hub", "a2"), ("hub", "b1"), ("hub", "b2"), ("hub", "c1"))
    groups = np.array([0, 0, 1, 1, 2, 3])
    evenness, beyond = participation(ties.reversed(), groups)
    assert evenness.tolist() == [0, 0, 0, 0, 0, 0.5]
    assert beyond.tolist() == [0, 0, 0, 0, 0, 2]


def test_groups_are_the_cliques() -> None:
    """Two cliques joined by one tie are two groups; a stranger is a third."""
    left, right = ("a", "b", "c", "d"), ("e", "f", "g", "h")
    pairs = [(x, y) for clique in (left, right) for x in clique for y in clique if x < y]
    (found,) = find_groups(both_ways(*pairs, ("d", "e"), ("x", "y")), seed=0)
    assert found.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
