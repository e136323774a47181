"""When lanes are to be looked at: the earliest moment of each platform and kind, however many lanes there are."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import lane

#: The kinds of messages, in the order they go out: people wait for replies, and what is wrong is put right early.
KINDS = ("reply", "delete", "edit", "post")


async def read_due(connection: AsyncConnection, brand_id: str) -> dict[tuple[str, str], datetime]:
    """Return when the first lane of a platform and kind is due; one of which none waits is left out."""
    rows = await connection.execute(_earliest(), {"brand": brand_id})
    return {(platform, kind): at for platform, *moments in rows for kind, at in zip(KINDS, moments, strict=True) if at}


@cache
def _earliest() -> Select[Any]:
    # each platform is found by a step in the index from the one before, and each moment by another
    first = select(_first_platform().label("platform")).cte("platforms", recursive=True)
    found = first.union_all(select(_first_platform(first.c.platform)).where(first.c.platform.is_not(None)))
    moments = (
        select(func.min(lane.c.due_at, type_=lane.c.due_at.type))
        .where(
            lane.c.brand_id == bindparam("brand"),
            lane.c.platform == found.c.platform,
            lane.c.kind == kind,
            lane.c.due_at.is_not(None),
        )
        .correlate(found)
        .scalar_subquery()
        for kind in KINDS
    )
    return select(found.c.platform, *moments).where(found.c.platform.is_not(None))


def _first_platform(after: Any = None) -> ScalarSelect[str]:  # noqa: ANN401  # a column of a common table expression
    """Return the first platform, by its name, that has a lane in which something waits."""
    first = select(func.min(lane.c.platform)).where(lane.c.brand_id == bindparam("brand"), lane.c.due_at.is_not(None))
    return first.scalar_subquery() if after is None else first.where(lane.c.platform > after).scalar_subquery()
