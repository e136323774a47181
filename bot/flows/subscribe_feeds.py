"""Being told of news by the hubs of feeds: who is asked, what they confirm, and what a push leads to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog

from bot.brand import Brand, FeedSource
from bot.clock import Clock
from bot.errors import FeedFault
from bot.feeds.websub import ASK_AGAIN, is_signed, push_secret, read_lease, renew_at, subscription_form
from bot.ports.reading import Hubs
from bot.ports.store import Transactions

log = structlog.get_logger()


async def subscribe_feeds(brand: Brand, *, store: Transactions, hubs: Hubs, clock: Clock) -> datetime | None:
    """Ask the hubs of feeds whose time has come; return when the next is to be asked, None for never.

    Nobody is asked where hubs could not call back. A hub that refuses or does not call back is asked again later:
    polling goes on as before in the meantime.
    """
    public_url = brand.web.public_url if brand.web else None
    if public_url is None or brand.link_key is None:
        return None
    now = clock.now()
    async with store.work(brand.id) as work:
        due = await work.subscriptions.claim_due(now, next_at=now + ASK_AGAIN)
        for one in due:
            if not isinstance(brand.sources.get(one.source), FeedSource):
                await work.subscriptions.drop(one.source)
        # before the hub is asked: it may call back before it answers
        await work.commit()
    for one in due:
        if isinstance(brand.sources.get(one.source), FeedSource):
            form = subscription_form(one.source, one.topic, public_url=public_url, key=brand.link_key)
            try:
                await hubs.ask_hub(one.hub, form)
            except FeedFault as fault:
                log.warning("hub not asked", source=one.source, reason=str(fault))
            else:
                log.info("hub asked", source=one.source, hub=one.hub)
    async with store.read(brand.id) as work:
        return await work.subscriptions.next_at()


async def answer_hub(
    brand: Brand, source: str, query: Mapping[str, str], *, store: Transactions, now: datetime
) -> str | None:
    """Hear a hub that verifies or denies a subscription (sections 5.2 and 5.3); return what to say, None for 404."""
    async with store.work(brand.id) as work:
        known = await work.subscriptions.get(source)
        if known is None or query.get("hub.topic") != known.topic or source not in brand.sources:
            return None
        if query.get("hub.mode") == "denied":
            await work.subscriptions.confirm(source, until=None, next_at=now + ASK_AGAIN)
            await work.commit()
            log.warning("hub refused", source=source, reason=query.get("hub.reason", "")[:200])
            return ""
        lease, challenge = read_lease(query.get("hub.lease_seconds")), query.get("hub.challenge")
        if query.get("hub.mode") != "subscribe" or lease is None or not challenge:
            return None
        await work.subscriptions.confirm(source, until=now + lease, next_at=renew_at(now, lease))
        await work.commit()
    log.info("hub pushes", source=source, until=now + lease)
    return challenge


async def take_push(
    brand: Brand, source: str, body: bytes, signature: str, *, store: Transactions, now: datetime
) -> bool:
    """Let a feed be read at once that its hub has news of; whether the push was believed."""
    if brand.link_key is None or not isinstance(brand.sources.get(source), FeedSource):
        return False
    async with store.work(brand.id) as work:
        known = await work.subscriptions.get(source)
        if known is None or not is_signed(body, signature, push_secret(source, known.topic, brand.link_key)):
            log.warning("push not believed", source=source)
            return False
        await work.subscriptions.pushed(source, now)
        await work.commit()
    return True
