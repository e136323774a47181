"""Asking a running service how it is, from another process of the same machine."""

from __future__ import annotations

from typing import Any

import httpx

from bot.brand import Web
from bot.errors import SettingsFault

#: How long the service may take to answer, in seconds.
ANSWERS_WITHIN = 5.0


async def ask_ready(settings: Web) -> dict[str, Any]:
    """Return what `/readyz` says: `{status, parts}`; raises SettingsFault when nothing answers."""
    address = f"{settings.local_url}/readyz"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWERS_WITHIN) as client:
            found: dict[str, Any] = (await client.get(address)).json()
    except (httpx.HTTPError, ValueError) as error:
        raise SettingsFault(f"nothing answers at {address}; start the service with `konektor run`") from error
    return found
