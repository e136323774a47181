"""The limiter's arithmetic: GCRA (ITU-T I.371, annex A), the leaky bucket as a single moment in time.

No rows here and no clock: the store keeps the moment of each key and asks these functions within its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ports.platform import Rate
from bot.ports.records import RateKey


def rate_keys(platform: str, rates: Sequence[Rate]) -> tuple[RateKey, ...]:
    """Return a platform's documented rates as the limiter keeps them; `{channel}` stands for each channel's own key."""
    return tuple(
        rate_key(
            f"{platform}:{rate.scope}:{rate.count}/{rate.per.total_seconds():g}s"
            + (":{channel}" if rate.scope == "channel" else ""),
            rate,
        )
        for rate in rates
    )


def rate_key(key: str, rate: Rate) -> RateKey:
    """Return a documented rate as the limiter keeps it under `key`."""
    interval = rate.per / rate.count
    return RateKey(key=key, interval=interval, tolerance=interval * (rate.burst - 1))


def allowed_at(next_at: datetime | None, key: RateKey, now: datetime) -> datetime:
    """Return when one more send conforms: `now` if it does already."""
    return now if next_at is None else max(now, next_at - key.tolerance)


def after_send(next_at: datetime | None, key: RateKey, now: datetime) -> datetime:
    """Return the theoretical arrival time after a send at `now`."""
    return max(now, next_at or now) + key.interval
