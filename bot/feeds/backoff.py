"""When a feed is read next. Pure: the present moment and the last outcome come in, a moment goes out."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.messages import aware_utc

#: A failing feed is tried at least this often, unless its own `check_every` is longer. It is never given up.
LONGEST_BACKOFF = timedelta(hours=6)
#: The longest a server may keep us away, whether it calls its feed fresh or asks for patience.
LONGEST_REQUESTED = timedelta(hours=24)
#: How much of the wait is added at most, so that many feeds with one rhythm do not come at one moment.
JITTER = 0.1
# Doubling further could not change anything, and a feed may fail for years.
_MOST_DOUBLINGS = 16


def next_check(
    now: datetime,
    *,
    check_every: timedelta,
    fresh_for: timedelta | None,
    failures: int,
    retry_after: timedelta | None,
    seed: str,
) -> datetime:
    """Return when to read a feed next, aware UTC, always after `now` when `check_every` is positive.

    After success (`failures` 0) that is `check_every`, or longer while the server calls the body fresh (`fresh_for`).
    After the nth failure in a row it is `check_every` · 2ⁿ⁻¹, at most LONGEST_BACKOFF; never sooner than `retry_after`
    asks. Up to JITTER of the wait is added; equal arguments give equal moments. `seed` is the source's key.
    """
    base = aware_utc(now, "now")
    wait = check_every
    if failures > 0:
        doubled = check_every * 2 ** min(failures - 1, _MOST_DOUBLINGS)
        wait = max(check_every, min(doubled, LONGEST_BACKOFF))
    for requested in (fresh_for if failures == 0 else None, retry_after):
        if requested is not None:
            wait = max(wait, min(requested, LONGEST_REQUESTED))
    return base + wait * (1 + JITTER * _fraction(f"{seed}|{failures}|{base.isoformat()}"))


def _fraction(seed: str) -> float:
    """Map `seed` evenly onto 0 to 1."""
    return int.from_bytes(hashlib.sha256(seed.encode("utf-8", "replace")).digest()[:6], "big") / 2**48
