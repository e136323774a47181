"""Who has a say in a room, whatever its version and however little it says."""

from __future__ import annotations

import pytest

from adapters.matrix.admins import has_a_say
from adapters.matrix.homeserver import Json

SARI = "@sari:kopi.example"


@pytest.mark.parametrize(
    ("levels", "creation", "says"),
    [
        ({"users": {SARI: 50}}, {}, True),
        ({"users": {SARI: 49}}, {}, False),
        ({"users": {SARI: "50"}}, {}, True),
        ({"users": {SARI: 50}, "kick": 75}, {}, False),
        ({"users_default": 50}, {}, True),
        ({"users": None}, {}, False),
        ({}, {"creator": SARI}, False),
        (None, {"creator": SARI}, True),
        (None, None, False),
        ({}, {"additional_creators": [SARI]}, True),
    ],
)
def test_whoever_may_remove_people_has_a_say(levels: Json | None, creation: Json | None, says: bool) -> None:  # noqa: FBT001 - a column of the table
    """By their level and the room's, or as its creator where there are no levels."""
    assert has_a_say(SARI, levels=levels, creation=creation) == says
