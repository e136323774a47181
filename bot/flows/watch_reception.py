"""What a community does with the bot's posts: where two were taken away, no more are posted until a person says so.

Answers go on: who asks is welcome. That a post was taken away is known where the platform tells of it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from bot.ports.records import Pause
from bot.ports.store import UnitOfWork

#: How many posts taken away, within how long, are a word that cannot be misheard.
REMOVALS = 2
WITHIN = timedelta(days=30)

log = structlog.get_logger()


async def heed_removals(communities: Collection[str], *, work: UnitOfWork, now: datetime) -> None:
    """Pause the posts to each of these communities, in which messages were just deleted, if too many were the bot's.

    What the bot took back itself does not count. Once resumed, only a further removal pauses again.
    """
    for community in communities:
        removed = await work.shares.count_removed(community, now - WITHIN)
        if removed < REMOVALS:
            continue
        reason = f"{removed} posts were removed there within {WITHIN.days} days; speak with its admins, then resume"
        await work.pauses.add(Pause(scope="posts", key=community, since=now, reason=reason))
        log.error("posts paused", community=community, reason=reason)


async def end_pause(scope: str, key: str, *, work: UnitOfWork) -> bool:
    """Let go on what was paused, a community's posts with the community, whoever stopped them; False if nothing was."""
    ended = await work.pauses.remove(scope, key)
    if scope == "community":
        for posts in ("posts", "admins", "quiet"):
            ended = await work.pauses.remove(posts, key) or ended
    return ended
