"""HTML into sections, in one pass over its tags. Pure, and linear in the length of the text whatever is in it.

No tree is built, as plain text needs no repair of one, and repairing takes quadratic time for thousands of open tags;
html.parser is worse still on tags that never end. So tags are found here, by the rule that one ends at the first ">"
outside quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from bot.knowledge.outline import Outline, Section

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_BLOCKS = _LISTS | {
    *("address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"),
    *("form", "header", "hr", "html", "li", "main", "p", "pre", "section", "table", "tr"),
}
_CELLS = frozenset({"td", "th"})
#: Elements whose content is markup and is passed over.
_DROPPED = frozenset({"head", "math", "nav", "noscript", "object", "select", "svg", "template"})
#: Elements whose content is no markup and is passed over, up to the very closing tag.
_RAW_END = {
    name: re.compile(rf"</{name}\b[^>]*>?", re.IGNORECASE)
    for name in ("iframe", "script", "style", "textarea", "title")
}
_MARK = re.compile(r"<(?:(!--)|([!?])|(/?)([a-zA-Z][a-zA-Z0-9]*))")
#: How often a ">" may turn out to stand inside quotes before the quotes are taken for a slip.
_MOST_QUOTED = 4
#: Stands for <br> until blanks are folded; a text that holds it gets a line break, no more.
_LINE_BREAK = "\x1e"


def read_html(text: str) -> Iterator[Section]:
    """The sections of an HTML document: what is under each heading, scripts, styles and navigation left out."""
    collector = _Collector()
    at = 0
    while mark := _MARK.search(text, at):
        collector.add_words(text[at : mark.start()])
        comment, declaration, slash, name = mark.groups()
        end = text.find("-->", mark.end()) + 2 if comment else _find_tag_end(text, mark.end())
        if end < mark.end():
            # A tag that never ends is text after all; a comment or declaration that never ends takes the rest along.
            at = len(text) if comment or declaration else mark.start()
            break
        at = end + 1
        if name:
            tag = name.lower()
            collector.add_tag(tag, closes=bool(slash))
            if not slash and tag in _RAW_END:
                closing = _RAW_END[tag].search(text, at)
                at = closing.end() if closing else len(text)
    collector.add_words(text[at:])
    return iter(collector.finish())


def read_html_words(text: str) -> Iterator[str]:
    """The words of a fragment of HTML, paragraph by paragraph."""
    for section in read_html(text):
        yield from section.headings[-1:]
        yield from section.paragraphs


def _find_tag_end(text: str, at: int) -> int:
    """Where the ">" of a tag stands whose attributes begin at `at`; -1 when it never ends."""
    first = end = text.find(">", at)
    for _ in range(_MOST_QUOTED):
        if end < 0 or not _is_quoted(text[at:end]):
            break
        end = text.find(">", end + 1)
    else:
        return first
    return end if end >= 0 else first


def _is_quoted(attributes: str) -> bool:
    """Whether a quotation is open at the end of `attributes`."""
    unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", "", attributes)
    return '="' in unquoted or "='" in unquoted


class _Collector:
    """Collects words until a block ends, and blocks under their headings."""

    def __init__(self) -> None:
        self._outline = Outline()
        self._sections: list[Section] = []
        self._words: list[str] = []
        #: The element whose content is passed over, and how many of it are open.
        self._dropping = ""
        self._dropping_depth = 0

    def add_words(self, text: str) -> None:
        """Keep what is seen."""
        if text and not self._dropping:
            self._words.append(unescape(text))

    def add_tag(self, tag: str, *, closes: bool) -> None:
        """End a block, begin a section, open a list: what the tag means for the text around it."""
        if self._dropping:
            self._dropping_depth += (-1 if closes else 1) * (tag == self._dropping)
            self._dropping = self._dropping if self._dropping_depth > 0 else ""
        elif tag in _DROPPED:
            self._dropping, self._dropping_depth = ("", 0) if closes else (tag, 1)
        elif tag == "br" or tag in _CELLS:
            self._words.append(_LINE_BREAK if tag == "br" else " ")
        elif tag in _HEADINGS and closes:
            self._sections.extend(self._outline.enter(int(tag[1]), self._take_words().replace("\n", " ")))
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._outline.add(self._take_words())
            if tag in _LISTS:
                self._outline.open_list(-1 if closes else 1)

    def finish(self) -> list[Section]:
        """All sections, once everything is added."""
        self._outline.add(self._take_words())
        return [*self._sections, *self._outline.leave()]

    def _take_words(self) -> str:
        """The words since the last block, single-spaced; only a line break that was asked for is one."""
        lines = "".join(self._words).split(_LINE_BREAK)
        self._words = []
        return "\n".join(line for part in lines if (line := " ".join(part.split())))
