"""A brand's history taken out as it stands, while the service goes on."""

from __future__ import annotations

from typing import IO

from bot.clock import Clock
from bot.flows.backup_file import ForgetList, Heading, name_key, write_backup
from bot.ports.records import KnownBrand
from bot.ports.store import Store


async def back_up(file: IO[bytes], known: KnownBrand, *, store: Store, clock: Clock, version: str) -> int:
    """Write everything of the brand as of this moment into `file`; return how many rows it has."""
    async with store.read(known.id) as work:
        heading = Heading(brand=known.id, revision=work.archive.revision, taken_at=clock.now(), version=version)
        return await write_backup(file, heading, work.archive.rows())


async def list_forgotten(known: KnownBrand, *, store: Store) -> ForgetList:
    """Return who asked to be forgotten, as it is kept beside a backup."""
    async with store.read(known.id) as work:
        return ForgetList(key=name_key(known.key), digests=dict(await work.forgetting.dated_digests()))
