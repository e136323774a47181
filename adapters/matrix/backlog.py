"""What one answer of the homeserver leaves out: the part of a burst beyond its limit, and the time of a restart.

Events of a room come newest first, page by page (client-server API, GET rooms/{id}/messages); nothing here knows what
they mean.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from adapters.matrix.homeserver import Json, Page
from adapters.matrix.incoming import read_time
from bot.ports.platform import Heard

#: So much of one room is fetched at once, and no more: memory has an end, and a room that outruns it is told of.
_LONGEST: Final = 20_000
#: Servers' clocks differ by so much.
_OVERLAP: Final = timedelta(minutes=2)

_log = structlog.get_logger()


class Pages(Protocol):
    """Where pages come from."""

    async def page_before(self, room: str, token: str, until: str | None) -> Page:
        """Return the events before `token`, newest first, down to `until`."""


async def read_gap(pages: Pages, room: str, *, before: str, since: str) -> list[Json]:
    """Return what lies between two tokens of one connection, oldest first: all of it."""
    found: list[Json] = []
    token: str | None = before
    while token is not None and len(found) < _LONGEST:
        page = await pages.page_before(room, token, since)
        found += page.events
        token = page.beyond if page.beyond != token else None
    if token is not None:
        _log.error("matrix room is too busy; what was written before is not known", room=room, events=len(found))
    return found[::-1]


async def read_since(
    pages: Pages,
    room: str,
    newest: list[Json],
    *,
    before: str | None,
    heard: Heard,
    not_before: datetime,
    now: datetime,
) -> list[Json]:
    """Return what came after the message that was `heard` last, oldest first; `newest` is what is known already.

    It ends at that message, or at one that is clearly older, should the message itself be gone; at `not_before` it ends
    in any case.
    """
    ends_at = max(heard.at - _OVERLAP, not_before)
    found = list(reversed(newest))
    token = before
    while True:
        for count, event in enumerate(found):
            if event.get("event_id") == heard.message_id or read_time(event, now) < ends_at:
                return found[:count][::-1]
        if token is None or len(found) >= _LONGEST:
            return found[::-1]
        page = await pages.page_before(room, token, None)
        found += page.events
        token = page.beyond if page.beyond != token else None
