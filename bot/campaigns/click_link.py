"""Links of shared posts that lead through this service, so that a click can be counted. Pure.

A token names a share and one of its posts, and nothing else: where it leads is looked up, so that it can lead nowhere
but to a post that was shared. It is signed, so that nobody can count clicks on shares they have not seen.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from itsdangerous import Signer

#: Below the service's web address (and whatever prefix a proxy puts before it): /go/TOKEN.
ROUTE = "/go"

_TOKEN = re.compile(r"[\w-]{27}\.(?P<share>\w{1,64})\.(?P<number>0|[1-9][0-9]{0,3})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clicked:
    """What a token is about."""

    share_id: str
    #: Which of the posts of a digest, from 0; 0 where the share is one post.
    number: int


def derive_link_key(brand_key: bytes) -> bytes:
    """Return what links are signed with, from the brand's own secret: 32 bytes that give nothing of it away."""
    return hmac.new(brand_key, b"click links", hashlib.sha256).digest()


def click_link(public_url: str, about: Clicked, key: bytes) -> str:
    """Return the address that leads to a post of a share; always the same one."""
    return f"{public_url}{ROUTE}/{_sign(about, key)}"


def read_token(token: str, key: bytes) -> Clicked | None:
    """Return what a token is about; None when it was not made with this key, character by character."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    about = Clicked(share_id=found["share"], number=int(found["number"]))
    # made anew and compared as text: decoded, a signature has several spellings
    return about if hmac.compare_digest(_sign(about, key), token) else None


def _sign(about: Clicked, key: bytes) -> str:
    """Return signature, share and number: it ends with a digit, which every platform takes for a part of a link."""
    value = f"{about.share_id}.{about.number}"
    # itsdangerous' HMAC-SHA1: 27 characters, and the link is read by people
    signature = Signer(key, salt="click", key_derivation="hmac").get_signature(value)
    return f"{signature.decode('ascii')}.{value}"
