"""Ids for our own rows: short enough for every platform's idempotency key, and in the order they were made."""

from __future__ import annotations

import itertools
import secrets
from datetime import datetime

_count = itertools.count()


def new_id(now: datetime) -> str:
    """Return 24 characters of [0-9a-f]: milliseconds (12), a running number (4), randomness (8).

    Ids made by one process sort in the order they were made as long as the clock does not go back; two processes never
    make the same one, but for a chance of one in four thousand million per id made in the same millisecond and number.
    """
    return f"{int(now.timestamp() * 1000):012x}{next(_count) & 0xFFFF:04x}{secrets.token_hex(4)}"
