"""A backup put back: nothing twice, nobody back who asked to go, and nothing changed by one that does not hold."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from bot.clock import ReplayClock
from bot.errors import ArchiveRefused
from bot.flows.back_up import back_up, list_forgotten
from bot.flows.backup_file import ForgetList, name_key, read_forget_list, write_forget_list
from bot.flows.forget_member import forget_member
from bot.flows.plan_campaigns import plan_campaigns
from bot.flows.restore import restore
from bot.messages import PersonRef
from bot.ports.records import KnownBrand, LoggedEvent, SourceState, Toward
from bot.store.database import SqlStore
from tests.unit.campaigns.sample import NOW, a_post
from tests.unit.conversation.sample import BRAND, SARI
from tests.unit.flows.sample import a_brand, a_message, move, queue, save

#: Long and random, so that finding it anywhere can only mean this one.
WHO = PersonRef(platform="sandbox", id="f3b9c1d27a6e4805b1f2")


async def remembered(store: SqlStore) -> KnownBrand:
    """Return the brand with its key."""
    return await store.remember_brand(BRAND.id, BRAND.name, given=True, now=NOW)


async def live_a_while(store: SqlStore, clock: ReplayClock) -> None:
    """Let members talk, a feed be read, a slot come, and a post wait in the outbox."""
    said = LoggedEvent(
        event_id="e1", kind="message", community="warung", channel="warung", at=NOW, author=WHO, message_id="m1"
    )
    answer = replace(said, event_id="e2", author=SARI.ref, message_id="m2", toward=(Toward(person=WHO, kind="reply"),))
    async with store.work(BRAND.id) as work:
        await work.people.met([WHO, SARI.ref], NOW)
        await work.events.add("sandbox", [said, answer], {})
        await work.feeds.save_state(SourceState(source="blog", asked_url="u", url="u", first_read_at=NOW))
        await work.commit()
    await plan_campaigns(a_brand(), store=store, clock=clock)
    await save(store, a_post("p1", first_seen_at=NOW + timedelta(minutes=1)))
    await queue(store, a_message("o1"))


async def taken(store: SqlStore, clock: ReplayClock) -> BytesIO:
    """Return a backup of it as it stands."""
    file = BytesIO()
    assert await back_up(file, await remembered(store), store=store, clock=clock, version="1") > 0
    return file


def _files_with(words: str, folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if words.encode() in path.read_bytes()]


async def test_what_was_done_since_is_not_done_again(store: SqlStore, clock: ReplayClock) -> None:
    """The slots since are missed, the post that waited is unknown, feeds begin anew, and everything is paused."""
    known = await remembered(store)
    await live_a_while(store, clock)
    file = await taken(store, clock)
    await move(clock, days=2, hours=2)
    done = await restore(file, a_brand(), known, forgotten=None, store=store, clock=clock)
    assert (done.taken_at, done.unknown, done.missed, done.forgotten) == (NOW, 1, 2, 0)
    assert await plan_campaigns(a_brand(), store=store, clock=clock) == 0
    async with store.read(BRAND.id) as work:
        ledger = await work.shares.ledger(NOW)
        assert [(entry.slot, entry.outcome) for entry in ledger] == [
            ("2026-07-07T09:00", "missed"),
            ("2026-07-08T09:00", "missed"),
        ]
        assert ledger[0].detail == "missed: the backup of 2026-07-06 03:00 UTC does not know what was done after it"
        (message,) = await work.outbox.unsettled()
        assert (message.id, message.state) == ("o1", "unknown")
        (pause,) = await work.pauses.all(NOW)
        assert (pause.scope, pause.since) == ("all", clock.now())
        state = await work.feeds.state("blog")
        assert state is not None
        assert state.first_read_at is None


async def test_who_asked_to_go_since_stays_gone(store: SqlStore, clock: ReplayClock, tmp_path: Path) -> None:
    """Byte by byte, though the backup has them; the others are back."""
    known = await remembered(store)
    await live_a_while(store, clock)
    file = await taken(store, clock)
    assert WHO.id.encode() in gzip.decompress(file.getvalue())
    async with store.work(BRAND.id) as work:
        await forget_member(WHO, known, work=work, now=clock.now())
        await work.commit()
    done = await restore(file, a_brand(), known, forgotten=None, store=store, clock=clock)
    assert done.forgotten == 1
    async with store.read(BRAND.id) as work:
        assert [member.person for member in await work.people.all()] == [SARI.ref]
    await store.close()
    assert not _files_with(WHO.id, tmp_path)


async def test_a_list_kept_beside_reaches_an_empty_database(
    store: SqlStore, clock: ReplayClock, file_with_tables: Path, tmp_path: Path
) -> None:
    """The machine is lost; the newest list tells who must not come back with the old backup."""
    known = await remembered(store)
    await live_a_while(store, clock)
    file = await taken(store, clock)
    async with store.work(BRAND.id) as work:
        await forget_member(WHO, known, work=work, now=clock.now())
        await work.commit()
    kept = read_forget_list(write_forget_list(await list_forgotten(known, store=store)))
    elsewhere = SqlStore(f"sqlite:///{shutil.copy(file_with_tables, tmp_path / 'elsewhere.db')}")
    await elsewhere.open()
    new = await remembered(elsewhere)
    assert new.key != known.key
    done = await restore(file, a_brand(), new, forgotten=kept, store=elsewhere, clock=clock)
    assert done.forgotten == 1
    assert await remembered(elsewhere) == known
    async with elsewhere.read(BRAND.id) as work:
        assert await work.forgetting.digests() == set(kept.digests)
    await elsewhere.close()


async def test_what_does_not_hold_changes_nothing(store: SqlStore, clock: ReplayClock) -> None:
    """Cut off, changed, no backup at all, another brand's, or with a list under another key."""
    known = await remembered(store)
    await live_a_while(store, clock)
    whole = (await taken(store, clock)).getvalue()
    text = gzip.decompress(whole)
    lines = text.splitlines(keepends=True)
    strange = ForgetList(key=name_key(b"another"), digests={})
    cases = (
        (whole[:-40], known, None, "cut off"),
        (gzip.compress(b"".join(lines[:-1])), known, None, "not whole"),
        (gzip.compress(text.replace(b"warung", b"pasar.")), known, None, "not whole"),
        (b"{}", known, None, "no backup"),
        (b"", known, None, "not whole"),
        (whole, replace(known, id="teh"), None, "of the brand"),
        (whole, known, strange, "belongs to another backup"),
    )
    await queue(store, a_message("o2"))
    for content, brand, kept, said in cases:
        with pytest.raises(ArchiveRefused, match=said):
            await restore(BytesIO(content), a_brand(), brand, forgotten=kept, store=store, clock=clock)
    async with store.read(BRAND.id) as work:
        assert [message.id for message in await work.outbox.unsettled()] == ["o1", "o2"]
        assert await work.pauses.all(NOW) == ()


async def test_a_backup_under_load_is_of_one_moment(store: SqlStore, clock: ReplayClock) -> None:
    """What is committed while it is being taken is in it whole or not at all: here, not at all."""
    await live_a_while(store, clock)
    async with store.read(BRAND.id) as work:
        rows = work.archive.rows()
        first = await anext(rows)
        await queue(store, a_message("o2"))
        seen = [first, *[row async for row in rows]]
    assert [row.values["id"] for row in seen if row.table == "outbox"] == ["o1"]
