"""Who has a say in a Matrix room, read from its power levels. Pure."""

from __future__ import annotations

from adapters.matrix.homeserver import Json
from adapters.matrix.probing import read_level

#: What it takes to remove people where a room does not say ("m.room.power_levels").
_KICK = 50


def has_a_say(person: str, *, levels: Json | None, creation: Json | None) -> bool:
    """Whether somebody may remove people from a room, by its `m.room.power_levels`; both states None where it has none.

    In a room without levels that is who created it; from room version 12 on its further creators may at all times.
    """
    created = creation or {}
    if person in (created.get("additional_creators") or ()):
        return True
    if levels is None:
        return bool(person == created.get("creator"))
    users = levels.get("users")
    own = read_level((users if isinstance(users, dict) else {}).get(person, levels.get("users_default")))
    return own >= (read_level(levels["kick"]) if "kick" in levels else _KICK)
