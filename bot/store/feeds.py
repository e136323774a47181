"""Feeds and posts in SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import Post, Sighting, SourceState
from bot.store.rows import insert_into, post_of
from bot.store.tables import evidence as evidence_table
from bot.store.tables import post, share, sighting, source
from bot.store.turns import take_turn


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

    async def states(self) -> Mapping[str, SourceState]:
        rows = await self._connection.execute(select(source).where(source.c.brand_id == self._brand_id))
        return {
            row["source"]: SourceState(**{key: row[key] for key in row if key != "brand_id"}) for row in rows.mappings()
        }

    async def save_state(self, state: SourceState) -> None:
        await self.save_states([state])

    async def save_states(self, states: Sequence[SourceState]) -> None:
        await self._put(source, ("source",), [asdict(state) for state in states])

    async def hold(self) -> None:
        await take_turn(self._connection, "posts", self._brand_id)

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
        await self._put(post, ("id",), [_row_of(saved)])
        await self._save_verdicts([(saved, evidence, seen)])

    async def save_posts(self, seen: Sequence[tuple[Post, Collection[tuple[str, str]], Sighting]]) -> None:
        await self._put(post, ("id",), [_row_of(saved) for saved, _, verdict in seen if verdict.verdict != "same"])
        await self._save_verdicts(seen)

    async def _save_verdicts(self, seen: Sequence[tuple[Post, Collection[tuple[str, str]], Sighting]]) -> None:
        pieces = [
            {"brand_id": self._brand_id, "kind": kind, "digest": _digest(value), "post_id": saved.id}
            for saved, evidence, _ in seen
            for kind, value in sorted(evidence)
        ]
        if pieces:
            statement = insert_into(self._connection, evidence_table).on_conflict_do_nothing()
            await self._connection.execute(statement, pieces)
        verdicts = [asdict(verdict) | {"evidence": list(verdict.evidence)} for _, _, verdict in seen]
        await self._put(sighting, ("source", "post_id"), verdicts)

    async def _put(self, table: Table, key: tuple[str, ...], rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows, or let them take the place of those with the same key; all of them have the same columns."""
        if rows:
            statement = insert_into(self._connection, table)
            changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[table.c.brand_id, *(table.c[name] for name in key)], set_=changed
                ),
                [{"brand_id": self._brand_id, **row} for row in rows],
            )

    async def extent(self) -> tuple[int, int, int]:
        verdicts = select(func.count()).select_from(sighting).where(sighting.c.brand_id == self._brand_id)
        rows = await self._connection.execute(
            select(func.count(), func.coalesce(func.sum(post.c.revision), 0), verdicts.scalar_subquery())
            .select_from(post)
            .where(post.c.brand_id == self._brand_id)
        )
        posts, revisions, seen = rows.one()
        return posts, int(revisions), seen

    async def of_source(self, source_key: str) -> tuple[Post, ...]:
        return await self.of_sources((source_key,))

    async def of_sources(self, sources: Collection[str]) -> tuple[Post, ...]:
        seen = select(sighting.c.post_id).where(sighting.c.brand_id == self._brand_id, sighting.c.source.in_(sources))
        return await self._read_posts(select(post).where(post.c.brand_id == self._brand_id, post.c.id.in_(seen)))

    async def candidates(
        self, sources: Collection[str], community: str, *, shared_by: str | None, began_at: datetime, old: bool
    ) -> tuple[Post, ...]:
        seen = select(sighting.c.post_id).where(sighting.c.brand_id == self._brand_id, sighting.c.source.in_(sources))
        shares = select(share.c.id).where(
            share.c.brand_id == post.c.brand_id, share.c.community == community, share.c.post_id == post.c.id
        )
        shared = (shares if shared_by is None else shares.where(share.c.campaign == shared_by)).exists()
        is_old = or_(post.c.in_first_reading, post.c.first_seen_at < began_at)
        wanted = or_(is_old, ~shared) if old else and_(~is_old, ~shared)
        return await self._read_posts(
            select(post).where(post.c.brand_id == self._brand_id, post.c.id.in_(seen), wanted)
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


def _row_of(saved: Post) -> dict[str, Any]:
    return asdict(saved) | {"tags": list(saved.tags)}


def _digest(value: str) -> str:
    """Return a fixed length for evidence of any length: a database index row has a limit, a guid has none."""
    return hashlib.sha256(value.encode()).hexdigest()
