"""A real store of its own for every flow."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import ReplayClock
from bot.store.database import SqlStore
from tests.servers.tables import make_tables
from tests.unit.campaigns.sample import NOW


@pytest.fixture(scope="session")
def file_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with its tables, to be copied."""
    path = tmp_path_factory.mktemp("with-tables") / "konektor.db"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
async def store(file_with_tables: Path, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An open store without rows, closed afterwards."""
    opened = SqlStore(f"sqlite:///{shutil.copy(file_with_tables, tmp_path / 'konektor.db')}")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> ReplayClock:
    """A clock that stands at ten in the morning in Jakarta until a test moves it."""
    return ReplayClock(NOW)
