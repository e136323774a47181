"""Posts for the tests of the adapter, and Discord's refusals as discord.py raises them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord

from bot.messages import ChannelRef, LinkCard, OutgoingPost, Span
from tests.adapters.discord.conftest import Live


def post_in(
    live: Live, text: str = "halo", *, post_id: str = "a-1", channel: str | None = None, card: LinkCard | None = None
) -> OutgoingPost:
    """Return a post for a channel of the guild, its first one unless another is named."""
    where = ChannelRef(platform="discord", space=live.guild.id, channel=channel or live.channel)
    return OutgoingPost(id=post_id, channel=where, spans=(Span(text=text),), card=card)


def refusal(
    status: int, code: int = 0, text: str = "no", *, headers: dict[str, str] | None = None
) -> discord.HTTPException:
    """Return an error with Discord's own code, or with somebody else's page where `code` is 0."""
    response: Any = SimpleNamespace(status=status, reason="reason", headers=headers or {})
    body: Any = {"message": text, "code": code} if code else text
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = discord.DiscordServerError if status >= 500 else kinds.get(status, discord.HTTPException)
    return kind(response, body)
