"""Where a platform's log ends, told to the platform, so that what was written meanwhile is read."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.brand import Brand
from bot.clock import Clock
from bot.errors import StoreFault
from bot.ports.platform import Platform, Resuming
from bot.ports.store import Transactions

#: How far back the newest message of a channel is looked for.
HEARD_WITHIN = timedelta(days=7)
#: What is older was meant for somebody else: nobody waits for an answer to yesterday's question.
LONGEST_GAP = timedelta(hours=24)

log = structlog.get_logger()


async def resume_listening(platform: Platform, brand: Brand, *, store: Transactions, clock: Clock) -> None:
    """Prepare a platform for its next `run`; one that repeats what was missed by itself needs nothing."""
    if not isinstance(platform, Resuming):
        return
    now = clock.now()
    communities = [key for key, community in brand.communities.items() if community.platform == platform.name]
    try:
        async with store.read(brand.id) as work:
            heard = await work.events.newest_messages(communities, now - HEARD_WITHIN)
    except StoreFault as fault:
        log.warning("what was written meanwhile is not read", platform=platform.name, reason=str(fault))
        heard = {}
    platform.resume(heard, not_before=now - LONGEST_GAP)
