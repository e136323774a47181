"""The PostgreSQL that tests run on is a real one."""

from __future__ import annotations

import psycopg

from tests.servers.postgres import PostgresServer


def test_answers_over_the_wire(postgres_url: str) -> None:
    """A query through the driver of the product is answered by PostgreSQL itself."""
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT 1, split_part(version(), ' ', 1)").fetchone()

    assert row == (1, "PostgreSQL")


def test_each_database_is_empty(postgres_server: PostgresServer) -> None:
    """What one test writes, another never sees."""
    with psycopg.connect(postgres_server.create_database()) as connection:
        connection.execute("CREATE TABLE written (id int)")
    with psycopg.connect(postgres_server.create_database()) as connection:
        row = connection.execute("SELECT to_regclass('written')").fetchone()

    assert row == (None,)
