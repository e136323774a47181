"""A group that became a supergroup: Telegram says so in a service message in both, which is one event. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.telegram.settings import NAME
from bot.messages import ChannelMoved, ChannelRef


def read_move(message: Mapping[str, Any]) -> ChannelMoved | None:
    """Read `migrate_to_chat_id` in the old group or `migrate_from_chat_id` in the new one; None for all else."""
    if message.get("migrate_to_chat_id") is not None:
        old, new = message["chat"]["id"], message["migrate_to_chat_id"]
    elif message.get("migrate_from_chat_id") is not None:
        old, new = message["migrate_from_chat_id"], message["chat"]["id"]
    else:
        return None
    here, there = str(int(old)), str(int(new))
    return ChannelMoved(
        event_id=f"moved:{here}:{there}",
        at=datetime.fromtimestamp(int(message["date"]), UTC),
        channel=ChannelRef(platform=NAME, space=here, channel=here),
        to=ChannelRef(platform=NAME, space=there, channel=there),
    )
