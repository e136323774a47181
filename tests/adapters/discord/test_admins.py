"""Who has a say in a server: its owner, and whoever a role lets manage it."""

from __future__ import annotations

import pytest

from adapters.discord.admins import has_a_say

EVERYONE = {"id": "1", "permissions": "0"}
ADMINISTRATOR = {"id": "2", "permissions": str(1 << 3)}
MANAGER = {"id": "3", "permissions": str(1 << 5)}
MODERATOR = {"id": "4", "permissions": str(1 << 13)}


@pytest.mark.parametrize(
    ("person", "roles", "says"),
    [("9", [], True), ("8", [], False), ("8", ["2"], True), ("8", ["4", "3"], True), ("8", ["4"], False)],
)
def test_the_owner_and_managers_have_a_say(person: str, roles: list[str], says: bool) -> None:  # noqa: FBT001 - a column of the table
    """Who may only delete messages has none."""
    guild = {"id": "1", "owner_id": "9", "roles": [EVERYONE, ADMINISTRATOR, MANAGER, MODERATOR]}
    assert has_a_say(guild, {"user": {"id": person}, "roles": roles}) == says
