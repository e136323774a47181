"""Communities in which it is known who connects, drawn from a model of how people chat. Nothing is ranked here.

The model knows nothing of how connectors are found: no path, circle or share of partners is computed in it. What it
takes from the literature: most members lurk (participation inequality, Nielsen 2006), what the others write has a heavy
tail (log-normal), groups are of the sizes people keep up with (around 25, Dunbar 1992), and about every other message
that is meant for somebody is answered (reciprocity as in reply networks).

    lurkers      six of ten: two messages at most, now and then a reaction
    members      the others: messages as the tail has them, mostly in one circle, one in thirty to anybody at all
    visitors     one member of ten is a guest in a second circle and spends a fifth of their words there
    cliques      one circle of ten is of five to eight people who write five times as much, among themselves
    spammers     one in two hundred: hundreds of messages aimed at anybody; two in a hundred are answered
    connectors   one in a hundred, at least ten: as many messages as an ordinary active member, shared evenly between
                 their own circle and two to four others, where they are known like anybody else
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.ports.records import TieRow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: How many connectors are planted at least, and one in how many members.
LEAST_PLANTED, ONE_IN = 10, 100
#: How long they chat, in days; below the window of the configuration.
DAYS = 80
_LURKING = 0.6
_SPAMMING = 0.005
_VISITING, _VISITED = 0.1, 0.2
_CLIQUES = 0.1
#: The median of what a member writes, and the width of the tail (the sigma of the log-normal).
_MEDIAN_MESSAGES = 15
_TAIL = 1.2
#: What a connector writes: from the median of those who are active to about their mean and a half.
_CONNECTOR_MESSAGES = (20, 60)
_SPAM_MESSAGES = (300, 900)
#: Median size and width of the sizes of circles, and their bounds.
_CIRCLE, _CIRCLE_WIDTH, _LEAST_CIRCLE, _LARGEST_CIRCLE = 25, 0.6, 8, 150
_CLIQUE = (5, 8)
_CLIQUE_ZEAL = 5
#: The share of messages said to nobody in particular, of those meant for anybody at all, and of those answered.
_TO_NOBODY, _TO_ANYBODY, _ANSWERED, _SPAM_ANSWERED = 0.4, 1 / 30, 0.5, 0.02
#: Reactions for each message.
_REACTIONS = 0.4
#: Steps between the days somebody is there; none divides `DAYS`, so that they spread.
_STRIDES = (7, 11, 13, 17, 19, 23)
_EPOCH_DAY = np.datetime64("2026-09-01")


@dataclass(frozen=True, kw_only=True, eq=False)
class Community:
    """Who turned to whom and when; people are numbers."""

    #: How many people there are.
    size: int
    #: Who connects.
    planted: frozenset[int]
    #: What each person wrote.
    messages: Ints
    #: Of each tie: who acted, toward whom, on which day from the first, and whether it was a reaction.
    author: Ints
    target: Ints
    day: Ints
    reacted: NDArray[np.bool_]


def plant_community(size: int, *, seed: int, planted: int | None = None) -> Community:
    """Draw a community of `size` members, `planted` of them connectors; the same size and seed give the same."""
    connectors = max(LEAST_PLANTED, size // ONE_IN) if planted is None else planted
    return _Planting(size, connectors, np.random.default_rng([size, seed])).community()


def tie_rows(community: Community) -> Iterator[TieRow]:
    """Yield the ties as the event log gives them."""
    midnight = [str(_EPOCH_DAY + day) for day in range(DAYS)]
    columns = (community.author, community.target, community.day, community.reacted)
    for number, (author, target, day, reacted) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        yield TieRow(
            "sandbox",
            "room",
            "reaction" if reacted else "message",
            f"p{author}",
            f"{midnight[day]} 12:00:00.000000",
            f"e{number}",
            f"m{number}",
            None,
            f'[["p{target}", "{"reaction" if reacted else "reply"}"]]',
            "👍" if reacted else None,
        )


class _Planting:
    """The drawing of one community."""

    def __init__(self, size: int, connectors: int, random: np.random.Generator) -> None:
        self._size = size
        self._random = random
        self._circle, self._is_clique = self._draw_circles()
        self._lurks = random.random(size) < _LURKING
        self._spams = np.zeros(size, dtype=bool)
        self._spams[random.choice(size, max(1, round(size * _SPAMMING)), replace=False)] = True
        self._lurks &= ~self._is_clique[self._circle] & ~self._spams
        ordinary = np.flatnonzero(~self._lurks & ~self._spams & ~self._is_clique[self._circle])
        self._planted = random.choice(ordinary, connectors, replace=False)
        self._lurks[self._planted] = False

    def community(self) -> Community:
        """Let them chat."""
        messages = self._draw_messages()
        author = np.repeat(np.arange(self._size), messages)
        day = self._draw_days(author, messages)
        circle = self._draw_rooms(author)
        target = self._draw_targets(circle, self._talkers(messages))
        anybody = (self._random.random(len(author)) < _TO_ANYBODY) | self._spams[author]
        target[anybody] = self._random.integers(0, self._size, int(anybody.sum()))
        meant = (self._random.random(len(author)) >= _TO_NOBODY) & (target != author)
        answered = meant & (self._random.random(len(author)) < np.where(self._spams[author], _SPAM_ANSWERED, _ANSWERED))
        liked = (self._random.random(len(author)) < _REACTIONS) & ~self._spams[author]
        fan = self._draw_targets(circle, self._readers(messages))
        liked &= fan != author
        written = messages + np.bincount(target[answered], minlength=self._size)
        return Community(
            size=self._size,
            planted=frozenset(self._planted.tolist()),
            messages=written,
            author=np.concatenate([author[meant], target[answered], fan[liked]]),
            target=np.concatenate([target[meant], author[answered], author[liked]]),
            day=np.concatenate([day[meant], day[answered], day[liked]]),
            reacted=np.repeat([False, False, True], [meant.sum(), answered.sum(), liked.sum()]),
        )

    def _draw_circles(self) -> tuple[Ints, NDArray[np.bool_]]:
        """Return each person's own circle, and which circles are cliques."""
        sizes: list[int] = []
        cliques: list[bool] = []
        while sum(sizes) < self._size:
            clique = self._random.random() < _CLIQUES
            drawn = self._random.lognormal(np.log(_CIRCLE), _CIRCLE_WIDTH)
            sizes.append(
                int(self._random.integers(*_CLIQUE, endpoint=True))
                if clique
                else int(np.clip(drawn, _LEAST_CIRCLE, min(_LARGEST_CIRCLE, self._size // 5)))
            )
            cliques.append(clique)
        circle = np.repeat(np.arange(len(sizes)), sizes)[: self._size]
        self._random.shuffle(circle)
        return circle, np.array(cliques)

    def _draw_messages(self) -> Ints:
        drawn = self._random.lognormal(np.log(_MEDIAN_MESSAGES), _TAIL, self._size)
        drawn[self._is_clique[self._circle]] *= _CLIQUE_ZEAL
        messages = np.ceil(drawn).astype(np.int64)
        messages[self._lurks] = self._random.integers(0, 2, int(self._lurks.sum()), endpoint=True)
        messages[self._spams] = self._random.integers(*_SPAM_MESSAGES, int(self._spams.sum()))
        messages[self._planted] = self._random.integers(*_CONNECTOR_MESSAGES, len(self._planted))
        return messages

    def _draw_days(self, author: Ints, messages: Ints) -> Ints:
        """Return the day of each message; everybody comes on days of their own, more of them who write more."""
        first = self._random.integers(0, DAYS, self._size)
        stride = self._random.choice(_STRIDES, self._size)
        there = np.clip(messages // 2, 1, DAYS)
        which = (self._random.random(len(author)) * there[author]).astype(np.int64)
        return (first[author] + which * stride[author]) % DAYS

    def _draw_rooms(self, author: Ints) -> Ints:
        """Return in which circle each message is said, and remember who is a guest where."""
        open_circles = np.flatnonzero(~self._is_clique)
        room = self._circle[author].copy()
        self._guests: list[tuple[int, int, float]] = []
        hosts = ~self._lurks & ~self._spams & ~self._is_clique[self._circle]
        visits = np.flatnonzero(hosts & (self._random.random(self._size) < _VISITING))
        second = self._random.choice(open_circles, self._size)
        visitor = np.zeros(self._size, dtype=bool)
        visitor[np.setdiff1d(visits, self._planted)] = True
        away = visitor[author] & (self._random.random(len(author)) < _VISITED)
        room[away] = second[author[away]]
        self._guests += [(person, int(second[person]), _VISITED) for person in np.flatnonzero(visitor).tolist()]
        for person in self._planted.tolist():
            others = open_circles[open_circles != self._circle[person]]
            abroad = self._random.choice(others, min(len(others), int(self._random.integers(2, 5))), replace=False)
            mine = np.concatenate([[self._circle[person]], abroad])
            said = np.flatnonzero(author == person)
            room[said] = self._random.choice(mine, len(said))
            self._guests += [(person, int(place), 1 / len(mine)) for place in abroad.tolist()]
        return room

    def _talkers(self, messages: Ints) -> Floats:
        """Return how likely each person is meant, by what they write; the spam of spammers draws nobody."""
        return np.where(self._spams, 1.0, messages)

    def _readers(self, messages: Ints) -> Floats:
        """Return how likely each person reacts: lurkers do as well."""
        return np.sqrt(self._talkers(messages)) + 0.2

    def _draw_targets(self, room: Ints, weight: Floats) -> Ints:
        """Return for each message somebody of its circle, guests included, as likely as they weigh."""
        people = np.concatenate([np.arange(self._size), [person for person, _, _ in self._guests]]).astype(np.int64)
        place = np.concatenate([self._circle, [where for _, where, _ in self._guests]]).astype(np.int64)
        weighs = np.concatenate([weight, [weight[person] * share for person, _, share in self._guests]])
        order = np.argsort(place, kind="stable")
        people, place, reach = people[order], place[order], np.cumsum(weighs[order])
        start = np.searchsorted(place, np.arange(len(self._is_clique) + 1))
        low = np.concatenate([[0.0], reach])[start]
        drawn = low[room] + self._random.random(len(room)) * (low[room + 1] - low[room])
        return people[np.minimum(np.searchsorted(reach, drawn, side="right"), start[room + 1] - 1)]
