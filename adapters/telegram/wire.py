"""HTTP to the Bot API: the SDK's request class with two gaps closed. Not here: what an answer means (`failures`).

Nothing is read from the environment, so a proxy variable meant for other programs never sees the token.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from telegram.error import TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

_TOO_MANY_REQUESTS = 429

#: Documented nowhere; what to wait when a 429 does not say.
_DEFAULT_PATIENCE = timedelta(seconds=5)

# httpx writes the address of every request to its log, and the Bot API's addresses hold the token; the SDK writes
# these addresses and every message of every member to its own.
for _name in ("httpx", "httpcore", "telegram"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class FloodWait(TelegramError):
    """Telegram answered 429, nothing was sent. The SDK's own RetryAfter warns of deprecation whenever it is made."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"too many requests, try again in {retry_after.total_seconds():g} s")
        self.retry_after = retry_after


class BotRequest(HTTPXRequest):
    """Calls of the Bot API, without the environment's proxies."""

    def __init__(self, *, connections: int, read_timeout: float) -> None:
        super().__init__(
            connection_pool_size=connections,
            connect_timeout=10.0,
            read_timeout=read_timeout,
            write_timeout=10.0,
            pool_timeout=10.0,
            httpx_kwargs={"trust_env": False},
        )

    async def do_request(  # noqa: PLR0917 - the SDK's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        # The SDK's sentinels for "as constructed"; their type is not public.
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - see above
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - see above
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - see above
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - see above
    ) -> tuple[int, bytes]:
        """Make one request; raises FloodWait on 429, and the SDK's NetworkError when there is no answer."""
        status, payload = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if status == _TOO_MANY_REQUESTS:
            raise FloodWait(_patience(payload))
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - the SDK's JSONDict is dict[str, Any]
        """Parse an answer; raises TelegramError for one that is none. The SDK's own would log all of it as well."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("this is not the answer of a Bot API server")
        return answer


class UpdatesRequest(BotRequest):
    """Calls of getUpdates, whose answers stay JSON."""

    async def fetch_updates(
        self, base: str, *, offset: int | None, wait: timedelta, kinds: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Return the Update objects from `offset` on, which confirms all before it (Bot API getUpdates).

        `base` is the account's address. Telegram may hold the call for `wait`. Raises TelegramError.
        """
        seconds = int(wait.total_seconds())
        asked = {"timeout": seconds, "allowed_updates": json.dumps(kinds)} | (
            {} if offset is None else {"offset": offset}
        )
        updates = await self.post(
            f"{base}/getUpdates?{urlencode(asked)}", read_timeout=(self.read_timeout or 0) + seconds
        )
        # without its number an update could never be confirmed
        if not isinstance(updates, list) or not all(map(_has_number, updates)):
            raise TelegramError("this is not the answer of a Bot API server")
        return updates


def parse_update(payload: bytes) -> dict[str, Any]:
    """Parse the body of a webhook's call, an Update object; raises ValueError for one that is none."""
    try:
        update = json.loads(payload)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(update, dict) or not _has_number(update):
        raise ValueError("no update")
    return update


def _has_number(update: object) -> bool:
    return isinstance(update, dict) and type(update.get("update_id")) is int


def _patience(payload: bytes) -> timedelta:
    """Read `parameters.retry_after`, in seconds, from the answer (Bot API, ResponseParameters)."""
    try:
        seconds = float(json.loads(payload)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return _DEFAULT_PATIENCE
    return timedelta(seconds=seconds) if seconds > 0 else _DEFAULT_PATIENCE
