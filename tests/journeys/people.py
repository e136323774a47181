"""A brand with people in its log, for the journeys about them."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.assemble import Assembly, assembled, importer
from bot.brand import Brand, Community, Privacy
from bot.clock import ReplayClock
from bot.engagement.history.found import Unreadable
from bot.flows.import_history import ImportCount
from bot.messages import ChannelRef, Place
from bot.ports.records import LoggedEvent
from tests.unit.conversation.sample import BRAND

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TELEGRAM_CHAT = "-1001234567890"
SERVER, CHANNEL = "111111111111111111", "222222222222222222"


def _community(key: str, posts: ChannelRef) -> Community:
    return Community(
        key=key,
        platform=posts.platform,
        place=Place(posts=posts),
        language="id",
        timezone=ZoneInfo("Asia/Jakarta"),
        quiet_hours=None,
        max_posts=None,
    )


COMMUNITIES = {
    community.key: community
    for community in (
        _community("warung", ChannelRef(platform="sandbox", space="warung", channel="warung")),
        _community("kedai", ChannelRef(platform="telegram", space=TELEGRAM_CHAT, channel=TELEGRAM_CHAT)),
        _community("roasters", ChannelRef(platform="discord", space=SERVER, channel=CHANNEL)),
    )
}


def brand_at(store_url: str, **privacy: Any) -> Brand:
    """The sample brand in three communities, with its history in a database."""
    changed: Privacy = replace(BRAND.privacy, **privacy)
    return replace(BRAND, store_url=store_url, communities=COMMUNITIES, privacy=changed)


@asynccontextmanager
async def parts_of(brand: Brand) -> AsyncIterator[Assembly]:
    """Open a brand's parts at one moment."""
    async with assembled(brand, clock=ReplayClock(NOW)) as parts:
        yield parts


async def take_in(
    parts: Assembly, data: str | bytes, *, community: str | None = None, name: str = "h.jsonl"
) -> tuple[ImportCount, list[tuple[str, Unreadable]]]:
    """Import one file; return the count and what could not be read."""
    told: list[tuple[str, Unreadable]] = []
    take_file = importer(parts, complain=lambda file, what: told.append((file, what)), moved=lambda _read: None)
    raw = data.encode() if isinstance(data, str) else data
    return await take_file(io.BytesIO(raw), name=name, basis="members agreed", community=community), told


def lines(*messages: Mapping[str, Any]) -> str:
    """Write messages as JSON Lines, with what every one of them needs."""
    return "\n".join(
        json.dumps({"id": f"m{number}", "community": "warung", "at": f"2026-11-24T08:{number:02}:00Z", **message})
        for number, message in enumerate(messages, start=1)
    )


async def logged(parts: Assembly) -> tuple[LoggedEvent, ...]:
    """Return the whole log."""
    async with parts.store.read(parts.brand.id) as work:
        return await work.events.since(None, datetime(2000, 1, 1, tzinfo=UTC))
