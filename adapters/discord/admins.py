"""Who has a say in a Discord server, read from its roles. Pure but for the asking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.http import HTTPClient, Route

#: JSON error code 10007, "Unknown Member"; 10013, "Unknown User".
_NOBODY_THERE = frozenset({10007, 10013})


async def is_admin(http: HTTPClient, server: str, person: str) -> bool:
    """Whether somebody owns a server or may manage it (GET guilds/{id} and its members/{id})."""
    guild: Mapping[str, Any] = await http.request(Route("GET", "/guilds/{guild_id}", guild_id=int(server)))
    route = Route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=int(server), user_id=int(person))
    try:
        member: Mapping[str, Any] = await http.request(route)
    except discord.NotFound as error:
        if error.code in _NOBODY_THERE:
            return False
        raise
    return has_a_say(guild, member)


def has_a_say(guild: Mapping[str, Any], member: Mapping[str, Any]) -> bool:
    """Whether a member owns the server or has a role with Administrator or Manage Server.

    The role every member has carries the server's own id and is not listed with the member.
    """
    if member["user"]["id"] == guild["owner_id"]:
        return True
    own = {guild["id"], *member["roles"]}
    granted = [discord.Permissions(int(role["permissions"])) for role in guild["roles"] if role["id"] in own]
    return any(permissions.administrator or permissions.manage_guild for permissions in granted)
