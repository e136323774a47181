"""Which invitations the bot takes up, and what it says where it can't stay. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from adapters.matrix.homeserver import Json

#: In every language of the bot, since nothing is known of the reader's.
DECLINED: Final = (
    "Percakapan ini terenkripsi ujung ke ujung, jadi aku tidak bisa membacanya. Undang aku ke ruang tanpa enkripsi.\n"
    "This conversation is end-to-end encrypted, so I can't read it. Please invite me to a room without encryption."
)


def is_welcome(room: str, state: Iterable[Json], *, me_id: str, places: frozenset[str]) -> bool:
    """Whether to take an invitation up: to a community of the configuration, or from somebody to talk in private.

    `state` is what it shows of the room's members (client-server API, "Stripped state"). Whether the room is encrypted
    is seen once the bot is in it.
    """
    return room in places or any(_invites_directly(event, me_id) for event in state)


def _invites_directly(event: Json, me_id: str) -> bool:
    content = event.get("content")
    about_us = event.get("type") == "m.room.member" and event.get("state_key") == me_id
    return about_us and isinstance(content, dict) and content.get("is_direct") is True
