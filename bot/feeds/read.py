"""Bytes to a feed: the one function the worker process is given. Pure; fetching and remembering are elsewhere."""

from __future__ import annotations

from bot.errors import FeedFault
from bot.feeds.json_feed import read_json_feed
from bot.feeds.xml_feed import read_xml_feed
from bot.ports.reading import Feed

#: How many items of one document are read, from its top.
MOST_ITEMS = 500


def read_feed(body: bytes, *, content_type: str | None, base_url: str) -> Feed:
    """Read RSS 0.9x to 2.0, RDF, Atom or JSON Feed 1.x, at most MOST_ITEMS items in the document's order.

    `content_type` is the header as sent, for its charset; `base_url` is where the body came from, for relative
    addresses. A badly formed feed is read as far as it goes. Raises nothing but FeedFault, whose text says what was
    found instead and what to do.
    """
    if not body.strip():
        raise FeedFault("found nothing: the address answers with an empty body; its owner must look why")
    try:
        if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            return read_json_feed(body, base_url=base_url, most_items=MOST_ITEMS)
        return read_xml_feed(body, content_type=content_type, base_url=base_url, most_items=MOST_ITEMS)
    except FeedFault:
        raise
    except Exception as error:  # a parser's bug met by a stranger's bytes must harm this source alone
        raise FeedFault(
            f"could not be read ({type(error).__name__}); a feed validator will show its owner what is wrong with it"
        ) from error
