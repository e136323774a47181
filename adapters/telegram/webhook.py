"""Being called by Telegram: where, with which secret, and what Telegram says about its calls. Pure.

Both the path and the secret are made from the bot's token, so that any number of processes agree on them without asking
each other, and nobody who lacks the token can guess them. Not here: the route itself, which is the web part's.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import WebhookInfo

from adapters.telegram.settings import NAME, Account
from bot.ports.inbound import hook_path
from bot.ports.platform import Finding

#: Updates are some kilobytes; a text of the greatest length with as many entities as it can have is a few hundred.
LONGEST_BODY = 1 << 20

#: The header that carries `secret_token` (Bot API, setWebhook), as HTTP libraries spell names.
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name

#: Words of Telegram (lower case) about an address that may hold a minute later.
_PASSING = ("failed to resolve host", "timed out", "too many requests")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """How Telegram calls one bot."""

    #: Its full address, as setWebhook takes it.
    url: str
    #: The last part of its path.
    key: str
    #: What every call carries (1-256 of A-Z, a-z, 0-9, _ and -).
    secret: str


def hook_of(settings: Account) -> Hook | None:
    """Return where Telegram is to call; None where the bot fetches its updates."""
    if settings.receive != "webhook" or settings.webhook is None:
        return None
    key = _derive(settings, "path")[:32]
    return Hook(url=settings.webhook.url + hook_path(NAME, key), key=key, secret=_derive(settings, "secret"))


def is_own_address(url: str, settings: Account) -> bool:
    """Whether a webhook's address is one this bot sets itself, under whatever host and prefix."""
    return url.endswith(hook_path(NAME, _derive(settings, "path")[:32]))


def is_genuine(headers: Mapping[str, str], hook: Hook) -> bool:
    """Whether a call carries the secret; compared in constant time."""
    given = headers.get(SECRET_HEADER, "")
    return hmac.compare_digest(given.encode(), hook.secret.encode())


def is_passing(refusal: str) -> bool:
    """Whether Telegram's refusal of an address may be over soon: its name is not known everywhere yet, say."""
    return any(words in refusal.lower() for words in _PASSING)


def describe_refusal(refusal: str, hook: Hook) -> str:
    """Say what to do about an address that Telegram refuses; its secret part is left out."""
    said = refusal.removeprefix("Bad webhook: ").removeprefix("bad webhook: ")
    return (
        f"Telegram refuses to call {_shown(hook)}: {said}; change platforms.{NAME}.webhook.url to an https address on "
        f"port 443, 80, 88 or 8443, or write receive: polling"
    )


def judge_webhook(info: WebhookInfo, hook: Hook) -> tuple[Finding, ...]:
    """Say what Telegram knows about its calls (Bot API, getWebhookInfo)."""
    where = _shown(hook)
    if not info.url:
        return (Finding(ok=True, text=f"no webhook is set yet; konektor run lets Telegram call {where}"),)
    if info.url != hook.url:
        return (
            Finding(
                ok=False,
                text="Telegram calls another address than the one configured; konektor run changes that. If another "
                "program has set it, stop that program first",
            ),
        )
    if info.last_error_message and info.pending_update_count:
        return (
            Finding(
                ok=False,
                text=f"Telegram's calls of {where} fail ({info.last_error_message}), {info.pending_update_count} "
                "updates wait; check that the address reaches web.bind from outside: DNS, certificate, firewall, proxy",
            ),
        )
    return (Finding(ok=True, text=f"Telegram calls {where}; {info.pending_update_count} updates wait"),)


def _shown(hook: Hook) -> str:
    return hook.url.removesuffix(hook.key) + "…"


def _derive(settings: Account, purpose: str) -> str:
    token = settings.token.get_secret_value().encode()
    return hmac.new(token, f"konektor webhook {purpose}".encode(), hashlib.sha256).hexdigest()
