"""Who is in: signed cookies, the password, tokens against forged forms, and patience with guessing.

The signing key comes from the brand's own secret and the password: sessions outlive a restart and hold in every
process, and end when the password changes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

import argon2
from itsdangerous import BadData, URLSafeTimedSerializer

from bot.brand import Web

SESSION_COOKIE = "konektor_session"
#: How long one stays in.
LONGEST = timedelta(hours=12)
#: So many wrong passwords of one address within PATIENCE are heard; the next ones are not even looked at.
TRIES = 5
PATIENCE = timedelta(minutes=15)
#: How many addresses are remembered; beyond, the one not heard of for longest is forgotten.
_MOST_ADDRESSES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One browser."""

    id: str
    #: Whether the password was given.
    is_in: bool


class Sessions:
    """Reads and writes the cookie."""

    def __init__(self, *, brand_key: bytes, settings: Web) -> None:
        about = f"web session\0{settings.password or ''}".encode()
        self._key = hmac.new(brand_key, about, hashlib.sha256).digest()
        self._serializer = URLSafeTimedSerializer(self._key, salt="session")

    def begin(self, *, is_in: bool) -> Session:
        """Return a new session; a new one at every login, so that a cookie planted before it is worth nothing."""
        return Session(id=secrets.token_urlsafe(16), is_in=is_in)

    def read(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie; None when there is none, it was forged or it is too old."""
        try:
            kept = self._serializer.loads(cookie or "", max_age=int(LONGEST.total_seconds()))
        except BadData:
            return None
        return Session(id=kept["id"], is_in=kept["in"])

    def write(self, session: Session) -> str:
        """Return the cookie of a session."""
        return str(self._serializer.dumps({"id": session.id, "in": session.is_in}))

    def token(self, session: Session) -> str:
        """Return what every form of this session carries."""
        return hmac.new(self._key, f"form\0{session.id}".encode(), hashlib.sha256).hexdigest()

    def holds(self, session: Session, token: str) -> bool:
        """Whether a form's token is this session's."""
        return hmac.compare_digest(self.token(session).encode(), token.encode())


class Password:
    """The password, kept as its argon2 hash alone."""

    def __init__(self, given: str) -> None:
        self._hasher = argon2.PasswordHasher()
        self._hash = given if given.startswith("$argon2") else self._hasher.hash(given)

    def matches(self, tried: str) -> bool:
        """Whether it is the one; takes some tens of milliseconds by design."""
        try:
            return self._hasher.verify(self._hash, tried)
        except argon2.exceptions.VerificationError:
            return False
        except argon2.exceptions.InvalidHashError:
            return False


class Throttle:
    """Counts wrong passwords by address."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}

    def wait_of(self, address: str, now: datetime) -> timedelta:
        """Return how long an address has to wait before it is heard again; zero when it need not."""
        failures = self._failures.get(address)
        while failures and failures[0] <= now - PATIENCE:
            failures.popleft()
        if not failures or len(failures) < TRIES:
            return timedelta(0)
        return failures[0] + PATIENCE - now

    def failed(self, address: str, now: datetime) -> None:
        """Remember a wrong password."""
        failures = self._failures.pop(address, deque())
        failures.append(now)
        self._failures[address] = failures
        if len(self._failures) > _MOST_ADDRESSES:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, address: str) -> None:
        """Forget the wrong ones."""
        self._failures.pop(address, None)
