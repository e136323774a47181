"""Every sentence on the pages has its Indonesian, and the compiled catalogue is the written one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from bot.web.app import MENU
from bot.web.words import STATE_WORDS
from tests.rules.repository import ROOT

CATALOGUE = ROOT / "bot/locale/id/LC_MESSAGES/web.po"


def _sentences() -> set[str]:
    """Return what `say("…")` and `_("…")` say, and the words that are looked up by value."""
    found = {*STATE_WORDS, *(label for _, label in MENU)}
    for pattern, kind, keyword in (("*.py", "python", "say"), ("*.html", "jinja2", "_")):
        for path in (ROOT / "bot/web").rglob(pattern):
            found |= {str(message) for _, message, *_ in extract(kind, BytesIO(path.read_bytes()), {keyword: None})}
    return found


def test_every_sentence_is_translated() -> None:
    """Nothing is missing, nothing is left over, nothing is empty."""
    with CATALOGUE.open("rb") as file:
        translated = {str(message.id) for message in read_po(file) if message.id and message.string}

    assert translated == _sentences()


def test_the_compiled_catalogue_is_the_written_one() -> None:
    """What runs is what translators read."""
    with CATALOGUE.open("rb") as written, Path(CATALOGUE.with_suffix(".mo")).open("rb") as compiled:
        one = {message.id: message.string for message in read_po(written) if message.id}
        other = {message.id: message.string for message in read_mo(compiled) if message.id}

    assert one == other


@pytest.mark.parametrize("name", ["htmx", "echarts"])
def test_what_others_made_stands_with_its_licence(name: str) -> None:
    """Each vendored library has its licence beside it and its version in the README."""
    vendor = ROOT / "bot/web/static/vendor"

    assert list(vendor.glob(f"{name}*.js"))
    assert (vendor / f"{name}.LICENSE").is_file()
    assert f"vendor/{name}" in (vendor.parent / "README.md").read_text(encoding="utf-8")
