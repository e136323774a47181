"""A community in which it is known who connects: circles that talk among themselves, and people who talk to several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from bot.engagement.logged import LoggedEvent
from tests.unit.engagement.sample import event

START = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = 60
NOW = START + timedelta(days=DAYS)


def plant_community(
    seed: int, *, circles: int = 6, size: int = 15, connectors: int = 10, a_day: int = 90
) -> tuple[list[LoggedEvent], frozenset[str]]:
    """Return the events and the connectors' names.

    Some members of every circle talk far more than others; one message in thirty goes to anybody. A connector talks no
    more than an average member, to a home circle and two others.
    """
    random = Random(seed)
    members = [[f"c{circle}m{number}" for number in range(size)] for circle in range(circles)]
    everybody = [name for circle in members for name in circle]
    home = {name: number for number, circle in enumerate(members) for name in circle}
    planted = frozenset(random.sample(everybody, connectors))
    abroad = {name: random.sample([c for c in range(circles) if c != home[name]], 2) for name in sorted(planted)}
    guests = [[name for name, circles_of in abroad.items() if number in circles_of] for number in range(circles)]
    talk = {name: 1.0 if name in planted else random.lognormvariate(0, 1) for name in everybody}
    events = []
    for number in range(DAYS * a_day):
        author = random.choices(everybody, [talk[name] for name in everybody])[0]
        circle = home[author]
        if author in planted:
            circle = random.choice([circle, *abroad[author]])
        elif random.random() < 1 / 30:
            circle = random.randrange(circles)
        others = [name for name in [*members[circle], *guests[circle]] if name != author]
        target = random.choices(others, [talk[name] for name in others])[0]
        at = START + timedelta(days=number // a_day, seconds=random.randrange(86_400))
        events.append(event("message", author, target, at=at))
    return events, planted


def repeat_messages(events: Sequence[LoggedEvent], name: str, times: int) -> list[LoggedEvent]:
    """Return the events with every message of `name` said so many times, minutes apart on the same day."""
    again = [
        event(
            "message",
            name,
            *(toward.person.id for toward in said.toward),
            at=min(said.at + timedelta(seconds=n), said.at.replace(hour=23, minute=59, second=59)),
        )
        for said in events
        if said.author is not None and said.author.id == name
        for n in range(1, times)
    ]
    return [*events, *again]
