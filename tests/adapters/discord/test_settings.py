"""The address and the account as a marketer writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from adapters import catalog
from adapters.discord.adapter import DiscordPlatform
from adapters.discord.settings import KIND, Account, Address
from bot.messages import ChannelRef, Place

_SERVER, _POSTS, _OTHER = "1122334455667788990", "1122334455667788991", "1122334455667788992"


@pytest.mark.parametrize(
    ("answers", "heard"),
    [
        ({}, None),
        ({"answers": "any"}, None),
        ({"answers": _OTHER}, frozenset({_POSTS, _OTHER})),
        ({"answers": [_OTHER]}, frozenset({_POSTS, _OTHER})),
        ({"answers": int(_OTHER)}, frozenset({_POSTS, _OTHER})),
    ],
)
def test_an_address_is_a_place(answers: dict[str, object], heard: frozenset[str] | None) -> None:
    """Posts go to one channel; members are heard everywhere, or in the named channels and that one."""
    address = Address.model_validate({"server": int(_SERVER), "channels": {"posts": _POSTS, **answers}})
    assert address.place("roasters") == Place(
        posts=ChannelRef(platform="discord", space=_SERVER, channel=_POSTS), heard=heard
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.1223344556677889e18, "has lost digits"),
        ("general", "not a Discord id"),
        ("<#1122334455667788991>", "not a Discord id"),
        (True, "not a Discord id"),
        (None, "not a Discord id"),
    ],
)
def test_a_wrong_id_says_how_to_copy_one(value: object, said: str) -> None:
    """What is no id gets one error, with the clicks."""
    for channels in ({"posts": value}, {"posts": _POSTS, "answers": [value]}):
        with pytest.raises(ValidationError) as caught:
            Address.model_validate({"server": _SERVER, "channels": channels})
        (error,) = caught.value.errors()
        assert said in error["msg"]
        assert "Copy ID" in error["msg"]


@pytest.mark.parametrize("token", ["", "  ", "Bot abc", "abc def"])
def test_a_token_that_cannot_be_one_is_refused(token: str) -> None:
    """An empty token, one with spaces, and one with Discord's prefix are caught before any login."""
    with pytest.raises(ValidationError):
        Account.model_validate({"token": token})


def test_an_account_hides_its_token() -> None:
    """Neither repr nor str shows the token."""
    account = Account.model_validate({"token": "secret-token"})
    assert "secret" not in f"{account!r} {account}"


def test_the_catalogue_knows_it() -> None:
    """The platform is listed and built under its folder's name."""
    assert catalog.kinds()["discord"] is KIND
    built = catalog.build(
        "discord",
        Account.model_validate({"token": "x"}),
        commands=(),
        places=(),
        now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        bot_name="Tani",
    )
    assert isinstance(built, DiscordPlatform)
    assert built.name == "discord"


def test_every_key_is_described() -> None:
    """The editor shows a sentence for every key."""
    for model in (Account, Address, Address.model_fields["channels"].annotation):
        assert model is not None
        assert [name for name, field in model.model_fields.items() if not field.description] == []
