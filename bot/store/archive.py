"""All rows of a brand, taken out in one piece and put back, in SQL. What the rows mean is nobody's business here.

Left out is what a backup must not hold (the list of those who asked to be forgotten) and what is worth nothing
tomorrow: leases, and vectors, which can be made again.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ArchiveRefused
from bot.ports.records import WAITING_SHARES, ArchivedRow
from bot.store.outbox_states import ON_ITS_WAY
from bot.store.tables import UtcDateTime, forgotten, lane, lease, metadata, outbox, question, share, source, vector
from bot.store.upgrade import newest

#: What goes into an archive, in an order in which it can be put back.
_TABLES: Mapping[str, Table] = {
    table.name: table for table in metadata.sorted_tables if table not in (forgotten, lease, vector)
}
#: What is emptied before an archive is put back; the list of the forgotten stays.
_EMPTIED = (*_TABLES.values(), lease, vector)
_PORTION = 1_000


class SqlArchive:
    """Meets `bot.ports.store.Archive`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    @property
    def revision(self) -> str:
        return newest()

    async def rows(self) -> AsyncIterator[ArchivedRow]:
        for name, table in _TABLES.items():
            result = await self._connection.stream(select(table).where(table.c.brand_id == self._brand_id))
            async for portion in result.mappings().partitions(_PORTION):
                for row in portion:
                    yield ArchivedRow(
                        name, {column: _to_json(value) for column, value in row.items() if column != "brand_id"}
                    )

    async def replace(self, rows: Iterable[ArchivedRow]) -> None:
        for table in reversed(_EMPTIED):
            await self._connection.execute(delete(table).where(table.c.brand_id == self._brand_id))
        for portion in _portions(rows):
            table = _TABLES.get(portion[0].table)
            if table is None:
                raise ArchiveRefused(f'the backup has rows of "{portion[0].table}", a table this version does not have')
            await self._connection.execute(insert(table), [self._read(table, row.values) for row in portion])

    async def leave_unsaid(self, reason: str, at: datetime) -> int:
        waiting = (outbox.c.brand_id == self._brand_id) & outbox.c.state.in_(ON_ITS_WAY)
        await self._connection.execute(
            update(outbox).where(waiting, outbox.c.kind == "reply").values(state="dropped", reason=reason, sent_at=None)
        )
        unknown = await self._connection.execute(
            update(outbox).where(waiting).values(state="unknown", reason=reason, uncertain_since=at)
        )
        await self._connection.execute(update(lane).where(lane.c.brand_id == self._brand_id).values(due_at=None))
        await self._connection.execute(
            update(question)
            .where(question.c.brand_id == self._brand_id, question.c.due_at.is_not(None))
            .values(state="expired", reason=reason, due_at=None, was_due_at=None, settled_at=at)
        )
        await self._connection.execute(
            update(share)
            .where(share.c.brand_id == self._brand_id, share.c.state.in_(WAITING_SHARES))
            .values(state="skipped", reason=reason, until=None, moved_at=at)
        )
        # what a feed brought meanwhile may have been shared: the next reading finds it there, as the first one did
        await self._connection.execute(
            update(source).where(source.c.brand_id == self._brand_id).values(first_read_at=None)
        )
        return unknown.rowcount

    def _read(self, table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
        wanted = {column.name for column in table.columns} - {"brand_id"}
        if values.keys() != wanted:
            raise ArchiveRefused(
                f'a row of "{table.name}" in the backup has other columns than this version: '
                f"{', '.join(sorted(values.keys() ^ wanted))}"
            )
        return {"brand_id": self._brand_id} | {name: _from_json(table.c[name], value) for name, value in values.items()}


def _portions(rows: Iterable[ArchivedRow]) -> Iterable[tuple[ArchivedRow, ...]]:
    """Yield the rows in portions, each of one table."""
    portion: list[ArchivedRow] = []
    for row in rows:
        if portion and (portion[0].table != row.table or len(portion) == _PORTION):
            yield tuple(portion)
            portion = []
        portion.append(row)
    if portion:
        yield tuple(portion)


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _from_json(column: Column[Any], value: object) -> object:
    if value is None:
        return None
    try:
        kind = column.type
        if isinstance(kind, LargeBinary):
            return base64.b64decode(str(value), validate=True)
        return datetime.fromisoformat(str(value)) if isinstance(kind, UtcDateTime) else value
    except ValueError as error:
        raise ArchiveRefused(f'"{column.table.name}.{column.name}" in the backup holds {value!r:.60}') from error
