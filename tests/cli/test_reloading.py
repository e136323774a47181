"""Taking up a changed configuration, or keeping the old one."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from bot.assemble import load_config, read_material
from bot.brand import Brand
from bot.cli.reloading import ConfigWatch
from bot.flows.vitals import Vitals
from tests.journeys.waiting import until

TEXT = """
brand: {name: Kopi Tani, languages: [id, en]}
communities: {warung: {platform: sandbox}}
sources: {faq: {type: faq, path: faq.yaml}}
"""
FAQ = "- {id: buka, question: Jam berapa buka?, answer: Jam tujuh., language: id}\n"
LOOK = 0.02


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that holds."""
    (tmp_path / "faq.yaml").write_text(FAQ, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "config.yaml"


def _watched(config: Path, vitals: Vitals) -> tuple[Brand, ConfigWatch]:
    read = partial(load_config, config, {})
    watch = ConfigWatch(config, read=read, read_material=read_material, vitals=vitals, look_every=LOOK)
    return read().brand_or_refuse(), watch


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _remove(file: Path) -> None:
    file.unlink()


async def _until_fault(vitals: Vitals) -> str:
    await until(lambda: vitals.config_fault is not None, "a refusal")
    assert vitals.config_fault is not None
    return vitals.config_fault


async def test_a_changed_file_is_taken_up(config: Path) -> None:
    """As soon as it says something else; a file that is only touched is not."""
    brand, watch = _watched(config, Vitals())
    changed = asyncio.create_task(watch.next_brand(brand))
    _write(config, f"# kopi\n{TEXT}")
    await asyncio.sleep(10 * LOOK)
    assert not changed.done()
    _write(config, TEXT.replace("Kopi Tani", "Kopi Kita"))
    async with asyncio.timeout(30):
        assert (await changed).name == "Kopi Kita"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (TEXT.replace("platform: sandbox", "platform: sandbx"), "sandbx"),
        (TEXT.replace("faq.yaml", "faqs.yaml"), "faqs.yaml"),
        ("brand: {", ""),
    ],
)
async def test_a_file_that_does_not_hold_changes_nothing(config: Path, broken: str, said: str) -> None:
    """Where and why is kept for health and metrics, until the file holds again."""
    vitals = Vitals()
    brand, watch = _watched(config, vitals)
    changed = asyncio.create_task(watch.next_brand(brand))
    _write(config, broken)
    fault = await _until_fault(vitals)
    assert (said in fault, changed.done()) == (True, False)
    _write(config, TEXT.replace("Kopi Tani", "Kopi Kita"))
    async with asyncio.timeout(30):
        assert (await changed).name == "Kopi Kita"
    assert vitals.config_fault is None


async def test_a_file_that_is_gone_for_a_moment_changes_nothing(config: Path) -> None:
    """Many editors write a new file and put it in the place of the old one."""
    vitals = Vitals()
    brand, watch = _watched(config, vitals)
    changed = asyncio.create_task(watch.next_brand(brand))
    _remove(config)
    await asyncio.sleep(5 * LOOK)
    assert (changed.done(), vitals.config_fault) == (False, None)
    _write(config, TEXT.replace("[id, en]", "[en]"))
    async with asyncio.timeout(30):
        assert (await changed).languages == ("en",)


async def test_who_asks_is_served_at_once(config: Path) -> None:
    """SIGHUP reads what the file does not show: a variable, an FAQ that was broken."""
    vitals = Vitals()
    brand, watch = _watched(config, vitals)
    changed = asyncio.create_task(watch.next_brand(brand))
    _write(config.with_name("faq.yaml"), "- nothing")
    watch.ask()
    assert "faq.yaml" in await _until_fault(vitals)
    changed.cancel()
