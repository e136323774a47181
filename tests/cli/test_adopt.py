"""`konektor adopt`: where the bot was spoken to unasked, and the lines that make it a community."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.assemble import assembled, load_config
from bot.messages import ChannelRef
from tests.cli.driving import Driver

STRANGE = ChannelRef(platform="sandbox", space="kedai", channel="kedai")
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def _meet(config: Path, *places: ChannelRef) -> None:
    async def meet() -> None:
        brand = load_config(config, {}).brand_or_refuse()
        async with assembled(brand) as parts, parts.store.work(brand.id) as work:
            for place in places:
                await work.places.meet(place, AT, again_after=timedelta(days=30))
            await work.commit()

    asyncio.run(meet())


def test_places_no_community_names_are_listed(konektor: Driver, brand: Path) -> None:
    """Each with its id, its platform and when; one that is a community by now is not."""
    assert konektor("adopt", "-c", brand, "--json").json == []
    _meet(brand, STRANGE, ChannelRef(platform="sandbox", space="warung", channel="warung"))
    listed = konektor("adopt", "-c", brand, "--json")
    assert (listed.code, [one["place"] for one in listed.json]) == (0, ["kedai"])
    assert [datetime.fromisoformat(one["met_at"]) for one in listed.json] == [AT]
    assert "2026-11-24 08:00 UTC" in konektor("adopt", "-c", brand).out


def test_the_lines_make_it_a_community(konektor: Driver, brand: Path) -> None:
    """Put under `communities:` they hold, and the place is no stranger any more; the file itself is left alone."""
    _meet(brand, STRANGE)
    before = brand.read_text("utf-8")
    printed = konektor("adopt", "kedai", "--as", "kedai", "-c", brand)
    assert (printed.code, brand.read_text("utf-8")) == (0, before)
    brand.write_text(before.replace("communities:\n", f"communities:\n{printed.out}"), "utf-8")
    assert "kedai" in load_config(brand, {}).brand_or_refuse().communities
    assert konektor("adopt", "-c", brand, "--json").json == []


def test_what_cannot_be_adopted_is_told(konektor: Driver, brand: Path) -> None:
    """A place nobody spoke to the bot in, no key, one that is taken, and one that is none."""
    _meet(brand, STRANGE)
    assert konektor("adopt", "elsewhere", "--as", "x", "-c", brand).code == 2
    assert konektor("adopt", "kedai", "-c", brand).code == 2
    assert konektor("adopt", "kedai", "--as", "warung", "-c", brand).code == 2
    assert konektor("adopt", "kedai", "--as", "Not A Key", "-c", brand).code == 2
