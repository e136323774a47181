"""Keys of the configuration in the rows that hang on them, and how a renamed key takes its history along."""

from __future__ import annotations

from sqlalchemy import Column, Table, and_, delete, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import KeyKind
from bot.store.tables import (
    campaign_start,
    event,
    outbox,
    pause,
    question,
    remark,
    run_ledger,
    share,
    sighting,
    source,
    subscription,
)

#: Where each kind of key stands. The slot of the ledger names the community as well where each has its own time.
_COLUMNS: dict[KeyKind, tuple[Column[str], ...]] = {
    "community": (
        event.c.community,
        question.c.community,
        campaign_start.c.community,
        run_ledger.c.community,
        share.c.community,
        outbox.c.community,
        remark.c.community,
    ),
    "campaign": (campaign_start.c.campaign, run_ledger.c.campaign, share.c.campaign),
    "source": (source.c.source, sighting.c.source),
}


class SqlKeys:
    """Meets `bot.ports.store.Keys`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def rename(self, kind: KeyKind, old: str, new: str) -> int:
        moved = 0
        for column in _COLUMNS[kind]:
            await self._make_way(column, old, new)
            done = await self._connection.execute(
                update(column.table)
                .where(column.table.c.brand_id == self._brand_id, column == old)
                .values({column.name: new})
            )
            moved += done.rowcount
        if kind == "source":
            # its hub calls an address that names the old key: the next reading finds the hub anew
            await self._connection.execute(
                delete(subscription).where(subscription.c.brand_id == self._brand_id, subscription.c.source == old)
            )
        if kind == "community":
            await self._rename_slots(old, new)
        if kind == "campaign":
            await self._connection.execute(
                update(share).where(share.c.brand_id == self._brand_id, share.c.again == old).values(again=new)
            )
        if kind in ("community", "campaign"):
            await self._rename_pause(kind, old, new)
        return moved

    async def _make_way(self, column: Column[str], old: str, new: str) -> None:
        """Remove rows under the old key that stand under the new one already: the newer history wins."""
        table = column.table
        rest = [part for part in _unique_columns(table) if part is not column and part.name != "brand_id"]
        if column not in _unique_columns(table):
            return
        newer = table.alias("newer")
        there = (
            select(newer.c.brand_id)
            .where(
                newer.c.brand_id == self._brand_id,
                newer.c[column.name] == new,
                and_(true(), *(newer.c[part.name] == part for part in rest)),
            )
            .exists()
        )
        await self._connection.execute(delete(table).where(table.c.brand_id == self._brand_id, column == old, there))

    async def _rename_slots(self, old: str, new: str) -> None:
        tail = f"@{old}"
        for table in (run_ledger, share):
            await self._connection.execute(
                update(table)
                .where(table.c.brand_id == self._brand_id, table.c.slot.endswith(tail, autoescape=True))
                .values(slot=func.replace(table.c.slot, tail, f"@{new}"))
            )

    async def _rename_pause(self, kind: KeyKind, old: str, new: str) -> None:
        scopes = ("community", "posts", "admins", "quiet") if kind == "community" else (kind,)
        await self._make_way(pause.c.key, old, new)
        await self._connection.execute(
            update(pause)
            .where(pause.c.brand_id == self._brand_id, pause.c.scope.in_(scopes), pause.c.key == old)
            .values(key=new)
        )


def _unique_columns(table: Table) -> tuple[Column[str], ...]:
    """Return the columns under which a row of the table is unique."""
    if table is share:
        return (share.c.brand_id, share.c.community, share.c.post_id, share.c.revision, share.c.again)
    return tuple(table.primary_key.columns)
