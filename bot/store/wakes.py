"""Waking other processes through PostgreSQL's LISTEN and NOTIFY. A wake-up is a hint: rows are the truth."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

#: The one channel; the payload is the brand's id.
CHANNEL = "konektor"
#: How long to wait before listening again after the connection was lost.
AGAIN_AFTER_SECONDS = 5.0

log = logging.getLogger(__name__)  # not structlog, which commands that log nothing need not load


async def notify(connection: AsyncConnection, brand_id: str) -> None:
    """Wake the brand's workers in every process once this transaction is committed; nothing to do on SQLite."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_notify(:channel, :brand)"), {"channel": CHANNEL, "brand": brand_id})


async def listen(url: URL, brand_id: str, wake: Callable[[], None]) -> None:
    """Call `wake` at every notification for the brand until cancelled; a lost connection is made again."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                # what was written between the loss of the last connection and now
                wake()
                async for notice in connection.notifies():
                    if notice.payload == brand_id:
                        wake()
        except psycopg.Error as fault:
            log.warning("not listening for other processes: %s", " ".join(str(fault).split()))
        await asyncio.sleep(AGAIN_AFTER_SECONDS)
