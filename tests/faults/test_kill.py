"""kill -9 around every commit and every send, and at any moment: nothing is lost, and nothing is said twice.

`python -m benchmarks faults --kills 1000` is the same for longer. KONEKTOR_SEED asks for another night.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.far_side import DiscordSide, FarSide, TelegramSide
from tests.faults.night import Night
from tests.servers.feed_server import FeedServer

KILLS = 13
SEED = int(os.environ.get("KONEKTOR_SEED", "1"))  # noqa: TID251  # a tester's wish, no setting
CHANNELS = 24


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("make", [pytest.param(TelegramSide, id="telegram"), pytest.param(DiscordSide, id="discord")])
async def test_a_night_of_kills(
    make: Callable[[int], FarSide], database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """However often it dies, every question that was taken is answered once, and every post is shared once."""
    store = f"sqlite:///{tmp_path}/konektor.db"
    if database == "postgresql":
        store = request.getfixturevalue("postgres_url")
    chance = random.Random(SEED)
    async with (
        FeedServer({}) as site,
        make(CHANNELS) as side,
        Night(side, site, store=store, folder=tmp_path, chance=chance) as night,
    ):
        verdict = await night.last(KILLS)
    assert verdict.breaches == ()
    assert (verdict.lost, verdict.duplicates, verdict.reordered, verdict.unknown_undeclared) == (0, 0, 0, 0)
    # Discord tells a bot that was away of little, so how much is sent hangs on how quick the machine is
    assert verdict.sent > 0
