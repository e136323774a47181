"""Documents (Markdown, plain text, simple HTML) into items, one per headed section. Pure: bytes or text in, items out.

A document is data: what is kept of it is text. The formats are `read_markdown` and `read_html`, walking a folder is
`folder`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.errors import SettingsFault
from bot.knowledge.language import detect_language
from bot.knowledge.outline import Section
from bot.knowledge.read_html import read_html
from bot.knowledge.read_markdown import read_markdown
from bot.ports.answering import KnowledgeItem

#: What can be read, by the end of a file's name.
MARKDOWN = frozenset({".md", ".markdown", ".mdown"})
PLAIN = frozenset({".txt", ".text"})
HTML = frozenset({".html", ".htm"})
READABLE = MARKDOWN | PLAIN | HTML

_MANY_LINES = re.compile(r"\n\s*\n\s*")
#: The most characters of a title: a heading longer than this is a paragraph in disguise.
_LONGEST_TITLE = 200


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
        sections = read_markdown(text)
    elif suffix in HTML:
        sections = read_html(text)
    else:
        sections = iter([Section(headings=(), paragraphs=[part.strip() for part in _MANY_LINES.split(text)])])
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
    sections: Iterator[Section], *, path: str, source: str, languages: tuple[str, ...], url: str | None
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
