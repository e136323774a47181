"""Which invitations the bot takes up, and what it says where it can't stay. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

from adapters.matrix.homeserver import Json

#: In every language of the bot, since nothing is known of the reader's.
DECLINED: Final = (
    "Percakapan ini terenkripsi ujung ke ujung, jadi aku tidak bisa membacanya. Undang aku ke ruang tanpa enkripsi.\n"
    "This conversation is end-to-end encrypted, so I can't read it. Please invite me to a room without encryption."
)


class Welcome(Enum):
    """What to do with an invitation."""

    #: Join: a community of the configuration, or somebody who wants to talk in private.
    ACCEPTED = auto()
    #: Join, say that encrypted rooms can't be read, and leave.
    DECLINED = auto()
    #: Do nothing: a room in no community is joined only when the configuration names it.
    IGNORED = auto()


def judge_invitation(room: str, state: Iterable[Json], *, me_id: str, places: frozenset[str]) -> Welcome:
    """Decide about an invitation by the stripped state that comes with it (client-server API, "Stripped state")."""
    events = tuple(state)
    if room in places:
        return Welcome.ACCEPTED
    if not any(_invites_directly(event, me_id) for event in events):
        return Welcome.IGNORED
    encrypted = any(event.get("type") == "m.room.encryption" for event in events)
    return Welcome.DECLINED if encrypted else Welcome.ACCEPTED


def _invites_directly(event: Json, me_id: str) -> bool:
    content = event.get("content")
    about_us = event.get("type") == "m.room.member" and event.get("state_key") == me_id
    return about_us and isinstance(content, dict) and content.get("is_direct") is True
