"""Feeds and posts in SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import Post, Sighting, SourceState
from bot.store.bulk import is_postgres
from bot.store.rows import insert_into, post_of
from bot.store.tables import evidence as evidence_table
from bot.store.tables import post, sighting, source


class SqlFeeds:
    """Meets `bot.ports.store.Feeds`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def state(self, source_key: str) -> SourceState | None:
        rows = await self._connection.execute(
            select(source).where(source.c.brand_id == self._brand_id, source.c.source == source_key)
        )
        row = rows.mappings().first()
        return None if row is None else SourceState(**{key: row[key] for key in row if key != "brand_id"})

    async def save_state(self, state: SourceState) -> None:
        values = {"brand_id": self._brand_id, **asdict(state)}
        await self._connection.execute(
            insert_into(self._connection, source)
            .values(values)
            .on_conflict_do_update(index_elements=[source.c.brand_id, source.c.source], set_=values)
        )

    async def hold(self) -> None:
        # on SQLite a transaction that writes is the only one from its beginning
        if is_postgres(self._connection):
            await self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"posts:{self._brand_id}"))))

    async def find(self, evidence: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        if not evidence:
            return {}
        by_digest = {(kind, _digest(value)): (kind, value) for kind, value in evidence}
        rows = await self._connection.execute(
            select(evidence_table.c.kind, evidence_table.c.digest, evidence_table.c.post_id).where(
                evidence_table.c.brand_id == self._brand_id,
                tuple_(evidence_table.c.kind, evidence_table.c.digest).in_(list(by_digest)),
            )
        )
        return {by_digest[kind, digest]: post_id for kind, digest, post_id in rows}

    async def posts(self, post_ids: Collection[str] | None = None) -> tuple[Post, ...]:
        query = select(post).where(post.c.brand_id == self._brand_id)
        return await self._read_posts(query if post_ids is None else query.where(post.c.id.in_(post_ids)))

    async def save_post(self, saved: Post, evidence: Collection[tuple[str, str]], seen: Sighting) -> None:
        values: dict[str, Any] = {"brand_id": self._brand_id, **asdict(saved), "tags": list(saved.tags)}
        await self._connection.execute(
            insert_into(self._connection, post)
            .values(values)
            .on_conflict_do_update(index_elements=[post.c.brand_id, post.c.id], set_=values)
        )
        if evidence:
            rows = [
                {"brand_id": self._brand_id, "kind": kind, "digest": _digest(value), "post_id": saved.id}
                for kind, value in sorted(evidence)
            ]
            await self._connection.execute(insert_into(self._connection, evidence_table).on_conflict_do_nothing(), rows)
        verdict = {"brand_id": self._brand_id, **asdict(seen), "evidence": list(seen.evidence)}
        await self._connection.execute(
            insert_into(self._connection, sighting)
            .values(verdict)
            .on_conflict_do_update(
                index_elements=[sighting.c.brand_id, sighting.c.source, sighting.c.post_id], set_=verdict
            )
        )

    async def of_source(self, source_key: str) -> tuple[Post, ...]:
        return await self._read_posts(
            select(post)
            .join(sighting, (sighting.c.brand_id == post.c.brand_id) & (sighting.c.post_id == post.c.id))
            .where(post.c.brand_id == self._brand_id, sighting.c.source == source_key)
        )

    async def sightings(self, source_key: str | None = None) -> tuple[Sighting, ...]:
        query = select(sighting).where(sighting.c.brand_id == self._brand_id)
        if source_key is not None:
            query = query.where(sighting.c.source == source_key)
        rows = await self._connection.execute(query.order_by(sighting.c.seen_at.desc(), sighting.c.post_id))
        return tuple(
            Sighting(
                source=row["source"],
                post_id=row["post_id"],
                verdict=row["verdict"],
                evidence=tuple(row["evidence"]),
                reason=row["reason"],
                seen_at=row["seen_at"],
            )
            for row in rows.mappings()
        )

    async def _read_posts(self, query: Select[Any]) -> tuple[Post, ...]:
        when: Any = func.coalesce(post.c.published_at, post.c.first_seen_at, type_=post.c.first_seen_at.type)
        rows = await self._connection.execute(query.order_by(when, post.c.first_seen_at, post.c.id))
        return tuple(post_of(row) for row in rows.mappings())


def _digest(value: str) -> str:
    """Return a fixed length for evidence of any length: a database index row has a limit, a guid has none."""
    return hashlib.sha256(value.encode()).hexdigest()
