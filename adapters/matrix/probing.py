"""What `check --online` sees of Matrix, with the clicks that change it. Reads only."""

from __future__ import annotations

from typing import Final

from adapters.matrix.failures import ENCRYPTED, INVITE_CLICKS, POWER_CLICKS, REDACT_CLICKS
from adapters.matrix.homeserver import Homeserver, Json
from bot.ports.platform import Finding

#: Who has no level of their own, and what it takes to write, where a room says nothing ("m.room.power_levels").
_DEFAULT_LEVEL: Final = 0


async def probe(server: Homeserver, rooms: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return findings about the account and each room; raises what `server` raises."""
    me = await server.whoami()
    findings = [Finding(ok=True, text=f"Logged in to Matrix as {me}.")]
    joined = await server.rooms()
    # what waits is told only with all that is new, so it is asked for only where a room is missing
    invited = frozenset[str]() if joined.issuperset(rooms) else await server.invitations()
    for room in rooms:
        if room in joined:
            findings += await _look_at_room(server, room, me)
        elif room in invited:
            findings.append(
                Finding(ok=False, text=f"{room}: an invitation waits; start `konektor run`, which accepts it.")
            )
        else:
            text = f"the bot is not in the room. Invite {me} ({INVITE_CLICKS}); a running bot accepts by itself."
            findings.append(Finding(ok=False, text=f"{room}: {text}"))
    return tuple(findings)


async def _look_at_room(server: Homeserver, room: str, me: str) -> tuple[Finding, ...]:
    if (moved := await server.state(room, "m.room.tombstone")) is not None:
        return (judge_upgrade(room, moved),)
    if await server.state(room, "m.room.encryption") is not None:
        return (Finding(ok=False, text=f"{room}: {ENCRYPTED}."),)
    return judge_power(room, me, await server.state(room, "m.room.power_levels"))


def judge_upgrade(room: str, moved: Json) -> Finding:
    """Say where a room goes on that was upgraded (client-server API, "Room upgrades"). Pure."""
    successor = moved.get("replacement_room")
    where = successor if isinstance(successor, str) else "another room"
    return Finding(ok=False, text=f"{room}: the room was upgraded and goes on as {where}; write that id under room.")


def judge_power(room: str, me: str, levels: Json | None) -> tuple[Finding, ...]:
    """Say whether the bot may write in a room with these power levels, and take back what it wrote. Pure.

    To take back an event of one's own needs the level of sending a redaction, not the one called `redact`.
    """
    levels = levels or {}
    users = levels.get("users")
    own = read_level((users if isinstance(users, dict) else {}).get(me, levels.get("users_default")))
    writing, redacting = _wanted(levels, "m.room.message"), _wanted(levels, "m.room.redaction")
    if own < writing:
        text = f"{room}: writing takes level {writing} and the bot has {own}; {POWER_CLICKS}."
        return (Finding(ok=False, text=text),)
    findings = (Finding(ok=True, text=f"{room}: the bot may read and write."),)
    if own < redacting:
        text = f"{room}: taking back its own posts takes level {redacting} and the bot has {own}; {REDACT_CLICKS}."
        return (*findings, Finding(ok=False, text=text))
    return findings


def _wanted(levels: Json, kind: str) -> int:
    events = levels.get("events")
    return read_level((events if isinstance(events, dict) else {}).get(kind, levels.get("events_default")))


def read_level(value: object) -> int:
    """Read a level; rooms of old versions may have it as text."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.strip().lstrip("-").isdecimal() else _DEFAULT_LEVEL
