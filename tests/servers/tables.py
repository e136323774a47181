"""A database with its tables, made once and copied for every test that writes rows."""

from __future__ import annotations

import asyncio

from bot.store.database import SqlStore


def make_tables(url: str) -> None:
    """Bring a database up to date and leave it."""

    async def make() -> None:
        made = SqlStore(url)
        await made.open()
        await made.close()

    asyncio.run(make())
