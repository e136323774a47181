"""Pushes from a feed's hub (WebSub, W3C Recommendation of 23 January 2018). Pure: what is asked for, what is believed.

A push only says "read it now": what it carries is not looked at, so that a post comes by one road whoever brings it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Below the service's web address (and whatever prefix a proxy puts before it): /websub/SOURCE/KEY.
ROUTE = "/websub"
#: How long we ask to be told of news; a hub may grant another time.
LEASE = timedelta(days=10)
#: A lease outside these is taken for the nearer one.
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=5), timedelta(days=30)
#: How soon a hub that has not called back is asked again.
ASK_AGAIN = timedelta(hours=6)
#: By how much feeds are read less often while their hub pushes.
CALMER = 4
#: What a hub may sign with (section 7 of the Recommendation).
_METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


@dataclass(frozen=True, kw_only=True, slots=True)
class HubOffer:
    """What a feed says of its hub."""

    #: Absolute http(s) addresses: of the hub, and of the feed as the hub knows it.
    hub: str
    topic: str


def callback_key(source: str, key: bytes) -> str:
    """Return the part of the address a hub calls that nobody can guess."""
    return hmac.new(key, f"websub callback\0{source}".encode(), hashlib.sha256).hexdigest()[:32]


def callback_path(source: str, key: bytes) -> str:
    """Return where a hub calls, below the service's web address."""
    return f"{ROUTE}/{source}/{callback_key(source, key)}"


def push_secret(source: str, topic: str, key: bytes) -> str:
    """Return what the hub signs with: another one for each feed."""
    return hmac.new(key, f"websub secret\0{source}\0{topic}".encode(), hashlib.sha256).hexdigest()


def subscription_form(source: str, topic: str, *, public_url: str, key: bytes) -> dict[str, str]:
    """Return what the hub is asked for (section 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": public_url + callback_path(source, key),
        "hub.secret": push_secret(source, topic, key),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }


def read_lease(value: str | None) -> timedelta | None:
    """Read `hub.lease_seconds` of a verification (section 5.3); None when it is no number."""
    if value is None or not re.fullmatch(r"[0-9]{1,12}", value, re.ASCII):
        return None
    return min(max(timedelta(seconds=int(value)), SHORTEST_LEASE), LONGEST_LEASE)


def renew_at(now: datetime, lease: timedelta) -> datetime:
    """Return when to ask for the next lease: while a quarter of this one is left."""
    return now + lease * 3 / 4


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether `header` (X-Hub-Signature: METHOD=HEX) signs the body with the secret (section 7.1)."""
    method, _, given = header.strip().partition("=")
    if method not in _METHODS or not given.isascii():
        return False
    made = hmac.new(secret.encode(), body, _METHODS[method]).hexdigest()
    return hmac.compare_digest(made, given.lower())
