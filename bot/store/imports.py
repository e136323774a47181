"""The imports in SQL."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import Imported
from bot.store.rows import insert_into
from bot.store.tables import imported


class SqlImports:
    """Meets `bot.ports.store.Imports`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def save(self, done: Imported) -> None:
        values = asdict(done)
        await self._connection.execute(
            insert_into(self._connection, imported)
            .values(brand_id=self._brand_id, **values)
            .on_conflict_do_update(index_elements=["brand_id", "id"], set_=values)
        )

    async def all(self) -> tuple[Imported, ...]:
        rows = await self._connection.execute(
            select(imported).where(imported.c.brand_id == self._brand_id).order_by(imported.c.began_at, imported.c.id)
        )
        return tuple(
            Imported(**{name: value for name, value in row.items() if name != "brand_id"}) for row in rows.mappings()
        )
