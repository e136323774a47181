"""kill -9 around every commit and every send, and at any moment: nothing is lost, and nothing is said twice.

`python -m benchmarks faults --kills 1000` is the same for longer. KONEKTOR_SEED asks for other nights.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.faults.deaths import deal_points, draw_deaths
from tests.faults.dooms import POINTS
from tests.faults.nights import pass_nights
from tests.servers.postgres import PostgresServer

#: In each of the four nights, besides those at a named moment.
OTHER_KILLS = 4
SEED = os.environ.get("KONEKTOR_SEED", "1")  # noqa: TID251  # a tester's wish, no setting
#: Every moment comes; how long that takes on a busy machine is nobody's matter.
DOOMED_SECONDS = 90.0


async def test_nights_of_kills(postgres_server: PostgresServer, tmp_path: Path) -> None:
    """However often and wherever it dies, what was taken is answered once, and every post is shared once."""
    deaths = {
        night: draw_deaths(points, others=OTHER_KILLS, chance=random.Random(f"{SEED} {night}"))
        for night, points in deal_points().items()
    }
    assert sum(map(len, deaths.values())) >= 50
    passed = await pass_nights(
        deaths,
        folder=tmp_path,
        make_database=postgres_server.create_database,
        seed=SEED,
        doomed_seconds=DOOMED_SECONDS,
    )
    assert {night: verdict.breaches for night, (verdict, _) in passed.items()} == dict.fromkeys(deaths, ())
    assert {point for _, died_at in passed.values() for point in died_at} == set(POINTS)
    # Discord tells a bot that was away of little, so how much is sent hangs on how quick the machine is
    assert [night for night, (verdict, _) in passed.items() if verdict.sent == 0] == []
