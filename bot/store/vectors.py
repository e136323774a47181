"""Vectors of texts in SQL, so that a text is embedded once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.rows import insert_into
from bot.store.tables import vector

#: How many digests one statement names at most; SQLite takes 32,766 values, and plans fewer faster.
_AT_ONCE = 500


class SqlVectors:
    """Meets `bot.ports.store.Vectors`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def all(self, embedder: str) -> Mapping[str, bytes]:
        rows = await self._connection.execute(
            select(vector.c.digest, vector.c.numbers).where(
                vector.c.brand_id == self._brand_id, vector.c.embedder == embedder
            )
        )
        return {digest: bytes(numbers) for digest, numbers in rows}

    async def add(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        rows = [
            {"brand_id": self._brand_id, "embedder": embedder, "digest": digest, "numbers": numbers}
            for digest, numbers in vectors.items()
        ]
        if rows:
            await self._connection.execute(insert_into(self._connection, vector).on_conflict_do_nothing(), rows)

    async def remove(self, embedder: str, digests: Collection[str]) -> None:
        gone = sorted(digests)
        for start in range(0, len(gone), _AT_ONCE):
            await self._connection.execute(
                delete(vector).where(
                    vector.c.brand_id == self._brand_id,
                    vector.c.embedder == embedder,
                    vector.c.digest.in_(gone[start : start + _AT_ONCE]),
                )
            )

    async def forget_other_embedders(self, embedders: Collection[str]) -> None:
        await self._connection.execute(
            delete(vector).where(vector.c.brand_id == self._brand_id, vector.c.embedder.not_in(sorted(embedders)))
        )
