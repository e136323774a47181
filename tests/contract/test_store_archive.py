"""What `bot.ports.store.Archive` promises, on every database: all of it goes out, and comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import ArchiveRefused
from bot.ports.records import ArchivedRow
from bot.ports.store import Store, UnitOfWork
from bot.store.database import SqlStore
from tests.contract.store_sample import BRAND, NOW, a_message, a_question, a_share, later
from tests.contract.store_walk import look, write_everything

#: What is left out of a backup on purpose.
LEFT_OUT = ("forgetting.digests", "forgetting.listed", "forgetting.latest", "forgetting.dated_digests")
NOT_WORTH_KEEPING = ("leases.held", "vectors.all")


async def archived(work: UnitOfWork) -> list[ArchivedRow]:
    """Return the brand's rows as a file would hold them."""
    return [ArchivedRow(*json.loads(json.dumps(row))) async for row in work.archive.rows()]


async def test_everything_comes_back_as_it_was(store: Store) -> None:
    """Through JSON and over whatever was there; who is to stay forgotten stays, leases and vectors go."""
    async with store.work(BRAND) as work:
        await write_everything(work, words="merah")
        await work.commit()
    async with store.work(BRAND) as work:
        before, rows = await look(work), await archived(work)
    async with store.work(BRAND) as work:
        await work.questions.add([a_question("later")])
        await work.forgetting.list_digest("after the backup", NOW)
        await work.archive.replace(rows)
        await work.commit()
    async with store.work(BRAND) as work:
        after = await look(work)
        assert "after the backup" in await work.forgetting.digests()
    same = [name for name in before if name not in LEFT_OUT + NOT_WORTH_KEEPING]
    assert {name: before[name] for name in same} == {name: after[name] for name in same}
    assert not any(after[name] for name in NOT_WORTH_KEEPING)
    assert not [row for row in rows if row.table in ("forgotten", "lease", "vector")]


async def test_what_does_not_fit_is_refused(store: Store) -> None:
    """A table or a column this version does not have, and what is no moment."""
    async with store.read(BRAND) as work:
        assert await archived(work) == []
    pause = {"scope": "all", "key": "", "since": NOW.isoformat(), "reason": "", "until": None}
    for row, said in (
        (ArchivedRow("pouse", pause), '"pouse"'),
        (ArchivedRow("pause", pause | {"colour": "red"}), "colour"),
        (ArchivedRow("pause", pause | {"since": "yesterday"}), "pause.since"),
    ):
        with pytest.raises(ArchiveRefused, match=said):
            async with store.work(BRAND) as work:
                await work.archive.replace([row])


async def test_what_was_still_to_be_said_is_left_unsaid(store: Store) -> None:
    """Posts become unknown, replies and questions are let go, shares are skipped; what was sent stays sent."""
    async with store.work(BRAND) as work:
        await work.outbox.add([a_message("o1"), a_message("o2"), a_message("o3", kind="reply")])
        (first,) = await work.outbox.claim(later(1), kinds=("post",), rates={}, lease=later(60) - NOW, most=9)
        await work.outbox.sent(first, channel=first.channel, message_id="m1", at=later(1))
        await work.questions.add([a_question("q1")])
        assert await work.shares.add(a_share("s1"))
        assert await work.archive.leave_unsaid("an old backup", later(9)) == 1
        await work.commit()
    async with store.read(BRAND) as work:
        states = {name: found.state for name in ("o1", "o2", "o3") if (found := await work.outbox.get(name))}
        assert states == {"o1": "sent", "o2": "unknown", "o3": "dropped"}
        ((_, outcome),) = await work.questions.recent(NOW)
        assert (outcome.state, outcome.reason) == ("expired", "an old backup")
        (share,) = await work.shares.recent(NOW)
        assert (share.state, share.reason) == ("skipped", "an old backup")
    async with store.work(BRAND) as work:
        assert (
            await work.outbox.claim(later(99), kinds=("post", "reply"), rates={}, lease=later(60) - NOW, most=9) == ()
        )


async def test_a_backup_of_one_kind_of_database_fits_the_other(postgres_url: str, tmp_path: Path) -> None:
    """From SQLite to PostgreSQL and back, all of it is as it was."""
    one, other = SqlStore(f"sqlite:///{tmp_path / 'konektor.db'}"), SqlStore(postgres_url)
    await one.open()
    await other.open()
    async with one.work(BRAND) as work:
        await write_everything(work, words="merah")
        await work.commit()
        rows = await archived(work)
    for target in (other, one):
        async with target.work(BRAND) as work:
            await work.archive.replace(rows)
            again = await archived(work)
            assert sorted(rows, key=str) == sorted(again, key=str)
            rows = again
    await one.close()
    await other.close()
