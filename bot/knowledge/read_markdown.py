"""Markdown into sections: links and emphasis keep their words, pictures their description. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.knowledge.outline import Outline, Section
from bot.knowledge.read_html import read_html_words

_MARKDOWN_LISTS = {"bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close"}
_BLANKS = re.compile(r"[^\S\n]+")
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


def read_markdown(text: str) -> Iterator[Section]:
    """The sections of a Markdown document (CommonMark and tables); front matter is passed over."""
    tokens = _markdown().parse(_FRONT_MATTER.sub("", text))
    outline = Outline()
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
            outline.add(" ".join(" ".join(read_html_words(token.content)).split()))
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
