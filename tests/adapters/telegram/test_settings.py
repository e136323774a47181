"""What a marketer may write about Telegram, and what is said when it does not hold."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from adapters import catalog
from adapters.telegram.settings import KIND, Account, Address, doubt_account
from bot.messages import ChannelRef

TOKEN = "7000000001:AAtest-token_of_no_worth"


def channel(thread: str | None = None) -> ChannelRef:
    """Return the sample group's address."""
    return ChannelRef(platform="telegram", space="-1001234567890", channel="-1001234567890", thread=thread)


class TestAccount:
    """`platforms.telegram`."""

    def test_a_token_is_enough(self) -> None:
        """All else has a default."""
        account = Account.model_validate({"token": TOKEN})
        assert (account.token.get_secret_value(), account.receive, account.api_base) == (TOKEN, "polling", None)

    def test_a_token_is_never_shown(self) -> None:
        """Neither by the model nor by an error about it."""
        assert TOKEN not in repr(Account.model_validate({"token": TOKEN}))
        with pytest.raises(ValidationError) as caught:
            Account.model_validate({"token": f"bot{TOKEN}"})
        assert TOKEN not in str(caught.value)
        assert "@BotFather" in str(caught.value)

    def test_a_webhook_needs_its_address(self) -> None:
        """The error says what to write."""
        with pytest.raises(ValidationError, match=r'webhook: \{url: "https://bot.example.com"\}'):
            Account.model_validate({"token": TOKEN, "receive": "webhook"})

    @pytest.mark.parametrize("url", ["bot.example.com", "https://a.example?x=1", "https://a.example:99999", "https://"])
    def test_a_webhook_is_called_at_an_address(self, url: str) -> None:
        """The error shows one that holds."""
        with pytest.raises(ValidationError, match=r"such as https://bot\.example\.com"):
            Account.model_validate({"token": TOKEN, "receive": "webhook", "webhook": {"url": url}})

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("https://bot.example.com", []),
            ("https://bot.example.com:8443/konektor/", []),
            ("http://bot.example.com", ["Telegram calls no http address"]),
            ("https://bot.example.com:8080", ["Telegram does not call port 8080"]),
        ],
    )
    def test_what_telegram_does_not_call_is_doubted(self, url: str, said: list[str]) -> None:
        """One's own Bot API server may be told to call anything."""
        given = {"token": TOKEN, "receive": "webhook", "webhook": {"url": url}}
        assert [doubt.text for doubt in doubt_account(Account.model_validate(given))] == said
        assert list(doubt_account(Account.model_validate({**given, "api_base": "http://127.0.0.1:8081"}))) == []

    @pytest.mark.parametrize("base", ["http://127.0.0.1:8081", "http://127.0.0.1:8081/", "https://bots.example/api/"])
    def test_another_server_is_an_address(self, base: str) -> None:
        """A trailing slash does not matter."""
        account = Account.model_validate({"token": TOKEN, "api_base": base})
        assert account.api_base == base.rstrip("/")

    @pytest.mark.parametrize("base", ["127.0.0.1:8081", "ftp://a.example", "http://", "http://a.example?x=1"])
    def test_what_is_no_address_is_refused(self, base: str) -> None:
        """The error shows one that holds."""
        with pytest.raises(ValidationError, match="http or https, such as"):
            Account.model_validate({"token": TOKEN, "api_base": base})


class TestAddress:
    """Where a community lives."""

    @pytest.mark.parametrize("chat", ["-1001234567890", -1001234567890, " -1001234567890 "])
    def test_a_group_by_its_number(self, chat: object) -> None:
        """Quoted or not; without a topic all of the group is heard, and posts go to General."""
        place = Address.model_validate({"chat": chat}).place("warung")
        assert (place.posts, place.heard, place.own_thread) == (channel(), None, False)
        assert place.covers(channel("5"))

    def test_a_small_group_has_a_short_number(self) -> None:
        """Groups that are no supergroups yet don't begin with -100."""
        assert Address.model_validate({"chat": "-4012345678"}).chat == "-4012345678"

    def test_a_topic_is_all_that_is_heard(self) -> None:
        """A community in a topic shares the group with others."""
        place = Address.model_validate({"chat": "-1001234567890", "topic": 12}).place("warung")
        assert place.posts == channel("12")
        assert (place.covers(channel("12")), place.covers(channel("13")), place.covers(channel())) == (
            True,
            False,
            False,
        )

    def test_general_is_topic_one(self) -> None:
        """Telegram numbers it 1 in links, and leaves it out of messages."""
        place = Address.model_validate({"chat": "-1001234567890", "topic": 1}).place("warung")
        assert (place.posts, place.covers(channel()), place.covers(channel("12"))) == (channel(), True, False)

    @pytest.mark.parametrize(
        ("chat", "said"),
        [
            ("@kopitani", "names can be taken over by others"),
            ("https://t.me/kopitani", "is not a chat's number"),
            ("1234567890", 'try "-1001234567890"'),
            (1234567890, 'try "-1001234567890"'),
            (True, "should be a valid string"),
            (-100.5, "should be a valid string"),
            ("", "is not a chat's number"),
            ("-٣", "is not a chat's number"),
        ],
    )
    def test_what_is_no_group_is_refused(self, chat: object, said: str) -> None:
        """The error says what to write instead."""
        with pytest.raises(ValidationError, match=said):
            Address.model_validate({"chat": chat})


def test_every_key_is_described() -> None:
    """The schema tells a marketer what each key is for."""
    for model in (KIND.account, KIND.address):
        assert [name for name, field in model.model_fields.items() if not field.description] == []


def test_knowing_telegram_imports_no_sdk() -> None:
    """Reading a configuration stays quick."""
    code = "import sys, adapters.catalog as c; c.kinds(); print('telegram' in sys.modules, 'httpx' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert ran.stdout.split() == ["False", "False"]


def test_the_catalogue_knows_it() -> None:
    """Under the name of its folder."""
    assert catalog.kinds()["telegram"] is KIND
