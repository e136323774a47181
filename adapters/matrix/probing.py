"""What `check --online` sees of Matrix, with the clicks that change it. Reads only."""

from __future__ import annotations

from typing import Final

from adapters.matrix.failures import ENCRYPTED, INVITE_CLICKS, POWER_CLICKS
from adapters.matrix.homeserver import Homeserver, Json
from bot.ports.platform import Finding

#: Who has no level of their own, and what it takes to write, where a room says nothing ("m.room.power_levels").
_DEFAULT_LEVEL: Final = 0


async def probe(server: Homeserver, rooms: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return findings about the account and each room; raises what `server` raises."""
    me = await server.whoami()
    findings = [Finding(ok=True, text=f"Logged in to Matrix as {me}.")]
    joined = await server.rooms()
    for room in rooms:
        if room not in joined:
            findings.append(
                Finding(
                    ok=False,
                    text=f"{room}: the bot is not in the room. Invite {me} ({INVITE_CLICKS}); a running bot accepts by "
                    "itself.",
                )
            )
        elif await server.state(room, "m.room.encryption") is not None:
            findings.append(Finding(ok=False, text=f"{room}: {ENCRYPTED}."))
        else:
            findings.append(judge_power(room, me, await server.state(room, "m.room.power_levels")))
    return tuple(findings)


def judge_power(room: str, me: str, levels: Json | None) -> Finding:
    """Say whether the bot may write in a room with these power levels."""
    levels = levels or {}
    users, events = levels.get("users"), levels.get("events")
    own = read_level((users if isinstance(users, dict) else {}).get(me, levels.get("users_default")))
    wanted = read_level(
        (events if isinstance(events, dict) else {}).get("m.room.message", levels.get("events_default"))
    )
    if own < wanted:
        return Finding(ok=False, text=f"{room}: writing takes level {wanted} and the bot has {own}; {POWER_CLICKS}.")
    return Finding(ok=True, text=f"{room}: the bot may read and write.")


def read_level(value: object) -> int:
    """Read a level; rooms of old versions may have it as text."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.strip().lstrip("-").isdecimal() else _DEFAULT_LEVEL
