"""What editors see of shares, version by version, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import RowMapping, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import Draft, DraftState
from bot.store.rows import body_columns, body_of
from bot.store.tables import draft, share
from bot.store.wakes import notify


class SqlDrafts:
    """Meets `bot.ports.store.Drafts`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def add(self, new: Draft) -> None:
        await self._connection.execute(
            draft.insert().values(
                brand_id=self._brand_id,
                share_id=new.share_id,
                version=new.version,
                body=body_columns(new.body),
                revision=new.revision,
                state=new.state,
                asked_at=new.asked_at,
                expires_at=new.expires_at,
                announced_as=new.announced_as,
                decided_at=new.decided_at,
                decided_by=new.decided_by,
                reason=new.reason,
            )
        )

    async def newest(self, share_ids: Collection[str]) -> Mapping[str, Draft]:
        if not share_ids:
            return {}
        rows = await self._connection.execute(
            select(draft)
            .where(draft.c.brand_id == self._brand_id, draft.c.share_id.in_(share_ids))
            .order_by(draft.c.version)
        )
        return {found.share_id: found for found in map(_draft_of, rows.mappings())}

    async def waiting(self) -> tuple[Draft, ...]:
        rows = await self._connection.execute(
            select(draft)
            .where(draft.c.brand_id == self._brand_id, draft.c.state == "waiting")
            .order_by(draft.c.asked_at, draft.c.share_id)
        )
        return tuple(_draft_of(row) for row in rows.mappings())

    async def decided_since(self, start: datetime) -> tuple[Draft, ...]:
        rows = await self._connection.execute(
            select(draft)
            .where(draft.c.brand_id == self._brand_id, draft.c.decided_at >= start)
            .order_by(draft.c.decided_at.desc(), draft.c.version.desc())
        )
        return tuple(_draft_of(row) for row in rows.mappings())

    async def decide(self, found: Draft, state: DraftState, *, by: str, reason: str, at: datetime) -> bool:
        changed = await self._connection.execute(
            update(draft)
            .where(
                draft.c.brand_id == self._brand_id,
                draft.c.share_id == found.share_id,
                draft.c.version == found.version,
                draft.c.state == "waiting",
            )
            .values(state=state, decided_by=by, reason=reason, decided_at=at)
        )
        await notify(self._connection, self._brand_id)
        return changed.rowcount == 1

    async def find_announced(self, outbox_id: str) -> Draft | None:
        rows = await self._connection.execute(
            select(draft).where(draft.c.brand_id == self._brand_id, draft.c.announced_as == outbox_id)
        )
        row = rows.mappings().first()
        return None if row is None else _draft_of(row)

    async def states(self, campaign: str, community: str) -> frozenset[DraftState]:
        found = await self._connection.scalars(
            select(draft.c.state)
            .join(share, (share.c.brand_id == draft.c.brand_id) & (share.c.id == draft.c.share_id))
            .where(
                draft.c.brand_id == self._brand_id,
                share.c.campaign == campaign,
                share.c.community == community,
                # a share may have been let go of meanwhile without anybody's decision
                or_(draft.c.state != "waiting", share.c.state == "awaiting_approval"),
            )
            .distinct()
        )
        return frozenset(found)


def _draft_of(row: RowMapping) -> Draft:
    return Draft(
        **{
            **{name: value for name, value in row.items() if name != "brand_id"},
            "body": body_of(row["body"]),
        }
    )
