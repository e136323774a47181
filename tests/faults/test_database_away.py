"""The database stops, crashes or has no room left, under load: the service says so, waits, and nothing is lost."""

from __future__ import annotations

import asyncio
import ctypes
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.far_side import DiscordSide, FarSide, TelegramSide
from tests.faults.night import Night
from tests.journeys.waiting import until
from tests.servers.feed_server import FeedServer
from tests.servers.postgres import run_postgres

CHANNELS = 24
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
