"""Recognising what is no feed: a web page, an entity bomb, nothing at all. Pure; says what was found and what to do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from bot.feeds.plain_text import clean_line, cut_at_word, drop_declarations

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json"}
)
# A page names its feeds in its head; nobody needs more than this to find them.
_HEAD_LENGTH = 300_000
_DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")


def prolog_of(document: str) -> tuple[str, str]:
    """Split an XML document before its root element: what stands before it, and the root's name in lower case.

    Comments, processing instructions and declarations belong to the prolog. "" as name when there is no root.
    """
    at = 0
    while (at := document.find("<", at)) >= 0:
        for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<!", ">")):
            if document.startswith(opening, at):
                end = document.find(closing, at + len(opening))
                if end < 0:
                    return document, ""
                at = end + len(closing)
                break
        else:
            if name := _ROOT.match(document, at):
                return document[:at], name[1].lower()
            at += 1
    return document, ""


def drop_declared_in_comments(document: str) -> str:
    """Return the document without the comments before its root, if one of them speaks of a DOCTYPE or ENTITY.

    feedparser looks for entities without regard to comments and puts them to use.
    """
    prolog, _ = prolog_of(document)
    if "<!--" not in prolog or not has_declaration(document):
        return document
    pieces, at = [], 0
    while (start := _next_comment(prolog, at)) >= 0:
        pieces.append(prolog[at:start])
        at = prolog.index("-->", start + len("<!--")) + len("-->")
    return " ".join((*pieces, document[at:]))


def _next_comment(prolog: str, at: int) -> int:
    """Return where the next comment begins that stands in no other declaration; -1 when there is none to be dropped."""
    while (at := prolog.find("<", at)) >= 0:
        if prolog.startswith("<!--", at):
            return at if prolog.find("-->", at + len("<!--")) >= 0 else -1
        end = prolog.find(">", at)
        if end < 0:
            return -1
        at = end + 1
    return -1


def has_declaration(document: str) -> bool:
    """Tell whether a DOCTYPE or ENTITY stands before the document's root, a comment's included."""
    return _DECLARATION.search(prolog_of(document)[0]) is not None


def is_web_page(document: str) -> bool:
    """Tell whether the document is HTML: by its DOCTYPE or its root element."""
    prolog, root = prolog_of(document)
    return root in {"html", "head", "body"} or re.search(r"<!\s*DOCTYPE\s+html\b", prolog, re.IGNORECASE) is not None


def feed_links(page: str, *, base_url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds a web page names in `<link rel="alternate">`, absolute, in its order."""
    finder = _LinkFinder()
    finder.feed(drop_declarations(page[:_HEAD_LENGTH]))
    found: list[str] = []
    for href in finder.hrefs:
        try:
            address = urljoin(base_url, clean_line(href))
        except ValueError:
            continue
        if address.startswith(("http://", "https://")) and address not in found:
            found.append(address)
    return tuple(found)


def explain_page(page: str, *, base_url: str) -> str:
    """Say that a web page came instead of a feed, naming the feed it points to if it does."""
    links = feed_links(page, base_url=base_url)
    if not links:
        return (
            "found a web page, not a feed, and it names no feed; look on the site for a link called RSS, Atom or Feed,"
            " or try its address with /feed or /rss.xml at the end"
        )
    named = " or ".join(cut_at_word(link, 200) for link in links[:3])
    return f"found a web page, not a feed; the page names its feed: use {named} as `url`"


class _LinkFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link to another form of the page when that form is a feed."""
        if tag != "link":
            return
        given = {name: value or "" for name, value in attrs}
        relations = given.get("rel", "").lower().split()
        media_type = given.get("type", "").split(";")[0].strip().lower()
        if "alternate" in relations and media_type in _FEED_TYPES and given.get("href", "").strip():
            self.hrefs.append(given["href"].strip())
