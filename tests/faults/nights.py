"""Several nights side by side, each on a platform and a database of its own; they share nothing but the machine."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.faults.audit import Verdict
from tests.faults.far_side import DiscordSide, FarSide, TelegramSide
from tests.faults.night import Night
from tests.servers.feed_server import FeedServer

CHANNELS = 24
_SIDES: dict[str, Callable[[int], FarSide]] = {"telegram": TelegramSide, "discord": DiscordSide}


async def pass_nights(
    deaths: Mapping[tuple[str, str], tuple[str | None, ...]],
    *,
    folder: Path,
    make_database: Callable[[], str],
    seed: str,
    doomed_seconds: float,
) -> dict[tuple[str, str], tuple[Verdict, Counter[str]]]:
    """Let the service die these deaths, by platform and database; return what came of it and where it died.

    `make_database` makes an empty PostgreSQL database; `doomed_seconds` is as for `Night`.
    """

    async def pass_night(platform: str, database: str) -> tuple[Verdict, Counter[str]]:
        home = folder / f"{platform}-{database}"
        home.mkdir()
        store = f"sqlite:///{home}/konektor.db" if database == "sqlite" else make_database()
        async with (
            FeedServer({}) as site,
            _SIDES[platform](CHANNELS) as side,
            Night(
                side,
                site,
                store=store,
                folder=home,
                chance=random.Random(f"{seed} {platform} {database}"),
                doomed_seconds=doomed_seconds,
            ) as night,
        ):
            return await night.last(deaths[platform, database]), night.died_at

    async with asyncio.TaskGroup() as group:
        tasks = {night: group.create_task(pass_night(*night)) for night in deaths}
    return {night: task.result() for night, task in tasks.items()}
