"""Documents (Markdown, plain text, simple HTML) into items, one per headed section. Pure: bytes or text in, items out.

A document is data. HTML is reduced to text by nh3's parser, with scripts, styles and comments gone; links and images of
Markdown keep their words only. Walking a folder is `folder`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.errors import SettingsFault
from bot.knowledge.language import detect_language
from bot.ports.answering import KnowledgeItem

#: What can be read, by the end of a file's name.
MARKDOWN = frozenset({".md", ".markdown", ".mdown"})
PLAIN = frozenset({".txt", ".text"})
HTML = frozenset({".html", ".htm"})
READABLE = MARKDOWN | PLAIN | HTML

_HTML_BLOCKS = {
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "br",
    "tr",
    "table",
    "section",
    "article",
    "blockquote",
    "pre",
    "td",
    "th",
}
_HTML_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
#: What stands for <br> until blanks are folded: no text holds it, nh3 leaves control characters out.
_LINE_BREAK = "\x1e"
_HTML_INLINE = {"br": _LINE_BREAK, "td": " ", "th": " "}
_MARKDOWN_LISTS = {"bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close"}
_HTML_PIECE = re.compile(r"<(/?)([a-z0-9]+)>|([^<]+)")
_BLANKS = re.compile(r"[^\S\n]+")
_MANY_LINES = re.compile(r"\n\s*\n\s*")
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
#: The most characters of a title: a heading longer than this is a paragraph in disguise.
_LONGEST_TITLE = 200


@dataclass(slots=True)
class _Section:
    """What stands below one heading, while a document is read."""

    #: The headings from the document's top to here.
    headings: tuple[str, ...]
    #: Its paragraphs.
    paragraphs: list[str] = field(default_factory=list)


def items_from_document(
    content: bytes, *, path: str, source: str, languages: tuple[str, ...], url: str | None = None
) -> tuple[KnowledgeItem, ...]:
    """The sections of one document that say something, in order.

    `path` is relative to its folder with forward slashes; an item is named `path#heading`, the heading as GitHub writes
    it in links, or `path` alone for what stands before the first heading. Raises SettingsFault for a document that
    can't be read, naming the path and what to do.
    """
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == ".pdf":
        msg = f"{path}: PDF documents can't be read yet; save it as Markdown, text or HTML, or leave it out of `glob`"
        raise SettingsFault(msg)
    if suffix not in READABLE:
        known = ", ".join(sorted(READABLE))
        msg = f"{path}: documents of this kind can't be read; known are {known}; leave it out of `glob`"
        raise SettingsFault(msg)
    text = _decode(content, path)
    if suffix in MARKDOWN:
        sections = _read_markdown(text)
    elif suffix in HTML:
        sections = _read_html(text)
    else:
        sections = iter([_Section(headings=(), paragraphs=[part.strip() for part in _MANY_LINES.split(text)])])
    return tuple(_make_items(sections, path=path, source=source, languages=languages, url=url))


def slug_heading(heading: str) -> str:
    """A heading as it stands in links: lower case, hyphens for spaces, no punctuation; "section" if none is left."""
    kept = "".join(c if c.isalnum() or c in "-_ " else "" for c in unicodedata.normalize("NFKC", heading).casefold())
    return re.sub(r"[\s-]+", "-", kept).strip("-") or "section"


def _decode(content: bytes, path: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 text (byte {error.start}); save it again with the encoding UTF-8"
        raise SettingsFault(msg) from error
    if "\x00" in text:
        msg = f"{path}: holds binary data; leave it out of `glob`"
        raise SettingsFault(msg)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _make_items(
    sections: Iterator[_Section], *, path: str, source: str, languages: tuple[str, ...], url: str | None
) -> Iterator[KnowledgeItem]:
    kept = [(section, "\n\n".join(p for p in section.paragraphs if p)) for section in sections]
    kept = [(section, text) for section, text in kept if text.strip()]
    whole = detect_language("\n".join(text for _, text in kept), languages) if kept else languages[0]
    taken: dict[str, int] = {}
    for section, text in kept:
        name = f"{path}#{slug_heading(section.headings[-1])}" if section.headings else path
        taken[name] = taken.get(name, 0) + 1
        yield KnowledgeItem(
            source=source,
            item=name if taken[name] == 1 else f"{name}-{taken[name] - 1}",
            title=" \u203a ".join(section.headings)[:_LONGEST_TITLE] or _title_of(path),
            url=url,
            language=whole,
            questions=(),
            text=text,
        )


def _title_of(path: str) -> str:
    return re.sub(r"[-_]+", " ", PurePosixPath(path).stem).strip() or path


def _read_markdown(text: str) -> Iterator[_Section]:
    tokens = _markdown().parse(_FRONT_MATTER.sub("", text))
    outline = _Outline()
    for at, token in enumerate(tokens):
        if token.type in _MARKDOWN_LISTS:
            outline.open_list(token.nesting)
        elif token.type == "heading_open":
            yield from outline.enter(int(token.tag[1:]), _inline_text(tokens[at + 1]))
        elif token.type == "inline" and (at == 0 or tokens[at - 1].type != "heading_open"):
            outline.add(_inline_text(token))
        elif token.type in {"fence", "code_block"}:
            outline.add(token.content.strip())
        elif token.type == "html_block":
            outline.add(_html_text(token.content))
    yield from outline.leave()


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")


def _inline_text(token: Token) -> str:
    """The words of an inline token: links and emphasis by their text, images by their description."""
    pieces: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            pieces.append(child.content)
        elif child.type == "softbreak":
            pieces.append(" ")
        elif child.type == "hardbreak":
            pieces.append("\n")
        elif child.type == "image":
            pieces.append(child.content)
    return _BLANKS.sub(" ", "".join(pieces)).strip()


class _Outline:
    """Collects paragraphs under the headings they stand below."""

    def __init__(self) -> None:
        self._levels: list[tuple[int, str]] = []
        self._section = _Section(headings=())
        self._lists = 0
        self._joins = False

    def enter(self, level: int, heading: str) -> Iterator[_Section]:
        """Begin a section; gives back the one before it."""
        yield self._section
        self._levels = [(above, name) for above, name in self._levels if above < level]
        self._levels.append((level, heading or "section"))
        self._section = _Section(headings=tuple(name for _, name in self._levels))
        self._joins = False

    def open_list(self, nesting: int) -> None:
        """A list begins (1) or ends (-1): its entries are lines of one paragraph."""
        if nesting > 0 and self._lists == 0:
            self._joins = False
        self._lists = max(0, self._lists + nesting)

    def add(self, paragraph: str) -> None:
        """Add a paragraph, or a line to the list that is open."""
        if not paragraph:
            return
        if self._lists and self._joins:
            self._section.paragraphs[-1] += f"\n{paragraph}"
        else:
            self._section.paragraphs.append(paragraph)
        self._joins = True

    def leave(self) -> Iterator[_Section]:
        """The last section."""
        yield self._section


def _read_html(text: str) -> Iterator[_Section]:
    outline = _Outline()
    words: list[str] = []
    for close, tag, chunk in _html_pieces(text):
        if chunk:
            words.append(chunk)
        elif tag in _HTML_INLINE:
            words.append(_HTML_INLINE[tag])
        else:
            said = _flat_lines("".join(words))
            words = []
            if close and tag in _HTML_HEADINGS:
                yield from outline.enter(int(tag[1:]), " ".join(said.split()))
                continue
            outline.add(said)
            if tag in {"ul", "ol"}:
                outline.open_list(-1 if close else 1)
    outline.add(_flat_lines("".join(words)))
    yield from outline.leave()


def _html_pieces(text: str) -> Iterator[tuple[str, str, str]]:
    """Tags and text of `text`, cleaned: (slash, tag, "") or ("", "", text), entities resolved."""
    clean = nh3.clean(
        text,
        tags=_HTML_BLOCKS | _HTML_HEADINGS,
        attributes={},
        clean_content_tags={"script", "style", "head", "title", "template", "noscript", "svg", "nav"},
        strip_comments=True,
        link_rel=None,
    )
    for slash, tag, chunk in _HTML_PIECE.findall(clean):
        yield slash, tag, html.unescape(chunk)


def _html_text(text: str) -> str:
    return " ".join("".join(chunk or " " for _, _, chunk in _html_pieces(text)).split())


def _flat_lines(text: str) -> str:
    """`text` with single spaces; only a line break that was asked for is one."""
    return "\n".join(line for part in text.split(_LINE_BREAK) if (line := " ".join(part.split())))
