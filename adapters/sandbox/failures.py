"""What can go wrong in a sandbox, on request, and what the core is told then: one table.

A sandbox never fails by itself. Whoever drives it can rehearse the mishaps of real platforms.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, TypeAlias

from bot.errors import ChannelLost, PlatformDown, PlatformFault, PostRejected, RateLimited, SendUncertain

#: `away`: the platform is not there. `slow_mode`: it asks for patience. `answer_lost`: the post is taken and its answer
#: lost. `closed`: the bot was shown out of the community. `refused`: the content is not wanted.
Mishap: TypeAlias = Literal["away", "slow_mode", "answer_lost", "closed", "refused"]

#: What slow mode asks for.
SLOW_MODE = timedelta(seconds=30)


def fault_of(mishap: Mishap, space: str) -> PlatformFault:
    """Return what `Platform.post` raises for `mishap` in the community `space`."""
    where = f'the sandbox community "{space}"'
    match mishap:
        case "away":
            return PlatformDown(f"{where} is away; the post will be tried again")
        case "slow_mode":
            seconds = int(SLOW_MODE.total_seconds())
            return RateLimited(f"{where} is in slow mode; wait {seconds} s and try again", retry_after=SLOW_MODE)
        case "answer_lost":
            return SendUncertain(f"{where} did not say whether it took the post; send it again with the same id")
        case "closed":
            return lost(space)
        case "refused":
            return PostRejected(f"{where} refuses this post; change what it says")


def lost(space: str) -> ChannelLost:
    """Return what a post to a community that is not there raises."""
    return ChannelLost(f'there is no sandbox community "{space}"; add it under communities, or remove what posts to it')
