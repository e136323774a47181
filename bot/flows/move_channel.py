"""A community's channel has a new address: what is to be said follows it, and the operator is told.

The configuration goes on naming the old one until somebody changes it; both mean the same community until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.brand import Brand, Community
from bot.messages import ChannelRef
from bot.ports.records import Moved
from bot.ports.store import Transactions, UnitOfWork

log = structlog.get_logger()


async def record_move(moved: Moved, *, brand: Brand, work: UnitOfWork) -> None:
    """Write down a move within a transaction; the same one again changes only what was addressed wrongly since."""
    if await work.moves.record(moved):
        _tell(moved, brand.community_at(moved.old))


async def remind_of_moves(brand: Brand, *, store: Transactions) -> None:
    """Say at the start which communities the configuration still names by an old address."""
    async with store.read(brand.id) as work:
        moves = await work.moves.all()
    for moved in moves:
        if community := brand.community_at(moved.old):
            _tell(moved, community)


def find_moved(channel: ChannelRef, *, brand: Brand, moves: Sequence[Moved]) -> Community | None:
    """Return the community an event belongs to, whichever of its addresses the event and the configuration name."""
    for moved in moves:
        for here, there in ((moved.new, moved.old), (moved.old, moved.new)):
            if _is_same(channel, here) and (found := brand.community_at(replace(there, thread=channel.thread))):
                return found
    return None


def at_current_addresses(brand: Brand, moves: Sequence[Moved]) -> Brand:
    """Return the brand with its communities where they are by now, whatever the configuration says."""
    if not moves:
        return brand
    communities = {
        key: replace(community, place=replace(community.place, posts=_current_address(community.place.posts, moves)))
        for key, community in brand.communities.items()
    }
    return replace(brand, communities=communities)


def _current_address(channel: ChannelRef, moves: Sequence[Moved]) -> ChannelRef:
    return next((moved.new for moved in moves if _is_same(channel, moved.old)), channel)


def _is_same(one: ChannelRef, other: ChannelRef) -> bool:
    return (one.platform, one.channel) == (other.platform, other.channel)


def _tell(moved: Moved, community: Community | None) -> None:
    if community is not None:
        log.warning(
            "a community has a new address; write it in config.yaml",
            community=community.key,
            platform=moved.old.platform,
            old=moved.old.channel,
            new=moved.new.channel,
        )
