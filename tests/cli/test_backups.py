"""`backup` and `restore` as an operator uses them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.assemble import assembled
from bot.cli.running import read_config
from bot.messages import PersonRef
from tests.cli.driving import Driver

SARI, BUDI = (PersonRef(platform="sandbox", id=name) for name in ("sari", "budi"))


def meet(config: Path, *people: PersonRef, running: bool = False) -> None:
    """Let the brand meet these people; with `running`, let a service have been there a moment ago."""

    async def write() -> None:
        async with assembled(read_config(config)) as parts, parts.store.work(parts.brand.id) as work:
            now = parts.clock.now()
            await work.people.met(people, now)
            if running:
                await work.leases.take("listen on sandbox", "a process", now=now, until=now + timedelta(seconds=30))
            await work.commit()

    asyncio.run(write())


def people(konektor: Driver, config: Path, name: str) -> bool:
    """Return whether something is kept about somebody."""
    return bool(konektor("mydata", f"sandbox:{name}", "-c", config).json["member"])


def test_a_backup_brings_back_what_is_gone_and_nobody_who_asked_to_go(konektor: Driver, brand: Path) -> None:
    """The newest list lies beside the backups; only their owner reads either; and everything is paused."""
    meet(brand, SARI, BUDI)
    old, new = brand.parent / "kept" / "old.jsonl.gz", brand.parent / "kept" / "new.jsonl.gz"
    assert konektor("backup", old, "-c", brand).code == 0
    assert konektor("forget", "sandbox:budi", "-c", brand).code == 0
    taken = konektor("backup", new, "-c", brand, "--json")
    assert taken.json == {"file": str(new), "forgotten": str(new.with_name("kopi-tani.forgotten.json")), "rows": 2}
    assert {path.stat().st_mode & 0o777 for path in old.parent.iterdir()} == {0o600}
    for file in brand.parent.glob("*.db*"):
        file.unlink()
    done = konektor("restore", old, "-c", brand, "--json")
    assert (done.code, done.json["rows"], done.json["forgotten"]) == (0, 3, 1)
    assert (people(konektor, brand, "sari"), people(konektor, brand, "budi")) == (True, False)
    (pause,) = konektor("pause", "warung", "-c", brand, "--json").json[:1]
    assert (pause["scope"], pause["reason"][:9]) == ("all", "restored:")


def test_a_restore_without_the_list_or_beside_a_service_is_refused(konektor: Driver, brand: Path) -> None:
    """It says what is missing, what runs, and what is no backup."""
    meet(brand, SARI)
    file = brand.parent / "a.jsonl.gz"
    assert konektor("backup", file, "-c", brand).code == 0
    kept = file.with_name("kopi-tani.forgotten.json")
    aside = kept.rename(kept.with_name("aside.json"))
    missing = konektor("restore", file, "-c", brand)
    assert (missing.code, "--forgotten" in missing.err) == (2, True)
    assert konektor("restore", file, "-c", brand, "--forgotten", aside).code == 0
    assert konektor("restore", brand, "-c", brand, "--forgotten", aside).code == 1
    meet(brand, SARI, running=True)
    running = konektor("restore", file, "-c", brand, "--forgotten", aside)
    assert (running.code, "stop it, then try again" in running.err) == (1, True)
