"""The database stops, crashes or has no room left, under load: the service says so, waits, and nothing is lost."""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import random
import resource
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.errors import StoreFault
from bot.store.database import SqlStore
from tests.faults.far_side import DiscordSide, FarSide, TelegramSide
from tests.faults.night import Night
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer
from tests.servers.postgres import run_postgres

CHANNELS = 24
_forks = multiprocessing.get_context("forkserver")
SIDES = [pytest.param(TelegramSide, id="telegram"), pytest.param(DiscordSide, id="discord")]


@pytest.mark.parametrize("make", SIDES)
async def test_postgres_restarts_under_load(make: Callable[[int], FarSide], tmp_path: Path) -> None:
    """In good order and by a crash: the service comes back by itself, and each message was sent once."""
    with run_postgres() as postgres:
        postgres.make_durable()
        async with (
            FeedServer({}) as site,
            make(CHANNELS) as side,
            Night(side, site, store=postgres.create_database(), folder=tmp_path, chance=random.Random(1)) as night,
        ):

            async def storm(let_write: Callable[[], Awaitable[None]]) -> None:
                for crash in (False, True):
                    for _ in range(12):
                        await let_write()
                    async with night.struck():
                        await asyncio.to_thread(postgres.stop, crash=crash)
                        for _ in range(12):
                            await let_write()
                        await asyncio.to_thread(postgres.start)

            verdict = await night.outlive(storm)
    assert verdict.breaches == ()
    assert verdict.sent > 0
    assert "check that it runs" in night.said


async def test_a_full_disk_is_told_and_waited_out(tmp_path: Path) -> None:
    """Nothing is confirmed to Telegram that is not on the disk; with room again it goes on by itself."""
    home = tmp_path / "disk"
    home.mkdir()
    with _small_disk(home):
        async with (
            FeedServer({}) as site,
            TelegramSide(CHANNELS) as side,
            Night(side, site, store=f"sqlite:///{home}/konektor.db", folder=tmp_path, chance=random.Random(1)) as night,
        ):

            async def storm(let_write: Callable[[], Awaitable[None]]) -> None:
                with (home / "ballast").open("wb", buffering=0) as ballast:
                    _fill(ballast.write)

                async def is_told() -> bool:
                    await let_write()
                    return "the disk is full" in night.said and "events not committed" in night.said

                await until(is_told, "the full disk to be told")
                confirmed = side.confirmed
                for _ in range(12):
                    await let_write()
                assert side.confirmed == confirmed
                (home / "ballast").unlink()

            verdict = await night.outlive(storm)
    assert verdict.breaches == ()
    assert (verdict.sent > 0, verdict.unknown) == (True, 0)


async def test_a_quota_is_told_and_waited_out(tmp_path: Path) -> None:
    """A file that may not grow takes nothing back of what was committed, and takes more once it may."""
    ours, theirs = _forks.Pipe()
    process = _forks.Process(target=_write_with_a_quota, args=(f"sqlite:///{tmp_path}/konektor.db", theirs))
    process.start()
    told, committed, kept = await asyncio.to_thread(ours.recv)
    await asyncio.to_thread(process.join, 60)
    assert "look at the disk, its room and quota" in told
    assert kept == committed + 1


def _write_with_a_quota(url: str, pipe: Connection) -> None:
    """Write until no more fits, then once more without the quota; send what was said and what is there."""

    async def write() -> tuple[str, int, int]:
        store = SqlStore(url)
        await store.open()
        known = await store.remember_brand("b1", "Kopi Tani", given=True, now=SystemClock().now())

        async def add(number: int) -> None:
            async with store.work(known.id) as work:
                await work.vectors.add("e", {str(number): bytes(1 << 16)})
                await work.commit()

        told, committed = "", 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
        while not told:
            try:
                await add(committed)
            except StoreFault as fault:
                told = str(fault)
            else:
                committed += 1
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await add(committed)
        async with store.read(known.id) as work:
            kept = len(await work.vectors.all("e"))
        await store.close()
        return told, committed, kept

    pipe.send(asyncio.run(write()))


def _fill(write: Callable[[bytes], int]) -> None:
    """Write until nothing fits any more."""
    size = 1 << 16
    while size:
        try:
            write(bytes(size))
        except OSError:
            size //= 2


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system of 4 MiB on `folder`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, b"size=4m") != 0:
        pytest.skip("this process may not mount a small disk")
    try:
        yield
    finally:
        libc.umount2(str(folder).encode(), 2)
