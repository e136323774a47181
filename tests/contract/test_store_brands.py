"""What the store promises about brands: one never sees, nor touches, another's rows."""

from __future__ import annotations

from typing import Protocol, get_type_hints

import pytest

from bot.ports import store as ports
from bot.ports.store import Store
from tests.contract.store_sample import LEASE, NOW, SARI, later
from tests.contract.store_walk import READS, look, write_everything

GROUPS = (
    "events",
    "people",
    "questions",
    "feeds",
    "shares",
    "receptions",
    "outbox",
    "leases",
    "subscriptions",
    "allowances",
    "keys",
    "pauses",
    "moves",
    "places",
    "vectors",
    "forgetting",
    "imports",
    "drafts",
    "archive",
)


def _methods_of_ports() -> set[str]:
    """Name every method of every group of verbs, as the ports declare them."""
    found = set()
    for group in GROUPS:
        port = get_type_hints(vars(ports.UnitOfWork)[group].fget)["return"]
        assert issubclass(port, Protocol)  # type: ignore[arg-type]  # a Protocol's own base at run time
        found |= {f"{group}.{name}" for name, member in vars(port).items() if callable(member) and name[0] != "_"}
    return found


async def test_no_method_finds_another_brands_row(store: Store) -> None:
    """With everything written for one brand, each method that reads finds for another what an empty store holds."""
    async with store.work("nobody") as work:
        nothing = await look(work)
    async with store.work("kopi") as work:
        written = await write_everything(work, words="merah")
        await work.commit()
    assert written | set(READS) == _methods_of_ports()
    async with store.work("teh") as work:
        assert await look(work) == nothing
        assert await work.questions.claim_due(later(999), lease=LEASE) is None
        assert await work.outbox.claim(later(999), kinds=("post", "reply"), rates={}, lease=LEASE, most=99) == ()
    async with store.work("kopi") as work:
        found = await look(work)
    assert [name for name in READS if found[name] == nothing[name]] == []


async def test_no_method_changes_another_brands_row(store: Store) -> None:
    """Two brands may call everything by the same names: what one does leaves every row of the other as it was."""
    async with store.work("kopi") as work:
        await write_everything(work, words="merah")
        before = await look(work)
        await work.commit()
    async with store.work("teh") as work:
        await write_everything(work, words="biru")
        assert "merah" not in str(await look(work))
        await work.questions.orphan_all()
        await work.outbox.orphan_all(later(5))
        await work.events.forget_before(later(999))
        await work.receptions.forget_before(later(999))
        await work.questions.forget_before(later(999))
        assert await work.pauses.remove("community", "warung")
        assert await work.keys.rename("community", "warung", "pasar") > 0
        await work.leases.give_back("poll", "biru")
        await work.vectors.forget_other_embedders([])
        assert (await work.forgetting.erase(SARI))["member"] == 1
        for alone in await work.forgetting.settled_direct():
            assert await work.forgetting.erase_settled(alone) == 1
        await work.commit()
    async with store.work("kopi") as work:
        assert await look(work) == before
        assert not await work.leases.take("poll", "somebody else", now=NOW, until=later(60))


async def test_what_is_not_committed_vanishes(store: Store) -> None:
    """Whether the work is left quietly or by an error, nothing of it stays."""
    async with store.work("nobody") as work:
        nothing = await look(work)
    async with store.work("kopi") as work:
        await write_everything(work, words="merah")
    with pytest.raises(KeyError):
        await _fail_after_writing(store)
    async with store.work("kopi") as work:
        assert await look(work) == nothing


async def _fail_after_writing(store: Store) -> None:
    async with store.work("kopi") as work:
        await write_everything(work, words="merah")
        raise KeyError("something of the flow's own")


async def test_what_is_rehearsed_is_seen_and_vanishes(store: Store) -> None:
    """A rehearsal sees what it committed, does not see what it did not, and leaves nothing behind."""
    async with store.work("nobody") as work:
        nothing = await look(work)
    async with store.rehearse() as rehearsed:
        async with rehearsed.work("kopi") as work:
            await write_everything(work, words="left")
        async with rehearsed.work("kopi") as work:
            await write_everything(work, words="kept")
            await work.commit()
        async with rehearsed.read("kopi") as work:
            found = str(await look(work))
            assert ("kept" in found, "left" in found) == (True, False)
    async with store.work("kopi") as work:
        assert await look(work) == nothing


async def test_a_brand_keeps_its_key(store: Store) -> None:
    """A brand named by its id is the same at each start, and its key is its own."""
    first = await store.remember_brand("kopi", "Kopi", given=True, now=NOW)
    again = await store.remember_brand("kopi", "Kopi Baru", given=True, now=later(9))
    other = await store.remember_brand("teh", "Teh", given=True, now=NOW)
    assert again == first
    assert other.id == "teh"
    assert len({first.key, other.key}) == 2
    assert len(first.key) == 32


async def test_the_only_brand_stays_itself_under_a_new_name(store: Store) -> None:
    """Without an id of its own, a renamed brand keeps its history; with two known, the name decides again."""
    first = await store.remember_brand("kopi", "Kopi", given=False, now=NOW)
    renamed = await store.remember_brand("kopi-baru", "Kopi Baru", given=False, now=later(9))
    assert renamed == first
    await store.remember_brand("teh", "Teh", given=True, now=NOW)
    third = await store.remember_brand("kopi-baru", "Kopi Baru", given=False, now=later(9))
    assert third.id == "kopi-baru"
