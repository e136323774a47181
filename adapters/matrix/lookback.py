"""Whether a post stands in its room, looked up after its transaction may have been forgotten.

A homeserver tells the device that sent an event by which transaction (`unsigned.transaction_id`, client-server API,
"Transaction identifiers"), as long as it remembers; after that a post is known by what it says and what it answers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from adapters.matrix import outgoing
from adapters.matrix.homeserver import Json, Page
from bot.errors import SendUncertain
from bot.messages import OutgoingPost, PostedRef

#: Clocks differ by so much, ours and the homeserver's.
_EARLIER: Final = timedelta(minutes=2)
_PAGES: Final = 40
_SAID: Final = ("msgtype", "body", "format", "formatted_body")


class History(Protocol):
    """A room's history, and whose the account is."""

    async def whoami(self) -> str:
        """Return the account's user id."""

    async def page_before(self, room: str, token: str | None, until: str | None) -> Page:
        """Return the events before `token`, newest first; None begins with the newest of all."""


async def find_posted(history: History, post: OutgoingPost, *, begun_at: datetime) -> PostedRef | None:
    """Return where the post stands; None when it is not there.

    Raises SendUncertain when more was written since than is read, and what `history` raises.
    """
    me = await history.whoami()
    wanted = outgoing.message_content(post, reply_to=post.reply_to)
    token: str | None = None
    for _ in range(_PAGES):
        page = await history.page_before(post.channel.channel, token, None)
        for event in page.events:
            if _written_at(event) < begun_at - _EARLIER:
                return None
            if event.get("sender") == me and _is_of(post, event, wanted):
                return PostedRef(channel=post.channel, message_id=str(event["event_id"]))
        if page.beyond is None or page.beyond == token:
            return None
        token = page.beyond
    raise SendUncertain("Perhaps sent: so much was written since that the post can't be found; look for it yourself.")


def _is_of(post: OutgoingPost, event: Json, wanted: Json) -> bool:
    """Whether an event of the bot's own is `post`."""
    transaction = _part(event, "unsigned").get("transaction_id")
    if transaction is not None:
        return bool(transaction == post.id)
    content = event.get("content")
    if not isinstance(content, dict) or any(content.get(key) != wanted.get(key) for key in _SAID):
        return False
    relation, meant = _part(content, "m.relates_to"), _part(wanted, "m.relates_to")
    answered = _part(relation, "m.in_reply_to").get("event_id")
    return (
        relation.get("rel_type") == meant.get("rel_type")
        # a reference to what is gone was left out when it was sent
        and answered in {_part(meant, "m.in_reply_to").get("event_id"), post.channel.thread, None}
    )


def _part(whole: Json, key: str) -> dict[str, Any]:
    part = whole.get(key)
    return part if isinstance(part, dict) else {}


def _written_at(event: Json) -> datetime:
    """Return an event's time, which its own homeserver gave it; one without is as old as can be."""
    milliseconds = event.get("origin_server_ts")
    return datetime.fromtimestamp(milliseconds / 1000 if isinstance(milliseconds, int) else 0, UTC)
