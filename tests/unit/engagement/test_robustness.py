"""Noise moves nobody: not typing more, not liking oneself, and not a ring of accounts that flatter each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from bot.engagement.connectors import Connector, find_connectors
from bot.engagement.score import PARTNER_SHARE, scores
from bot.ports.records import LoggedEvent
from tests.unit.engagement.planted import DAYS, NOW, START, plant_community, repeat_messages
from tests.unit.engagement.sample import JAKARTA, engagement, event

#: How often a day each of a ring writes to another of it and is liked for that.
FLATTERY = 4


def find(events: Sequence[LoggedEvent]) -> dict[str, Connector]:
    """Return the connectors by name."""
    found = find_connectors(events, window=timedelta(days=90), min_people=5, now=NOW)
    return {connector.member.id: connector for connector in found}


def score(events: Sequence[LoggedEvent]) -> dict[str, float]:
    """Return the scores by name."""
    listed = scores(events, engagement=engagement(), zone=JAKARTA, now=NOW)
    return {line.member.id: line.score for line in listed}


def moved(before: dict[str, Connector], after: dict[str, Connector]) -> list[str]:
    """Return who was listed before and now stands outside their own interval, or not on the list."""
    return [
        name
        for name, connector in before.items()
        if name not in after or not connector.interval[0] <= after[name].rank <= connector.interval[1]
    ]


def flatter(ring: Sequence[str], *, seed: int = 9) -> list[LoggedEvent]:
    """Make a ring's events: every day each writes to the others, who answer with applause."""
    random = Random(seed)
    happened = []
    for day in range(DAYS):
        for number in range(FLATTERY):
            for author in ring:
                friend = random.choice([name for name in ring if name != author])
                at = START + timedelta(days=day, seconds=random.randrange(86_000))
                message = f"ring{day}.{number}.{author}"
                happened += [
                    event("message", author, friend, at=at, message_id=message),
                    event("reaction", friend, author, how="reaction", emoji="👍", at=at, message_id=message),
                ]
    return happened


def like_oneself(events: Sequence[LoggedEvent], name: str) -> list[LoggedEvent]:
    """Return the events with a reaction of `name` to each of their own messages."""
    mine = [said for said in events if said.author is not None and said.author.id == name]
    return [
        *events,
        *(event("reaction", name, message_id=said.message_id, at=said.at, emoji="🔥") for said in mine),
    ]


def assert_hardly_risen(before: dict[str, float], after: dict[str, float], ring: Sequence[str]) -> None:
    """A ring of three gains what two friends can give, a fifth of a day's cap; for a regular that is below 15 %."""
    rules = engagement()
    gained = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    assert set(gained) <= set(ring)
    # the last activity is later, which also keeps a little more of what came before
    assert max(gained.values(), default=0) <= 1.1 * 2 * PARTNER_SHARE * rules.daily_cap
    regular = {name for name in gained if before[name] >= rules.levels["regular"]}
    assert [name for name in regular if gained[name] >= 0.15 * before[name]] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_typing_ten_times_as_much_moves_nobody(seed: int) -> None:
    """Ten times the messages of a member to the same people raise no score by 15 %, and no rank at all."""
    events, planted = plant_community(seed)
    before, scored = find(events), score(events)
    for name in (min(planted), max(scored, key=lambda who: scored[who])):
        louder = repeat_messages(events, name, 10)
        assert moved(before, find(louder)) == []
        assert [who for who, points in score(louder).items() if points >= 1.15 * scored[who]] == []


def test_liking_oneself_moves_nobody() -> None:
    """Neither rank nor score changes."""
    events, planted = plant_community(1)
    liked = like_oneself(events, min(planted))
    assert find(liked) == find(events)
    assert score(liked) == score(events)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_ring_inside_a_circle_moves_nobody(seed: int) -> None:
    """Three who know each other anyway, flattering each other for two months: every rank stays in its interval."""
    events, _ = plant_community(seed)
    before, scored = find(events), score(events)
    ring = sorted(name for name in before if name.startswith("c2"))[:3]
    flattered = [*events, *flatter(ring)]
    assert moved(before, find(flattered)) == []
    assert_hardly_risen(scored, score(flattered), ring)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_ring_of_strangers_moves_nobody(seed: int) -> None:
    """Three new accounts that talk to nobody else change no rank and no score of others, and are no connectors."""
    events, _ = plant_community(seed)
    before, scored = find(events), score(events)
    flattered = [*events, *flatter(["x1", "x2", "x3"])]
    after = find(flattered)
    assert moved(before, after) == []
    assert {"x1", "x2", "x3"} & set(after) == set()
    assert {name: points for name, points in score(flattered).items() if name in scored} == scored


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("place", [slice(0, 30), slice(10, 40), slice(40, None)])
def test_a_ring_across_circles_moves_nobody(seed: int, place: slice) -> None:
    """Three of anywhere on the list who talk every day stay within their intervals, and so does everybody else."""
    events, _ = plant_community(seed)
    before = find(events)
    ring = Random(seed).sample(sorted(before, key=lambda name: before[name].rank)[place], 3)
    assert moved(before, find([*events, *flatter(ring)])) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_ring_across_circles_hardly_rises(seed: int) -> None:
    """Three who connect little gain no more by flattering each other than two friends can give."""
    events, _ = plant_community(seed)
    scored = score(events)
    ring = Random(seed).sample([connector for connector, line in find(events).items() if line.rank > 40], 3)
    assert_hardly_risen(scored, score([*events, *flatter(ring)]), ring)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_ring_of_the_loudest_hardly_rises(seed: int) -> None:
    """The three with the highest scores gain less than 15 % by flattering each other."""
    events, _ = plant_community(seed)
    scored = score(events)
    ring = sorted(scored, key=lambda who: -scored[who])[:3]
    assert_hardly_risen(scored, score([*events, *flatter(ring)]), ring)
