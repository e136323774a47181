"""What the YAML says about Telegram, and what Telegram publishes about itself.

Imported whenever a configuration is read, so nothing here imports the SDK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from bot.messages import ChannelRef, Place
from bot.ports.platform import AccountDoubt, Character, PlatformKind, PlatformLimits, PlatformTraits, Rate

NAME = "telegram"

#: The topic every forum has; the Bot API wants it left out of a send, and leaves it out of a message.
GENERAL_TOPIC = 1

#: Where Telegram's own server calls (Bot API, setWebhook).
WEBHOOK_PORTS = (443, 80, 88, 8443)

#: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this and sendMessage's `text`.
LIMITS = PlatformLimits(
    text_length=4096,
    unit="utf16",
    # Telegram draws a card from the page itself, so these bound nothing but what the core keeps.
    card_title=256,
    card_description=1024,
    rates=(
        # Thirty a second, and a little slower: what leaves evenly arrives unevenly, and the server counts arrivals.
        Rate(scope="account", count=30, per=timedelta(seconds=1.015)),
        Rate(scope="channel", count=1, per=timedelta(seconds=1), burst=3),
        # A group takes 20 a minute: a burst of 3 and 17 spaced after it are never more in any minute.
        Rate(scope="channel", count=17, per=timedelta(minutes=1), burst=3),
    ),
)

TRAITS = PlatformTraits(
    after_uncertainty="neither",
    command_menu=True,
    reactions=True,
    joins=True,
    edits=True,
)


class Webhook(BaseModel):
    """`platforms.telegram.webhook`: how Telegram reaches this service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(
        description="The public address of web.bind, such as https://bot.example.com; a proxy's path may follow."
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        if not _is_server(url):
            raise ValueError("write the address Telegram can call, such as https://bot.example.com")
        return url.rstrip("/")


class Account(BaseModel):
    """`platforms.telegram`: the bot's account."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr = Field(description="The token @BotFather gave you, as ${TELEGRAM_TOKEN}; never written out here.")
    receive: Literal["polling", "webhook"] = Field(
        default="polling",
        description="How messages arrive: polling, which needs no public address, or webhook: Telegram calls.",
    )
    webhook: Webhook | None = Field(
        default=None, validate_default=True, description="Where Telegram calls; needed for receive: webhook."
    )
    api_base: str | None = Field(
        default=None, description="Another Bot API server, such as http://127.0.0.1:8081; Telegram's own if left out."
    )

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        if re.fullmatch(r"\d+:[\w-]+", token.get_secret_value(), re.ASCII) is None:
            raise ValueError("this is no bot token: it has the form 123456789:ABC-def; copy all of it from @BotFather")
        return token

    @field_validator("webhook")
    @classmethod
    def _check_webhook(cls, webhook: Webhook | None, info: ValidationInfo) -> Webhook | None:
        if webhook is None and info.data.get("receive") == "webhook":
            raise ValueError('receive: webhook needs the public address: webhook: {url: "https://bot.example.com"}')
        return webhook

    @field_validator("api_base")
    @classmethod
    def _check_api_base(cls, api_base: str | None) -> str | None:
        if api_base is None:
            return None
        if not _is_server(api_base):
            raise ValueError("write the server's address with http or https, such as http://127.0.0.1:8081")
        return api_base.rstrip("/")


class Address(BaseModel):
    """Where in Telegram a community lives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chat: str = Field(
        description='The group\'s number in quotes, such as "-1001234567890"; docs/telegram.md shows how to find it.'
    )
    topic: int | None = Field(
        default=None,
        ge=GENERAL_TOPIC,
        description="The forum topic the community keeps to, such as 12 (1 is General); the whole group if left out.",
    )

    @field_validator("chat", mode="before")
    @classmethod
    def _check_chat(cls, chat: object) -> object:
        if isinstance(chat, bool) or not isinstance(chat, (str, int)):
            return chat
        text = str(chat).strip()
        if re.fullmatch(r"-[1-9]\d*", text, re.ASCII):
            return text
        if re.fullmatch(r"\d+", text, re.ASCII):
            raise ValueError(
                f'{text} is the number of a person, not of a group: a group\'s begins with a minus, mostly "-100"; '
                f'if you copied it from the address bar of Telegram Web, try "-100{text}"'
            )
        raise ValueError(
            f"{text!r} is not a chat's number: names can be taken over by others, so write the number in quotes, such "
            'as "-1001234567890" (docs/telegram.md shows how to find it)'
        )

    def place(self, key: str) -> Place:  # noqa: ARG002 - the port hands the key to platforms that name places by it
        """Where the community lives; a topic of its own is all it hears."""
        thread = None if self.topic in {None, GENERAL_TOPIC} else str(self.topic)
        channel = ChannelRef(platform=NAME, space=self.chat, channel=self.chat, thread=thread)
        return Place(posts=channel, heard=None, own_thread=self.topic is not None)


def _is_server(url: str) -> bool:
    """Whether `url` names a server, and perhaps a path on it, and nothing more."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    named = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
    return named and not (parts.query or parts.fragment or parts.username)


def doubt_account(account: Account) -> Iterator[AccountDoubt]:
    """Find what Telegram's own server would refuse; one's own server may be told to take it (`--local`)."""
    if account.receive != "webhook" or account.webhook is None or account.api_base is not None:
        return
    parts = urlsplit(account.webhook.url)
    if parts.scheme != "https":
        yield AccountDoubt(
            keys=("webhook", "url"),
            text="Telegram calls no http address",
            advice="let a proxy speak https, and write its address",
        )
    elif (parts.port or 443) not in WEBHOOK_PORTS:
        yield AccountDoubt(
            keys=("webhook", "url"),
            text=f"Telegram does not call port {parts.port}",
            advice=f"use {', '.join(map(str, WEBHOOK_PORTS[:-1]))} or {WEBHOOK_PORTS[-1]}",
        )


def needs_web(account: Account) -> bool:
    """Whether Telegram calls this service."""
    return account.receive == "webhook"


def _write_address(where: ChannelRef) -> tuple[str, ...]:
    return (f'chat: "{where.space}"',)


KIND = PlatformKind(
    name=NAME,
    account=Account,
    address=Address,
    needs_account=True,
    limits=LIMITS,
    traits=TRAITS,
    person_id_pattern=r"^\d{3,}$",
    person_id_hint='a number such as "184467", not an @name; @userinfobot tells yours',
    character=Character(posts_a_day=2),
    doubt_account=doubt_account,
    needs_web=needs_web,
    write_address=_write_address,
)
