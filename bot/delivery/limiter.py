"""The limiter's arithmetic: GCRA (ITU-T I.371, annex A), the leaky bucket as a single moment in time.

No rows here and no clock: the store keeps the moment of each key and asks these functions within its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports.platform import Rate
from bot.ports.records import RateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What the limits on a whole account leave over for those who take sends in hand some time ahead."""

    #: The limits that have been used, each with its theoretical arrival time.
    used: tuple[tuple[datetime, RateKey], ...]
    #: How far ahead sends are taken in hand.
    ahead: timedelta

    @property
    def opens_at(self) -> datetime | None:
        """When it is worth while to take sends in hand; None for at any time.

        Where a limit is used up that is when half of what can be taken ahead is free again: whoever takes the places
        one by one, as they come free, works for each as much as for many.
        """
        opens = [next_at - key.tolerance - self.ahead / 2 for next_at, key in self.used]
        return max(opens, default=None)

    def places(self, now: datetime, most: int) -> int:
        """Return how many sends can be taken in hand at `now`, `most` at most: 0 while it is not worth while."""
        if self.opens_at is not None and self.opens_at > now:
            return 0
        until = now + self.ahead
        free = ((until - max(next_at, now) + key.tolerance) // key.interval + 1 for next_at, key in self.used)
        return max(0, min((most, *free)))


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


def is_steady(key: RateKey) -> bool:
    """Whether a limit on the whole account asks that sends follow each other evenly, with no burst."""
    return not key.tolerance and "{channel}" not in key.key
