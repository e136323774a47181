"""Single values of a feed made safe: addresses, languages, dates, names. Pure; shared by the XML and JSON readers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from bot.feeds.plain_text import HtmlText, clean_line, clean_paragraphs, cut_at_word
from bot.ports.reading import FeedItem

#: What `FeedItem.summary` promises.
SUMMARY_LENGTH = 1000
#: Far beyond any title a person wrote; the rest of the text is never shown whole anyway.
TITLE_LENGTH = 500
_ADDRESS_LENGTH = 2000
_MOST_TAGS = 50
_EMAIL = re.compile(r"[<(]?[^\s<>()@]+@[^\s<>()@]+[>)]?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def absolute_link(address: object, *, base_url: str) -> str | None:
    """Return `address` as an absolute http(s) address; None for other schemes, credentials in it, or nonsense."""
    if not isinstance(address, str) or not (stripped := clean_line(address)):
        return None
    try:
        joined = urljoin(base_url, stripped)
        parts = urlsplit(joined)
        _ = parts.port  # refuses a port that is no number
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        return None
    spaceless = joined.replace(" ", "%20")
    return spaceless if len(spaceless) <= _ADDRESS_LENGTH else None


def language_tag(value: object) -> str | None:
    """Return a BCP 47 tag as written, `_` read as `-`; None for anything else."""
    if not isinstance(value, str):
        return None
    tag = value.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def tag_names(values: Iterable[object]) -> tuple[str, ...]:
    """Return tags as plain lines in their order, none twice when case is ignored, at most fifty."""
    names: dict[str, str] = {}
    for value in values:
        if isinstance(value, str) and (name := cut_at_word(clean_line(value), 100)):
            names.setdefault(name.casefold(), name)
    return tuple(names.values())[:_MOST_TAGS]


def person_name(value: object) -> str | None:
    """Return a name fit to be shown; e-mail addresses are nobody's business and are left out, None if nothing stays."""
    if not isinstance(value, str):
        return None
    name = clean_line(_EMAIL.sub("", clean_line(value))).strip("() ")
    return cut_at_word(name, 200) or None


def parse_rfc3339(value: object) -> datetime | None:
    """Read a date of JSON Feed (RFC 3339), aware UTC; one without a zone is taken as UTC. None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def build_item(
    *,
    guid: object,
    link: str | None,
    title: str,
    summary: HtmlText,
    body: HtmlText,
    author: str | None,
    tags: tuple[str, ...],
    image_url: str | None,
    published_at: datetime | None,
    updated_at: datetime | None,
) -> FeedItem | None:
    """Put an item together, each text filling in for a missing other; None when it says nothing and leads nowhere."""
    text = body.text or summary.text
    item = FeedItem(
        guid=cut_at_word(clean_line(guid), _ADDRESS_LENGTH) or None if isinstance(guid, str) else None,
        link=link,
        title=cut_at_word(clean_line(title), TITLE_LENGTH),
        summary=cut_at_word(clean_line(summary.text or text), SUMMARY_LENGTH),
        text=text,
        author=author,
        tags=tags,
        image_url=image_url,
        published_at=published_at,
        updated_at=updated_at,
    )
    return item if item.link or item.title or item.text else None


def plain(text: object) -> HtmlText:
    """Take a value that is plain text already."""
    return HtmlText(text=clean_paragraphs(text) if isinstance(text, str) else "", image=None)
