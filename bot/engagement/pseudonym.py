"""By which name a member is shown. The key and the names come from outside; nothing is remembered here."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from bot.messages import PersonRef

Consent: TypeAlias = Literal["unknown", "in", "out"]

_SHORTEST = 3


def pseudonyms(members: Iterable[PersonRef], *, key: bytes, word: str) -> Mapping[PersonRef, str]:
    """Return a stable name such as "member 4f2" for each of `members`, no two the same.

    The tail is the start of HMAC-SHA256 (RFC 2104) of the account under `key`, which makes it the same in every list
    and of no use to whoever lacks the key. Where tails of three digits meet, those members get longer ones. `word`
    is "member" in the reader's language.
    """
    everybody = tuple(dict.fromkeys(members))
    digests = [_digest(member, key) for member in everybody]
    tails = [""] * len(everybody)
    left: Sequence[int] = range(len(everybody))
    for length in range(_SHORTEST, max(map(len, digests), default=_SHORTEST) + 1):
        taken = Counter(digests[place][:length] for place in left)
        for place in left:
            tails[place] = digests[place][:length]
        left = [place for place in left if taken[tails[place]] > 1]
        if not left:
            break
    return {member: f"{word} {tail}" for member, tail in zip(everybody, tails, strict=True)}


@lru_cache(maxsize=1 << 15)
def forget_digest(person: PersonRef, *, key: bytes) -> str:
    """Return by what somebody is known who asked to be forgotten: HMAC-SHA256 (RFC 2104) of the account under `key`.

    Remembered for those who write: every batch of events asks for all of its people.
    """
    return hmac.digest(key, f"forget\0{person.platform}\0{person.id}".encode(), "sha256").hex()


def forget_digest_of_channel(platform: str, channel: str, *, key: bytes) -> str:
    """Return the same for their direct conversation with the bot, whose id may be their own."""
    return hmac.digest(key, f"forget channel\0{platform}\0{channel}".encode(), "sha256").hex()


def _digest(member: PersonRef, key: bytes) -> str:
    return hmac.digest(key, f"{member.platform}\0{member.id}".encode(), "sha256").hex()


def shown_name(
    *, name: str | None, pseudonym: str, names: Literal["opt_in", "all"], consent: Consent, to_self: bool = False
) -> str:
    """Return the name a reader may see.

    The real `name` (None when it is not known) is shown to the member themselves, to all when they opted in, and under
    `names: all` unless they opted out; everybody else sees the pseudonym.
    """
    may_show = to_self or consent == "in" or (names == "all" and consent != "out")
    return name if name and may_show else pseudonym
