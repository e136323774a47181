"""Why something was decided, for whoever wants to see it at once: the terminal chat, the sandbox page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bot.messages import ChannelRef

#: Told in words why the bot speaks or stays silent, where, and about which message (None: one that left no message).
Notice: TypeAlias = Callable[[str, ChannelRef, str | None], None]


def ignore(_why: str, _channel: ChannelRef, _message_id: str | None) -> None:
    """Take no notice."""
