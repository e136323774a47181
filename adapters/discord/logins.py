"""When a connection may log in, which Discord counts over all processes of an account.

`max_concurrency` connections may do so within five seconds, by their number modulo that; and 1,000 times a day, after
which Discord makes the token worthless. https://discord.com/developers/docs/events/gateway#rate-limiting and
#session-start-limit-object
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from discord.http import HTTPClient

from bot.errors import PlatformDown
from bot.ports.platform import Gate, Rate

#: Discord's five seconds, and by how much the way there may take longer for one than for the next.
_APART: Final = timedelta(seconds=5.5)
_DAY: Final = timedelta(days=1)
#: What is further away is waited for by trying again now and then.
_LONGEST_WAIT: Final = timedelta(seconds=30)


async def wait_for_login(http: HTTPClient, shard: int, gate: Gate) -> None:
    """Return when connection `shard` may send IDENTIFY, which has then been counted.

    Raises PlatformDown when that is far away, StoreFault, and what discord.py raises.
    """
    _, _, limit = await http.get_bot_gateway()
    if limit["remaining"] < 1:
        raise PlatformDown(f"Discord allows {limit['total']} logins a day, and all of them are used up.")
    # half of them may go at once, so that even with what comes back meanwhile no day has more than all
    at_once = max(1, limit["total"] // 2)
    rates = {
        f"login:{shard % max(1, limit['max_concurrency'])}": Rate(scope="account", count=1, per=_APART),
        "logins": Rate(scope="account", count=at_once, per=_DAY, burst=at_once),
    }
    while wait := await gate(rates):
        if wait > _LONGEST_WAIT:
            raise PlatformDown(f"Discord allows {limit['total']} logins a day; the next is left for in {wait}.")
        await asyncio.sleep(wait.total_seconds())
