"""The catalogue of platforms and the contract suite know the same ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

import adapters
from adapters import catalog
from bot.messages import ChannelRef
from bot.ports.platform import Platform
from tests.contract.test_platform_contract import HARNESSES

FOLDERS = sorted(path.parent.name for path in Path(adapters.__path__[0]).glob("*/settings.py"))


def test_every_folder_is_in_the_catalogue() -> None:
    """A platform is its folder; one without an entry could never be used."""
    assert sorted(catalog.kinds()) == FOLDERS


@pytest.mark.parametrize("name", FOLDERS)
def test_every_platform_is_held_to_the_contract(name: str) -> None:
    """A platform without a harness is a promise nobody checks."""
    assert Path(__file__).with_name(f"{HARNESSES[name]}.py").exists()


@pytest.mark.parametrize(
    ("name", "space", "channel"),
    [
        ("telegram", "-1001234567890", "-1001234567890"),
        ("discord", "123456789012345678", "223456789012345678"),
        ("matrix", "!abc:kopi.example", "!abc:kopi.example"),
        ("sandbox", "warung", "warung"),
        ("console", "warung", "warung"),
    ],
)
def test_what_is_written_of_an_address_is_read_as_the_same_place(name: str, space: str, channel: str) -> None:
    """The lines to add under `communities:` lead to where the bot was spoken to."""
    where = ChannelRef(platform=name, space=space, channel=channel)
    kind = catalog.kinds()[name]
    read = yaml.safe_load("\n".join(kind.write_address(where)) or "{}")
    assert kind.address.model_validate(read).place("warung").posts == where


@pytest.mark.parametrize("name", sorted(catalog.kinds()))
def test_a_platform_without_account_is_built_by_its_name(name: str) -> None:
    """What needs no account is ready at once, under the name the catalogue knows it by."""
    kind = catalog.kinds()[name]
    if kind.needs_account:
        pytest.skip("this platform needs an account")
    places = (kind.address().place("warung"),)
    built = catalog.build(
        name,
        kind.account(),
        commands=(),
        places=places,
        now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        bot_name="Tani",
    )
    assert isinstance(built, Platform)
    assert built.name == name


def test_an_unknown_platform_is_not_built() -> None:
    """A name that is not in the catalogue is an error of the caller."""
    with pytest.raises(KeyError, match="friendster"):
        catalog.build(
            "friendster", None, commands=(), places=(), now=lambda: datetime(2026, 11, 23, tzinfo=UTC), bot_name="Tani"
        )
