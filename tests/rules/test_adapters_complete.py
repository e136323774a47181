"""A platform is complete or absent: one name in the folder, the catalogue, the guide and the contract suite."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest

from adapters import catalog
from tests.rules.repository import ROOT, list_adapters

#: What every adapter brings, besides its code.
PLACES = ("docs/{name}.md", "tests/contract/harness_{name}.py", "adapters/{name}/settings.py")


def test_the_catalogue_lists_every_folder_and_no_other() -> None:
    """A folder in adapters/ is in the catalogue, and the other way round."""
    assert sorted(catalog.kinds()) == list_adapters()


@pytest.mark.parametrize("name", list_adapters())
def test_an_adapter_has_one_name_everywhere(name: str) -> None:
    """Folder, catalogue key, the kind's own name and the constant in its settings are the same word."""
    kind = catalog.kinds()[name]
    settings = importlib.import_module(f"adapters.{name}.settings")

    assert (kind.name, settings.KIND) == (name, kind)


@pytest.mark.parametrize("name", list_adapters())
def test_an_adapter_is_whole(name: str) -> None:
    """Every adapter has its settings, a guide for people and a harness that holds it to the contract suite."""
    missing = [place for place in (pattern.format(name=name) for pattern in PLACES) if not (ROOT / place).is_file()]

    assert missing == []


@pytest.mark.parametrize("name", list_adapters())
def test_every_guide_says_what_a_platform_is_like(name: str) -> None:
    """What people do there, what they resent, and what a post is like because of it: the last words of each guide."""
    guide = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    _, title, character = guide.rpartition("\n## The character of ")

    assert title != ""
    assert re.findall(r"^\*\*(.+?)\*\*", character, re.MULTILINE) == [
        "What people do there.",
        "What they resent.",
        "What a post is like, therefore.",
    ]


def test_where_people_can_resent_something_numbers_say_what() -> None:
    """A platform with accounts has an audience, whose patience `konektor check` warns about; a rehearsal has none."""
    kinds = catalog.kinds().values()

    assert [kind.name for kind in kinds if kind.character is None] == [
        kind.name for kind in kinds if not kind.needs_account
    ]


def test_knowing_the_platforms_imports_no_sdk() -> None:
    """Start-up stays light: the catalogue is read without any platform's SDK, in a fresh interpreter."""
    code = (
        "import sys, adapters.catalog as c; c.kinds(); print(sorted({'discord', 'nio', 'telegram'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - a fixed command

    assert done.stdout.strip() == "[]"
