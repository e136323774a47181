"""What to believe about sends that were under way when their process died."""

from __future__ import annotations

from collections.abc import Mapping

from bot.brand import Brand
from bot.clock import Clock
from bot.delivery.limiter import rate_keys
from bot.delivery.retry import LeaveUnknown, after_uncertainty
from bot.flows.deliver_posts import record_step
from bot.ports.platform import LookingBack, Platform
from bot.ports.store import Transactions

_REASON = "the process sending it ended before the platform's answer was recorded"


async def take_over(brand: Brand, *, store: Transactions, clock: Clock) -> None:
    """Take back everything a former process had in hand: for the start of the only process on a database."""
    async with store.work(brand.id) as work:
        await work.outbox.orphan_all(clock.now())
        await work.questions.orphan_all()
        await work.commit()


async def recover_sends(brand: Brand, *, store: Transactions, platforms: Mapping[str, Platform], clock: Clock) -> int:
    """Decide about every send whose lease has run out; return how many there were."""
    async with store.work(brand.id) as work:
        abandoned = await work.outbox.abandoned(clock.now())
        for message in abandoned:
            platform = platforms.get(message.channel.platform)
            if platform is None:
                step = LeaveUnknown(reason=f"{_REASON}, and no account on its platform is configured now")
                await record_step(work, message, step, rates=())
                continue
            decided = after_uncertainty(
                message,
                platform.traits,
                clock.now(),
                reason=_REASON,
                can_look_back=isinstance(platform, LookingBack),
            )
            rates = rate_keys(platform.name, platform.limits.rates)
            await record_step(work, message, decided, rates=rates)
        if abandoned:
            await work.commit()
    return len(abandoned)
