"""The databases a store is held to its contract on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.store.database import SqlStore
from tests.servers.postgres import PostgresServer
from tests.servers.tables import make_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each family in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'konektor.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with its tables, to be copied."""
    path = tmp_path_factory.mktemp("with-tables") / "konektor.db"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: PostgresServer) -> str:
    """The name of a PostgreSQL database with its tables, to be copied."""
    url = postgres_server.create_database()
    make_tables(url)
    return make_url(url).database or ""


@pytest.fixture
def prepared_postgres(postgres_server: PostgresServer, postgres_with_tables: str) -> str:
    """The address of a PostgreSQL database of its own that has its tables and no rows."""
    return postgres_server.create_database(like=postgres_with_tables)


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of its own that has its tables and no rows, of each family in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_with_tables'), tmp_path / 'konektor.db')}"
    found: str = request.getfixturevalue("prepared_postgres")
    return found


@pytest.fixture
async def store(prepared_url: str) -> AsyncIterator[SqlStore]:
    """An open store without rows, closed afterwards."""
    opened = SqlStore(prepared_url)
    await opened.open()
    yield opened
    await opened.close()
