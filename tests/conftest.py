"""What every test may count on: no network, and a fresh PostgreSQL database when it asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.contract.report import ContractReport
from tests.servers.postgres import PostgresServer, run_postgres
from tests.servers.sockets import refuse_network

refuse_network()

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Let the report of the contract suite be written where all results come together."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ContractReport(config.rootpath))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Start PostgreSQL once per test process, and stop it at the end."""
    with run_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """Make an empty database and return its `postgresql://` address."""
    return postgres_server.create_database()
