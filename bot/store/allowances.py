"""The shared limiter in SQL: the moment each limit allows the next send, locked for the length of one claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Select, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.limiter import after_send, allowed_at
from bot.ports.records import Queued, RateKey
from bot.store.bulk import in_code_order, insert_rows, is_among, update_rows
from bot.store.rows import insert_into
from bot.store.tables import allowance

#: By a message's id: the limits it is counted under, each with the name of its row.
_Keys: TypeAlias = dict[str, tuple[tuple[str, RateKey], ...]]
#: What stands in a key for each channel.
_CHANNEL = "{channel}"


class Allowances:
    """What the limits of one claim's heads leave over, read and locked by `read` and given back by `write`."""

    def __init__(self, brand_id: str, keys: _Keys, next_at: dict[str, datetime]) -> None:
        self._brand_id = brand_id
        self._keys = keys
        self._next_at = next_at
        self._changed: set[str] = set()

    @classmethod
    async def read(
        cls,
        connection: AsyncConnection,
        brand_id: str,
        rates: Mapping[str, Sequence[RateKey]],
        heads: Collection[Queued],
        now: datetime,
    ) -> Allowances:
        """Lock every limit that holds for one of `heads`, always in the same order."""
        keys = {head.id: _keys_of(rates, head) for head in heads}
        names = sorted({name for held in keys.values() for name, _ in held})
        if not names:
            return cls(brand_id, keys, {})
        # one used for the first time needs a row too: two processes that both found none would both take it whole.
        # Before anything is locked, or one would wait for a row while another waits for the lock
        known = set(
            await connection.scalars(_rows_named(connection, brand_id, names).with_only_columns(allowance.c.key))
        )
        rows = [{"brand_id": brand_id, "key": name, "next_at": now} for name in names if name not in known]
        await insert_rows(connection, allowance, rows, if_there="leave")
        return cls(brand_id, keys, await _lock(connection, brand_id, names))

    def allowed_at(self, head: Queued, now: datetime) -> datetime:
        """Return when every limit allows this message: `now` if they do already."""
        return max((allowed_at(self._next_at[name], key, now) for name, key in self._keys[head.id]), default=now)

    def take(self, head: Queued, at: datetime) -> None:
        """Count one send at the moment `at`."""
        for name, key in self._keys[head.id]:
            self._next_at[name] = after_send(self._next_at[name], key, at)
            self._changed.add(name)

    async def write(self, connection: AsyncConnection) -> None:
        """Keep what was counted."""
        rows = [
            {"brand_id": self._brand_id, "key": name, "next_at": self._next_at[name]} for name in sorted(self._changed)
        ]
        await update_rows(connection, allowance, rows, keys=("brand_id", "key"))


async def hold_back(
    connection: AsyncConnection, brand_id: str, rates: Sequence[RateKey], *, until: datetime, channel: str | None
) -> None:
    """Let the limits on a channel, or without one those on the whole account, allow nothing before `until`."""
    for key in sorted(rates, key=lambda rate: rate.key):
        if (_CHANNEL in key.key) == (channel is not None):
            later = until + key.tolerance
            await connection.execute(
                insert_into(connection, allowance)
                .values(brand_id=brand_id, key=key.key.replace(_CHANNEL, channel or ""), next_at=later)
                .on_conflict_do_update(
                    index_elements=[allowance.c.brand_id, allowance.c.key],
                    set_={"next_at": case((allowance.c.next_at < later, later), else_=allowance.c.next_at)},
                )
            )


async def spend(connection: AsyncConnection, brand_id: str, key: RateKey, now: datetime) -> bool:
    """Count one use of a limit that stands alone; False, and nothing counted, when it does not allow one at `now`."""
    await insert_rows(connection, allowance, [{"brand_id": brand_id, "key": key.key, "next_at": now}], if_there="leave")
    next_at = (await _lock(connection, brand_id, [key.key]))[key.key]
    if allowed_at(next_at, key, now) > now:
        return False
    row = {"brand_id": brand_id, "key": key.key, "next_at": after_send(next_at, key, now)}
    await update_rows(connection, allowance, [row], keys=("brand_id", "key"))
    return True


async def _lock(connection: AsyncConnection, brand_id: str, names: Sequence[str]) -> dict[str, datetime]:
    rows = await connection.execute(
        _rows_named(connection, brand_id, names).order_by(in_code_order(connection, allowance.c.key)).with_for_update()
    )
    return {row.key: row.next_at for row in rows}


def _rows_named(connection: AsyncConnection, brand_id: str, names: Sequence[str]) -> Select[tuple[str, datetime]]:
    return select(allowance.c.key, allowance.c.next_at).where(
        allowance.c.brand_id == brand_id, is_among(connection, allowance.c.key, names)
    )


def _keys_of(rates: Mapping[str, Sequence[RateKey]], head: Queued) -> tuple[tuple[str, RateKey], ...]:
    return tuple((key.key.replace(_CHANNEL, head.channel.channel), key) for key in rates.get(head.channel.platform, ()))
