"""The databases a store is held to its contract on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import SqlStore


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each family in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'konektor.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    """An open store on an empty database, closed afterwards."""
    opened = SqlStore(database_url)
    await opened.open()
    yield opened
    await opened.close()
