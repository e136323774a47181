"""What people see of a message on Matrix: the HTML as a client shows it, or the plain text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

#: The elements a client shows ("m.room.message msgtypes"); the bot has no business with any other.
_KNOWN = frozenset({"strong", "em", "code", "blockquote", "a", "br"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in where a link leads; an element nobody knows is a mistake."""
        assert tag in _KNOWN, tag
        self.text += "\n" if tag == "br" else ""
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value is not None]

    def handle_data(self, data: str) -> None:
        """Take in text."""
        self.text += data


def _read(content: dict[str, Any]) -> _Reader:
    reader = _Reader()
    reader.feed(content["formatted_body"])
    reader.close()
    return reader


def shown(content: dict[str, Any]) -> str:
    """Return the words people see."""
    return _read(content).text if "formatted_body" in content else str(content["body"])


def links(content: dict[str, Any]) -> list[str]:
    """Return where its words lead, people left out."""
    found = _read(content).links if "formatted_body" in content else []
    return [link for link in found if not link.startswith("https://matrix.to/#/@")]
