"""Text as members may be shown it: no markup, nothing invisible, nothing that turns the direction of writing.

Here HTML and raw strings of feeds become plain lines and paragraphs. Escaping for a platform is the adapter's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

#: A cut summary ends with this.
ELLIPSIS = "…"
# Look like nothing though Unicode calls them letters, marks or symbols: the grapheme joiner, fillers, blank Braille.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
# Every character but those known to be harmless in the most used scripts, which need no closer look.
_SUSPECT = re.compile("\r\n|[^ -~\n\u00a1-\u00ac\u00ae-\u02ff\u0391-\u0481\u3041-\u30ff\u4e00-\u9fff]")
_LINE_BREAKS = frozenset({"\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"})
_JOINERS = frozenset("\u200c\u200d")
_VARIATION_SUPPLEMENT = range(0xE0100, 0xE01F0)
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
        "td", "th", "tr", "ul",
    }
)  # fmt: skip
_DROPPED_WITH_CONTENT = frozenset(
    {"script", "style", "template", "noscript", "iframe", "svg", "math", "textarea", "select", "title"}
)
_DECLARATION = re.compile(r"<!--|<[!?]")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PIXEL = frozenset({"0", "1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class HtmlText:
    """What a piece of HTML says."""

    #: Plain paragraphs separated by blank lines.
    text: str
    #: The `src` of its first picture that is no tracking pixel, as written; None if there is none.
    image: str | None


def clean_line(text: str) -> str:
    """Return `text` as one line: invisible characters removed, white space collapsed."""
    return " ".join(remove_invisible(text).split())


def clean_paragraphs(text: str) -> str:
    """Return `text` as paragraphs separated by one blank line, single line breaks inside them kept."""
    blocks = re.split(r"\n\s*\n", remove_invisible(text))
    cleaned = ("\n".join(filter(None, (" ".join(line.split()) for line in block.split("\n")))) for block in blocks)
    return "\n\n".join(block for block in cleaned if block)


def remove_invisible(text: str) -> str:
    """Remove what is not seen but acts: controls, zero-width and direction characters, tags, lone surrogates.

    Every kind of line break becomes a line feed. A joiner stays between two characters it can join (emoji,
    Arabic, Indic scripts).
    """
    return _SUSPECT.sub(_judge_character, text)


def cut_at_word(text: str, limit: int) -> str:
    """Return `text` when it has at most `limit` characters, else its beginning up to a word's end and an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - len(ELLIPSIS)]
    if not text[len(head)].isspace():
        words = re.match(r"(?s)(.*\S)\s+\S*$", head)
        # A script that writes no spaces has no word to stop at.
        head = words[1] if words and 3 * len(words[1]) >= limit else head
    return head.rstrip() + ELLIPSIS


def read_html(html: str) -> HtmlText:
    """Turn a fragment of HTML into plain paragraphs; links keep their words, not their addresses.

    Tags are read one after another and no tree is built: the HTML5 way of repairing a tree makes gigabytes of a few
    hundred open tags, and as no markup is left in plain text, there is nothing to repair.
    """
    writer = _ParagraphWriter()
    writer.feed(drop_declarations(html))
    writer.close()
    return HtmlText(text=clean_paragraphs("".join(writer.pieces)), image=writer.image)


def drop_declarations(html: str) -> str:
    """Remove comments, declarations and processing instructions; one that never ends takes the rest along.

    html.parser raises on some of them, and on many unfinished ones its time grows with the square of their number.
    """
    pieces: list[str] = []
    at = 0
    while found := _DECLARATION.search(html, at):
        pieces.append(html[at : found.start()])
        end = html.find("-->" if found[0] == "<!--" else ">", found.start() + 2)
        if end < 0:
            return "".join(pieces)
        at = html.index(">", end) + 1
    return "".join((*pieces, html[at:]))


class _ParagraphWriter(HTMLParser):
    """Collects text and paragraph breaks, tag by tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.image: str | None = None
        self._preformatted = 0
        #: The tag whose content is being passed over, and how many of it are open.
        self._dropping = ""
        self._dropping_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break before a block, and remember the first picture."""
        if self._dropping:
            self._dropping_depth += tag == self._dropping
        elif tag in _DROPPED_WITH_CONTENT:
            self._dropping, self._dropping_depth = tag, 1
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "img":
            self._note_image(dict(attrs))
        elif tag in _BLOCKS:
            self._preformatted += tag == "pre"
            # A list keeps its points on lines of their own within one paragraph.
            self.pieces.append("\n• " if tag == "li" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        """Break after a block."""
        if self._dropping:
            self._dropping_depth -= tag == self._dropping
            self._dropping = self._dropping if self._dropping_depth else ""
        elif tag in _BLOCKS:
            self._preformatted = max(0, self._preformatted - (tag == "pre"))
            self.pieces.append("" if tag == "li" else "\n\n")

    def handle_data(self, data: str) -> None:
        """Keep the words; line breaks of the source mean nothing outside `pre`."""
        if not self._dropping:
            self.pieces.append(data if self._preformatted else re.sub(r"\s+", " ", data))

    def _note_image(self, attributes: dict[str, str | None]) -> None:
        source = (attributes.get("src") or "").strip()
        if self.image or _PIXEL.intersection({attributes.get("width"), attributes.get("height")}):
            return
        if source and not _OTHER_SCHEME.match(source):
            self.image = source


def _judge_character(found: re.Match[str]) -> str:
    char, text = found[0], found.string
    if char in _LINE_BREAKS:
        return "\n"
    if char == "\t":
        return " "
    if char in _JOINERS:
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        return char if _joins(before) and _joins(after) else ""
    return char if _is_visible(char) else ""


def _is_visible(char: str) -> bool:
    if char in _BLANK or ord(char) in _VARIATION_SUPPLEMENT:
        return False
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"}


def _joins(char: str) -> bool:
    """Tell whether a joiner beside `char` can mean something: a symbol, its modifier, a letter without case, a mark."""
    if not char or char.isascii() or not _is_visible(char):
        return False
    return unicodedata.category(char) in {"So", "Sk", "Lo", "Mn", "Mc", "Me"}
