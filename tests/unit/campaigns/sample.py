"""A community, a campaign and posts; every test says only what is different."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.brand import AtTimes, Campaign, Community
from bot.ports.records import Post, Share
from tests.unit.conversation.sample import WARUNG

#: Ten in the morning in Jakarta, a Monday.
NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")
EVERY_MORNING = AtTimes(weekdays=frozenset(range(7)), times=(time(9),))
COMMUNITY: Community = WARUNG


def a_campaign(**changes: Any) -> Campaign:
    """Return a campaign that shares the blog in the warung every morning at nine."""
    values: dict[str, Any] = {
        "key": "news",
        "sources": ("blog",),
        "communities": ("warung",),
        "when": EVERY_MORNING,
        "timezone": JAKARTA,
        "utm": {},
        "templates": {},
    }
    return Campaign(**{**values, **changes})


def a_post(post_id: str, **changes: Any) -> Post:
    """Return a post that came in after the campaign had begun."""
    values: dict[str, Any] = {
        "id": post_id,
        "link": f"https://kopi.example/{post_id}",
        "title": f"Title of {post_id}",
        "summary": "A summary.",
        "text": "The text.",
        "author": None,
        "tags": (),
        "image_url": None,
        "published_at": NOW,
        "first_seen_at": NOW,
        "in_first_reading": False,
        "content_hash": post_id,
        "revision": 1,
    }
    return Post(**{**values, **changes})


def a_share(share_id: str, **changes: Any) -> Share:
    """Return the draft of a share of post `p1` in the warung."""
    values: dict[str, Any] = {
        "id": share_id,
        "community": "warung",
        "post_id": "p1",
        "revision": 1,
        "campaign": "news",
        "slot": "2026-07-06T09:00",
        "state": "draft",
        "reason": "",
        "until": None,
        "created_at": NOW,
    }
    return Share(**{**values, **changes})
