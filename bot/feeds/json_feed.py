"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1): bytes to items. Pure; `bot.feeds.read` decides when to use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.errors import FeedFault
from bot.feeds.fields import absolute_link, build_item, language_tag, parse_rfc3339, person_name, plain, tag_names
from bot.feeds.plain_text import HtmlText, clean_line, read_html
from bot.ports.reading import Feed, FeedItem


def read_json_feed(body: bytes, *, base_url: str, most_items: int) -> Feed:
    """Read a JSON Feed; values of a wrong type are passed over. Raises FeedFault when it is no JSON Feed."""
    try:
        # json tells UTF-8, UTF-16 and UTF-32 apart; a byte order mark is forbidden, and sent all the same.
        document = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise FeedFault(
            f"looks like JSON but does not hold ({_first_line(error)}); the feed's owner must repair it"
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise FeedFault(
            "found JSON, but no JSON Feed: it has no list of `items`;"
            " use the address of the site's RSS, Atom or JSON Feed"
        )
    items = (_read_item(entry, base_url) for entry in document["items"][:most_items] if isinstance(entry, dict))
    return Feed(
        title=_line(document.get("title")),
        language=language_tag(document.get("language")),
        items=tuple(item for item in items if item is not None),
        hub=next((absolute_link(hub.get("url"), base_url=base_url) for hub in _websub_hubs(document)), None),
        topic=absolute_link(document.get("feed_url"), base_url=base_url),
    )


def _websub_hubs(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for hub in _list(document.get("hubs")):
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub":
            yield hub


def _read_item(entry: dict[str, Any], base_url: str) -> FeedItem | None:
    html, text = entry.get("content_html"), entry.get("content_text")
    body = read_html(html) if isinstance(html, str) else plain(text)
    pictures = (entry.get("image"), entry.get("banner_image"), *_attached_pictures(entry), body.image)
    images = (absolute_link(picture, base_url=base_url) for picture in pictures)
    guid = entry.get("id")
    return build_item(
        # Numbers as ids are wrong and common; True is an int to Python and an id to nobody.
        guid=str(guid) if isinstance(guid, (int, float)) and not isinstance(guid, bool) else guid,
        link=absolute_link(entry.get("url") or entry.get("external_url"), base_url=base_url),
        title=_line(entry.get("title")),
        summary=plain(entry.get("summary")),
        body=body if body.text else HtmlText(text=plain(text).text, image=body.image),
        author=next(_authors(entry), None),
        tags=tag_names(_list(entry.get("tags"))),
        image_url=next((image for image in images if image), None),
        published_at=parse_rfc3339(entry.get("date_published")),
        updated_at=parse_rfc3339(entry.get("date_modified")),
    )


def _authors(entry: dict[str, Any]) -> Iterator[str]:
    """Version 1.1 has a list of authors, 1.0 had one."""
    for author in (*_list(entry.get("authors")), entry.get("author")):
        if isinstance(author, dict) and (name := person_name(author.get("name"))):
            yield name


def _attached_pictures(entry: dict[str, Any]) -> Iterator[object]:
    for attachment in _list(entry.get("attachments")):
        if isinstance(attachment, dict) and str(attachment.get("mime_type", "")).startswith("image/"):
            yield attachment.get("url")


def _line(value: object) -> str:
    return clean_line(value) if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _first_line(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error).split("\n")[0][:200]
