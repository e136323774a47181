"""What `bot.ports.store.Store` promises about opening, holding and losing a database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url

from bot.errors import RowRefused, SettingsFault, StoreFault
from bot.ports.store import Store
from bot.store.database import SqlStore
from bot.store.engine import create_engine
from bot.store.tables import metadata
from tests.contract.store_sample import BRAND, NOW, a_message, a_post, a_sighting, an_event


def differences(connection: Connection) -> list[object]:
    """Return what the tables of a database lack or have too much."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    """A database brought up to date has exactly the tables, columns and indexes the queries are written for."""
    store = SqlStore(database_url)
    await store.open()
    engine = create_engine(database_url)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    await store.close()
    assert found == []


async def test_opening_again_keeps_what_is_there(database_url: str) -> None:
    """A restart finds the rows of the run before."""
    for new in (frozenset({"e1"}), frozenset()):
        store = SqlStore(database_url)
        await store.open()
        async with store.work(BRAND) as work:
            assert await work.events.add("chat", [an_event("e1")], {}) == new
            await work.commit()
        await store.close()


async def test_processes_that_open_together_all_succeed(database_url: str) -> None:
    """Four that find an empty database make its tables once."""
    stores = [SqlStore(database_url) for _ in range(4)]
    await asyncio.gather(*(store.open() for store in stores))
    for store in stores:
        async with store.read(BRAND) as work:
            assert await work.events.since(None, NOW) == ()
        await store.close()


async def test_a_second_service_is_kept_off_a_file(tmp_path: Path) -> None:
    """It is told what holds the database and how to run several; once the first is gone it may serve."""
    url = f"sqlite:///{tmp_path / 'konektor.db'}"
    first, second = SqlStore(url), SqlStore(url)
    await first.open()
    await second.open()
    assert await first.hold_alone()
    with pytest.raises(StoreFault, match=r"another konektor run holds .*konektor\.db.*Stop the other.*postgresql://"):
        await second.hold_alone()
    await first.close()
    assert await second.hold_alone()
    await second.close()


async def test_any_number_may_serve_a_server(postgres_url: str) -> None:
    """PostgreSQL is held by nobody alone."""
    stores = [SqlStore(postgres_url) for _ in range(2)]
    for store in stores:
        await store.open()
        assert not await store.hold_alone()
    for store in stores:
        await store.close()


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    """The address is shown, the password is not, and it says what to look at."""
    store = SqlStore("postgresql://konektor:hunter2@127.0.0.1:1/kopi")
    with pytest.raises(StoreFault, match=r"127\.0\.0\.1:1/kopi cannot be opened .*check that it runs") as raised:
        await store.open()
    assert "hunter2" not in str(raised.value)
    with pytest.raises(StoreFault, match=r"check that it runs and that `store\.url` names it"):
        async with store.work(BRAND):
            pass
    await store.close()


async def test_a_login_that_is_refused_is_said(postgres_url: str) -> None:
    """Who the server doesn't know can't open the database, and reads why."""
    store = SqlStore(make_url(postgres_url).set(username="nobody_here").render_as_string(hide_password=False))
    with pytest.raises(StoreFault, match=r"nobody_here.* cannot be opened .*check that it runs and that store\.url"):
        await store.open()
    await store.close()


async def test_a_path_that_cannot_be_is_said(tmp_path: Path) -> None:
    """A folder below a file, a folder itself, and a file that is no database are refused with their path."""
    (tmp_path / "file").write_text("these are the words of a letter, not a database", encoding="utf-8")
    for path in (tmp_path / "file" / "konektor.db", tmp_path, tmp_path / "file"):
        store = SqlStore(f"sqlite:///{path}")
        with pytest.raises(StoreFault, match=rf"{path} cannot be opened .*store\.url is right"):
            await store.open()
        await store.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite+pysqlite"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    """The text names what may be written instead."""
    with pytest.raises(SettingsFault, match=r"write sqlite:///data/konektor\.db or postgresql://"):
        SqlStore(url)


async def test_text_the_server_cannot_hold_is_refused_for_good(postgres_url: str) -> None:
    """PostgreSQL takes no NUL: the row is refused, and trying again is known to be no use."""
    store = SqlStore(postgres_url)
    await store.open()
    with pytest.raises(RowRefused, match="NUL"):
        async with store.work(BRAND) as work:
            await work.events.add("chat", [an_event("e1")], {"e1": "a\0b"})
    with pytest.raises(RowRefused, match="too long"):
        async with store.work(BRAND) as work:
            await work.events.add("chat", [an_event("e" * 300)], {})
    await store.close()


async def test_half_a_character_is_refused_for_good(store: Store) -> None:
    """A lone surrogate is no text in any database, and the next work is not harmed."""
    with pytest.raises(RowRefused, match="half a character"):
        async with store.work(BRAND) as work:
            await work.feeds.save_post(a_post("p1", title="\ud83d"), [], a_sighting("p1"))
    async with store.rehearse() as rehearsed:
        with pytest.raises(RowRefused, match="half a character"):
            async with rehearsed.work(BRAND) as work:
                await work.feeds.save_post(a_post("p1", title="\ud83d"), [], a_sighting("p1"))
        async with rehearsed.work(BRAND) as work:
            assert await work.feeds.posts() == ()


async def test_a_row_that_is_there_already_is_refused_for_good(store: Store) -> None:
    """The same id for another message is a fault of whoever writes it."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("a1")])
        await work.commit()
    with pytest.raises(RowRefused, match="the database refuses a row"):
        async with store.work(BRAND) as work:
            await work.outbox.add([a_message("a1")])


async def test_a_server_that_goes_away_is_a_fault_of_the_store(postgres_url: str) -> None:
    """Cut off in the middle, the work fails by name and keeps nothing; the next one connects anew."""
    store = SqlStore(postgres_url)
    await store.open()
    with pytest.raises(StoreFault, match="check that it runs") as raised:
        await _commit_when_cut_off(store, postgres_url)
    assert not isinstance(raised.value, RowRefused)
    async with store.read(BRAND) as work:
        assert await work.events.since(None, NOW) == ()
    await store.close()


async def test_an_error_of_the_flows_own_stays_itself(store: Store) -> None:
    """Only what the database raises is renamed."""
    with pytest.raises(FileNotFoundError):
        async with store.work(BRAND):
            raise FileNotFoundError("faq.yaml")


async def test_reading_writes_nothing(store: Store) -> None:
    """A transaction that only reads sees one snapshot, whatever is committed meanwhile."""
    async with store.read(BRAND) as reading:
        assert await reading.events.since(None, NOW) == ()
        async with store.work(BRAND) as work:
            await work.events.add("chat", [an_event("e1")], {})
            await work.commit()
        assert await reading.events.since(None, NOW) == ()


async def _commit_when_cut_off(store: Store, url: str) -> None:
    async with store.work(BRAND) as work:
        await work.events.add("chat", [an_event("e1")], {})
        _cut_off_everybody(url)
        await work.commit()


def _cut_off_everybody(url: str) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"{others} AND pid <> pg_backend_pid()")
