"""A process that dies while it makes the tables: the next one finds none or all of them, and goes on."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from bot.clock import SystemClock
from bot.store.database import SqlStore

#: How many statements that change tables it lives through: it dies early, halfway, and after the last but one.
STATEMENTS = (1, 20, 40)
_forks = multiprocessing.get_context("forkserver")


@pytest.mark.parametrize("moment", [*STATEMENTS, "before commit", "after commit"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_tables_are_made_whole_or_not_at_all(
    database: str, moment: int | str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Wherever the first process was killed, the second opens the database and remembers a brand in it."""
    url = f"sqlite:///{tmp_path}/konektor.db"
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
    doomed = _forks.Process(target=_open_until, args=(url, moment))
    doomed.start()
    await asyncio.to_thread(doomed.join, 60)
    assert doomed.exitcode == -signal.SIGKILL
    store = SqlStore(url)
    try:
        await store.open()
        known = await store.remember_brand("b1", "Kopi Tani", given=True, now=SystemClock().now())
    finally:
        await store.close()
    assert known.id == "b1"


def _open_until(url: str, moment: int | str) -> None:
    """Open a database, and die at a moment."""
    made = 0

    def count(*told: object) -> None:
        nonlocal made
        made += str(told[2]).lstrip().upper().startswith(("CREATE", "ALTER"))
        if made == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)
    if moment == "before commit":
        event.listen(Engine, "commit", die)
    asyncio.run(SqlStore(url).open())
    die()
