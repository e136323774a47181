"""One spelling per address, so that two spellings of one page are seen to be the same. Pure.

The result is for comparing only. It is never fetched and never shown: it may name a scheme the server does not speak.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

#: Parameters that say how a reader came, never what is read.
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
        "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "wickedid",
        "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking", "_ga", "_gl", "s_cid", "ref",
        "ref_src", "ref_url", "cmpid", "srsltid",
    }
)  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_LOST_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_DEFAULT_PORTS = (None, 80, 443)


@lru_cache(maxsize=2048)
def canonical_link(url: str) -> str:
    """Return the one spelling of an http(s) address; anything else comes back stripped of outer white space.

    http and https, a leading `www.`, default ports, user names, fragments, tracking parameters, the order of
    parameters, a trailing slash and the spelling of percent-escapes (RFC 3986, section 6.2.2) make no difference. The
    case of the path does: most servers tell them apart. Applying it twice changes nothing more.
    """
    stripped = url.strip()
    try:
        parts = urlsplit(stripped)
        host, port = parts.hostname, parts.port
    except ValueError:
        return stripped
    if parts.scheme not in {"http", "https"} or not host:
        return stripped
    netloc = _fold_host(host) + ("" if port in _DEFAULT_PORTS else f":{port}")
    path = _fold_escapes(parts.path).rstrip("/")
    query = _fold_query(parts.query)
    return f"https://{netloc}{path}" + (f"?{query}" if query else "")


def link_address(url: str) -> tuple[str, str]:
    """Split the canonical link of `url` into its host and the rest (path and query; "" for a home page).

    Both are "" when it is no http(s) address.
    """
    found = re.fullmatch(r"https://([^/?]*)(.*)", canonical_link(url), re.DOTALL)
    return (found[1], found[2]) if found else ("", "")


def _fold_host(host: str) -> str:
    name = host.lower().rstrip(".")
    while name.startswith("www.") and name.count(".") > 1:
        name = name.removeprefix("www.")
    if ":" in name:
        return f"[{name}]"
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name


def _fold_escapes(path: str) -> str:
    """Unreserved characters stand for themselves, all others are escaped in capitals; `%2F` stays apart from `/`."""

    def respell(found: re.Match[str]) -> str:
        char = chr(int(found[1], 16))
        return char if char in _UNRESERVED else found[0].upper()

    escaped = quote(_LOST_PERCENT.sub("%25", path), safe="/%:@!$&'()*+,;=~", errors="replace")
    return _ESCAPE.sub(respell, escaped)


def _fold_query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _is_tracking(name.lower())]
    return urlencode(sorted(kept), errors="replace")


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
