"""How events of a history become rows, by the hundred thousand."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from bot.ports.records import PastEvent, TowardKind
from bot.store.driver import text_of_moment

#: The columns of `past_row`, in its order.
PAST_COLUMNS = (
    "brand_id", "platform", "event_id", "kind", "community", "channel", "happened_at", "author", "toward",
    "message_id", "reply_to", "emoji", "text",
)  # fmt: skip


def past_row(brand_id: str, platform: str, past: PastEvent) -> tuple[str | None, ...]:
    """Return an event as SQLite keeps it: moments as text in UTC, lists as JSON."""
    event_id, kind, community, channel, at, author, toward, message_id, reply_to, emoji, text = past
    return (
        brand_id,
        platform,
        event_id,
        kind,
        community,
        channel,
        text_of_moment(at),
        author,
        _as_json(toward) if toward else "[]",
        message_id,
        reply_to,
        emoji,
        text,
    )


def past_columns(brand_id: str, platform: str, past: PastEvent) -> dict[str, Any]:
    """Return an event as columns of any database."""
    values = past._asdict()
    values["happened_at"] = values.pop("at")
    return {"brand_id": brand_id, "platform": platform, **values, "toward": [list(each) for each in past.toward]}


@lru_cache(maxsize=1 << 16)
def _as_json(toward: tuple[tuple[str, TowardKind], ...]) -> str:
    return json.dumps(toward)
