"""Updates that went wrong on their way: real ones with something in them changed, left out or put in.

Seeded, so that a failure can be played again. What comes out is JSON, as a platform would send it.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bot.messages import Event

#: Asked of every platform.
UPDATES = 10_000
#: One update in so many is left as it is, and must arrive.
VALID_EVERY = 20

#: What no reader expects: other types, edges of types, halves of characters, depth, and names of markup.
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 1.5, -0.0, "", " ", "0", "x" * 300, "\ud800", "\udfff\ud83d",
    "\0", "\u202e", "@everyone", "<@1>", "$1", "!x:y", "2026-99-99T99:99:99", "999999999999999999999", [], {}, [None],
    [[]], [{}], {"": None}, {"type": 7}, {"id": None}, [[[[[[]]]]]], {"a": {"b": {"c": [1, {"d": None}]}}},
)  # fmt: skip


def mutations(samples: list[Any], *, seed: int, count: int) -> Iterator[Any]:
    """Give `count` changed copies of `samples`, each with one to four changes."""
    chance = random.Random(seed)
    for _ in range(count):
        changed = copy.deepcopy(chance.choice(samples))
        for _ in range(chance.randint(1, 4)):
            _change(changed, chance)
        yield json.loads(json.dumps(changed))


def _change(whole: Any, chance: random.Random) -> None:
    """Change one value somewhere below `whole`, in place."""
    places = list(_places(whole))
    if not places:
        return
    holder, key = chance.choice(places)
    match chance.randrange(5):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1:
            other, other_key = chance.choice(places)
            holder[key] = copy.deepcopy(other[other_key])
        case 2 if isinstance(holder, dict):
            name = chance.choice(["text", "id", "type", "from", "author", "content", "new_field"])
            # a copy: a later change below it must not change what is put in next
            holder[name] = copy.deepcopy(chance.choice(_ODD))
        case 3 if isinstance(holder[key], str):
            text = list(holder[key])
            text.insert(chance.randint(0, len(text)), chance.choice(["\ud800", "\0", "@", "<", "/", "\n", "👩‍🌾"]))
            holder[key] = "".join(text)
        case _:
            holder[key] = copy.deepcopy(chance.choice(_ODD))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in list(items):
        yield value, key
        yield from _places(below)


def check_storable(event: Event) -> None:
    """Fail when an event holds what no database takes: half a character, the character zero, an id without end."""
    written = json.dumps(asdict(event), default=str, ensure_ascii=False)
    written.encode("utf-8")
    assert "\\u0000" not in written, event
    assert 0 < len(event.event_id) <= 255, event
