"""Rows older than the configuration keeps them are removed."""

from __future__ import annotations

import structlog

from bot.brand import Brand
from bot.clock import Clock
from bot.ports.store import Transactions

log = structlog.get_logger()


async def forget_old(brand: Brand, *, store: Transactions, clock: Clock) -> tuple[int, int]:
    """Remove events and settled questions past their time (`privacy.keep`); return how many of each."""
    now = clock.now()
    async with store.work(brand.id) as work:
        events = await work.events.forget_before(now - brand.privacy.keep_events)
        await work.receptions.forget_before(now - brand.privacy.keep_events)
        questions = await work.questions.forget_before(now - brand.privacy.keep_questions)
        await work.commit()
    if events or questions:
        log.info("old rows forgotten", events=events, questions=questions)
    return events, questions
