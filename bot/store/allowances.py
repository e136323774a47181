"""The shared limiter in SQL: the moment each limit allows the next send, locked for the length of one claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.limiter import Room, after_send, allowed_at
from bot.ports.records import RateKey
from bot.store.bulk import insert_rows, is_among, update_rows
from bot.store.rows import insert_into
from bot.store.tables import allowance

#: By a message's id: the limits it is counted under, each with the name of its row.
_Keys: TypeAlias = dict[str, tuple[tuple[str, RateKey], ...]]
#: What stands in a key for each channel.
_CHANNEL = "{channel}"


class Limited(Protocol):
    """What is counted."""

    @property
    def id(self) -> str:
        """Of the message."""

    @property
    def platform(self) -> str:
        """Where it goes."""

    @property
    def channel(self) -> str:
        """The channel's id there."""


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
        heads: Collection[Limited],
        now: datetime,
    ) -> Allowances:
        """Lock every limit that holds for one of `heads`, always in the same order."""
        keys = {head.id: _keys_of(rates, head) for head in heads}
        # what all share comes last: it is held for the shortest time
        shared = {name: _is_shared(key) for held in keys.values() for name, key in held}
        names = sorted(shared, key=lambda name: (shared[name], name))
        return cls(brand_id, keys, await _lock(connection, brand_id, names, now))

    def channel_allowed_at(self, head: Limited, now: datetime) -> datetime:
        """Return when the limits of its channel allow this message: `now` if they do already."""
        return self._allowed_at([held for held in self._keys[head.id] if not _is_shared(held[1])], now)

    def account_allowed_at(self, head: Limited, now: datetime) -> datetime:
        """Return when the limits of its account allow this message: `now` if they do already."""
        return self._allowed_at([held for held in self._keys[head.id] if _is_shared(held[1])], now)

    def _allowed_at(self, held: Sequence[tuple[str, RateKey]], now: datetime) -> datetime:
        return max((allowed_at(self._next_at[name], key, now) for name, key in held), default=now)

    def take(self, head: Limited, at: datetime) -> None:
        """Count one send at the moment `at`."""
        for name, key in self._keys[head.id]:
            self._next_at[name] = after_send(self._next_at[name], key, at)
            self._changed.add(name)

    async def write(self, connection: AsyncConnection) -> None:
        """Keep what was counted."""
        rows = [{"key": name, "next_at": self._next_at[name]} for name in self._changed]
        await update_rows(connection, allowance, rows, keys=("key",), condition=allowance.c.brand_id == self._brand_id)


async def read_rooms(
    connection: AsyncConnection, brand_id: str, rates: Mapping[str, Sequence[RateKey]], ahead: timedelta
) -> dict[str, Room]:
    """Return what the limits on each whole account leave over, by platform; locks nothing."""
    shared = {platform: [key for key in keys if _is_shared(key)] for platform, keys in rates.items()}
    names = [key.key for keys in shared.values() for key in keys]
    if not names:
        return {}
    rows = await connection.execute(
        select(allowance.c.key, allowance.c.next_at).where(
            allowance.c.brand_id == brand_id, is_among(connection, allowance.c.key, names)
        )
    )
    next_at: dict[str, datetime] = {row.key: row.next_at for row in rows}
    return {
        platform: Room(used=tuple((next_at[key.key], key) for key in keys if key.key in next_at), ahead=ahead)
        for platform, keys in shared.items()
    }


class SqlAllowances:
    """Meets `bot.ports.store.Allowances`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def take(self, rates: Sequence[RateKey], now: datetime) -> datetime:
        next_at = await _lock(self._connection, self._brand_id, sorted(rate.key for rate in rates), now)
        at = max((allowed_at(next_at[rate.key], rate, now) for rate in rates), default=now)
        if at <= now:
            taken = [{"key": rate.key, "next_at": after_send(next_at[rate.key], rate, now)} for rate in rates]
            await update_rows(
                self._connection, allowance, taken, keys=("key",), condition=allowance.c.brand_id == self._brand_id
            )
        return at


async def hold_back(
    connection: AsyncConnection, brand_id: str, rates: Sequence[RateKey], *, until: datetime, channel: str | None
) -> None:
    """Let the limits on a channel, or without one those on the whole account, allow nothing before `until`."""
    for key in sorted(rates, key=lambda rate: rate.key):
        if _is_shared(key) == (channel is None):
            later = until + key.tolerance
            await connection.execute(
                insert_into(connection, allowance)
                .values(brand_id=brand_id, key=key.key.replace(_CHANNEL, channel or ""), next_at=later)
                .on_conflict_do_update(
                    index_elements=[allowance.c.brand_id, allowance.c.key],
                    set_={"next_at": case((allowance.c.next_at < later, later), else_=allowance.c.next_at)},
                )
            )


async def _lock(connection: AsyncConnection, brand_id: str, names: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Lock the rows of these names, in this order, and return their moments.

    One used for the first time gets its row and one that is there is locked, by one statement: two processes that both
    found none would both take it whole.
    """
    found = await insert_rows(
        connection,
        allowance,
        [{"brand_id": brand_id, "key": name, "next_at": now} for name in names],
        if_there={"next_at": allowance.c.next_at},
        returning=(allowance.c.key, allowance.c.next_at),
    )
    return dict(found)


def _is_shared(key: RateKey) -> bool:
    return _CHANNEL not in key.key


def _keys_of(rates: Mapping[str, Sequence[RateKey]], head: Limited) -> tuple[tuple[str, RateKey], ...]:
    return tuple((key.key.replace(_CHANNEL, head.channel), key) for key in rates.get(head.platform, ()))
