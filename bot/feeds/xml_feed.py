"""RSS 0.9x to 2.0, RDF and Atom through feedparser: bytes to items. Pure; `bot.feeds.read` decides when to use it.

feedparser is given bytes in a BytesIO, never a URL or a bare string: it would fetch the one and open the other as a
file.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]  # feedparser ships no types
from feedparser.encodings import convert_to_utf8  # type: ignore[import-untyped]  # feedparser ships no types

from bot.errors import FeedFault
from bot.feeds.fields import absolute_link, build_item, language_tag, person_name, plain, tag_names
from bot.feeds.page import drop_declared_in_comments, explain_page, has_declaration, is_web_page, prolog_of
from bot.feeds.plain_text import HtmlText, clean_line, cut_at_word, drop_declarations, read_html
from bot.ports.reading import Feed, FeedItem

_UTF8_XML = "application/xml; charset=utf-8"
# The root of Microsoft's Channel Definition Format (1997), which feedparser reads but has no name for when it is empty.
_CDF_ROOT = "channel"
# Byte order marks, and `<?` or `<r` without one (XML 1.0, appendix F), the longer before those they begin with.
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# A number, a hash or a UUID: an id that nobody would write for an address.
_OPAQUE = re.compile(r"[0-9A-Fa-f-]+")
# The nearest to the publication first.
_DATES = ("published_parsed", "created_parsed", "updated_parsed")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def read_xml_feed(body: bytes, *, content_type: str | None, base_url: str, most_items: int) -> Feed:
    """Read an XML feed, a badly formed one as far as it goes.

    Raises FeedFault for a web page, a document with a DOCTYPE, and what is no feed. feedparser's own errors pass
    through; `bot.feeds.read` translates them.
    """
    # What is judged below is the very text feedparser goes on with, whatever encoding it came in.
    utf8 = _recode(body, content_type)
    document = drop_declared_in_comments(utf8.decode("utf-8", "replace"))
    if is_web_page(document):
        raise FeedFault(explain_page(document, base_url=base_url))
    if has_declaration(document):
        raise FeedFault(
            "the feed has a DOCTYPE, which is refused because it can hide an entity bomb;"
            " the feed's owner must remove the <!DOCTYPE …> line, which no feed needs"
        )
    parsed = feedparser.parse(
        io.BytesIO(document.encode()),
        response_headers={"content-type": _UTF8_XML, "content-location": base_url},
        # Only plain text is kept below, and pictures are made absolute one by one.
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.version and not parsed.entries and prolog_of(document)[1] != _CDF_ROOT:
        beginning = cut_at_word(clean_line(drop_declarations(document[:2000])), 60) or "a bare declaration"
        raise FeedFault(f"found no feed but {beginning}; use the address of the site's RSS, Atom or JSON Feed")
    items = (_read_entry(entry, base_url) for entry in parsed.entries[:most_items])
    return Feed(
        title=_plain(parsed.feed, "title"),
        language=language_tag(parsed.feed.get("language")),
        items=tuple(item for item in items if item is not None),
        hub=_find_link(parsed.feed, "hub", base_url),
        topic=_find_link(parsed.feed, "self", base_url),
    )


def _find_link(values: Mapping[str, Any], rel: str, base_url: str) -> str | None:
    """Return where the feed's first link with this relation leads (RFC 4287, section 4.2.7; in RSS as atom:link)."""
    found = (link.get("href") for link in values.get("links", ()) if link.get("rel") == rel)
    return absolute_link(next(found, None), base_url=base_url)


def _recode(body: bytes, content_type: str | None) -> bytes:
    """Return the document in UTF-8, the XML declaration saying so.

    A byte order mark outweighs all else (RFC 7303, section 3.3), also a declaration too old or shy to name UTF-16;
    then feedparser weighs header against declaration and tries the usual suspects.
    """
    for mark, encoding in _WIDE_MARKS:
        if body.startswith(mark):
            wide = body.decode(encoding, "replace").removeprefix("\ufeff")
            return bytes(convert_to_utf8({"content-type": _UTF8_XML}, wide.encode("utf-8", "replace"), {}))
    return bytes(convert_to_utf8({"content-type": content_type} if content_type else {}, body, {}))


def _read_entry(entry: Mapping[str, Any], base_url: str) -> FeedItem | None:
    summary = _read_text(entry.get("summary_detail"))
    bodies = [_read_text(content) for content in entry.get("content", ())]
    body = max(bodies, key=lambda content: len(content.text), default=HtmlText(text="", image=None))
    pictures = (*_pictures(entry), body.image, summary.image)
    images = (absolute_link(picture, base_url=base_url) for picture in pictures)
    # FeedBurner replaces the link by its own counter and keeps the post's address here.
    link = entry.get("feedburner_origlink") or entry.get("link")
    # Asking for an absent update would give the publication and a warning, so presence is asked first.
    dates = {name: _read_date(entry[name]) for name in _DATES if name in entry}
    return build_item(
        guid=_as_written(entry.get("id"), base_url),
        link=absolute_link(link, base_url=base_url),
        title=_plain(entry, "title"),
        summary=summary,
        body=body if len(body.text) >= len(summary.text) else summary,
        author=person_name(entry.get("author")),
        tags=tag_names(tag.get("label") or tag.get("term") for tag in entry.get("tags", ())),
        image_url=next((image for image in images if image), None),
        # RDF and many Atom feeds give one date only, and call it the update.
        published_at=next((at for at in dates.values() if at), None),
        updated_at=dates.get("updated_parsed"),
    )


def _plain(values: Mapping[str, Any], name: str) -> str:
    """Return a title as one plain line; feedparser says whether it holds markup."""
    return clean_line(_read_text(values.get(f"{name}_detail")).text)


def _read_text(detail: Mapping[str, Any] | None) -> HtmlText:
    if not detail or not isinstance(value := detail.get("value"), str):
        return HtmlText(text="", image=None)
    return read_html(value) if detail.get("type") in _HTML_TYPES else plain(value)


def _read_date(parsed: Any) -> datetime | None:  # noqa: ANN401  # a time.struct_time or whatever a date handler gave
    """Turn feedparser's UTC struct_time into a datetime; None when it names no moment."""
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _pictures(entry: Mapping[str, Any]) -> Iterator[object]:
    """Media RSS pictures, enclosures that are pictures, thumbnails and the podcast's own cover, best first."""
    for media in entry.get("media_content", ()):
        if media.get("medium") == "image" or str(media.get("type", "")).startswith("image/"):
            yield media.get("url")
    for link in entry.get("links", ()):
        if link.get("rel") == "enclosure" and str(link.get("type", "")).startswith("image/"):
            yield link.get("href")
    for thumbnail in entry.get("media_thumbnail", ()):
        yield thumbnail.get("url")
    yield (entry.get("image") or {}).get("href")


def _as_written(guid: str | None, base_url: str) -> str | None:
    """Return an id without the address of the feed's folder, which feedparser puts before one that is no address.

    With it, the "12" of two feeds that lie in one folder would be the same.
    """
    bare = guid.removeprefix(urljoin(base_url, ".")) if guid else None
    return bare if bare and _OPAQUE.fullmatch(bare) else guid
