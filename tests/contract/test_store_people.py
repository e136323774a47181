"""What `bot.ports.store.People` and `Pauses` promise, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.messages import PersonRef
from bot.ports.records import Member, Pause, StrangePlace
from bot.ports.store import Store
from tests.contract.store_sample import BRAND, BUDI, GROUP, NOW, SARI, later

NEW = Member(person=SARI, consent="unknown", name=None, language=None, introduced_at=None, flood_told_at=None)


async def test_a_person_met_is_known_by_nothing_else(store: Store) -> None:
    """Meeting somebody keeps no name and assumes no consent; who was not met is not there."""
    async with store.work(BRAND) as work:
        await work.people.met([SARI], NOW)
        assert await work.people.get([SARI, BUDI]) == {SARI: NEW}


async def test_ids_are_a_platforms_own(store: Store) -> None:
    """The same id on another platform is another person."""
    async with store.work(BRAND) as work:
        await work.people.met([SARI], NOW)
        assert await work.people.get([PersonRef(platform="forum", id="sari")]) == {}


async def test_nobody_is_no_fault(store: Store) -> None:
    """Empty collections change and find nothing."""
    async with store.work(BRAND) as work:
        await work.people.met([], NOW)
        await work.people.introduced([], NOW)
        assert await work.people.get([]) == {}
        assert await work.people.all() == ()


async def test_what_is_known_is_kept_when_they_are_met_again(store: Store) -> None:
    """Each fact is remembered by itself, and meeting again takes none back."""
    async with store.work(BRAND) as work:
        await work.people.met([SARI], NOW)
        await work.people.introduced([SARI], later(1))
        await work.people.told_of_flood(SARI, later(2))
        await work.people.set_language(SARI, "en")
        await work.people.set_consent(SARI, "in", name="Sari 🌱", at=later(3))
        await work.commit()
    async with store.work(BRAND) as work:
        await work.people.met([SARI, BUDI], later(9))
        await work.commit()
    async with store.read(BRAND) as work:
        known = replace(
            NEW, consent="in", name="Sari 🌱", language="en", introduced_at=later(1), flood_told_at=later(2)
        )
        assert await work.people.get([SARI, BUDI]) == {SARI: known, BUDI: replace(NEW, person=BUDI)}


async def test_opting_out_erases_the_name(store: Store) -> None:
    """A name lives only as long as the consent it came with."""
    async with store.work(BRAND) as work:
        await work.people.set_consent(SARI, "in", name="Sari", at=NOW)
        await work.people.set_consent(SARI, "out", name=None, at=later(1))
        assert await work.people.get([SARI]) == {SARI: replace(NEW, consent="out")}


async def test_all_are_listed_in_the_order_they_were_met(store: Store) -> None:
    """Whoever was met first comes first."""
    async with store.work(BRAND) as work:
        await work.people.met([SARI], later(1))
        await work.people.met([BUDI], NOW)
        assert [member.person for member in await work.people.all()] == [BUDI, SARI]


async def test_a_pause_holds_until_it_is_removed(store: Store) -> None:
    """Pausing twice keeps the first reason; letting go of what is not paused says so."""
    pause = Pause(scope="community", key="warung", since=NOW, reason="they are angry")
    everything = Pause(scope="all", key="", since=later(1), reason="")
    async with store.work(BRAND) as work:
        await work.pauses.add(pause)
        await work.pauses.add(replace(pause, since=later(5), reason="again"))
        await work.pauses.add(everything)
        await work.commit()
    async with store.work(BRAND) as work:
        assert await work.pauses.all(NOW) == (pause, everything)
        assert await work.pauses.remove("community", "warung")
        assert not await work.pauses.remove("community", "warung")
        assert not await work.pauses.remove("campaign", "")
        assert await work.pauses.all(NOW) == (everything,)


async def test_a_pause_with_an_end_ends_by_itself(store: Store) -> None:
    """At that moment and not before; a new one then takes its place, which it does not while the old one holds."""
    first = Pause(scope="quiet", key="warung", since=NOW, reason="one", until=later(60))
    async with store.work(BRAND) as work:
        await work.pauses.add(first)
        await work.pauses.add(replace(first, since=later(59), reason="two"))
        assert await work.pauses.all(later(59)) == (first,)
        assert await work.pauses.all(later(60)) == ()
        third = replace(first, since=later(60), reason="three", until=later(90))
        await work.pauses.add(third)
        assert await work.pauses.all(later(60)) == (third,)


async def test_a_place_is_told_once_in_a_while(store: Store) -> None:
    """Wherever in it the bot is spoken to, and again only when the while is over."""
    lately = timedelta(seconds=30)
    async with store.work(BRAND) as work:
        assert await work.places.meet(GROUP, NOW, again_after=lately)
        assert not await work.places.meet(replace(GROUP, channel="other"), later(29), again_after=lately)
        assert await work.places.meet(GROUP, later(30), again_after=lately)
        assert await work.places.all() == (StrangePlace(where=GROUP, met_at=NOW, told_at=later(30)),)
