"""Collects the paragraphs of a document under the headings they stand below. Pure; knows no format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Section:
    """What stands below one heading."""

    #: The headings from the document's top to here.
    headings: tuple[str, ...]
    #: Its paragraphs.
    paragraphs: list[str] = field(default_factory=list)


class Outline:
    """Takes headings, lists and paragraphs in the order of the document and gives its sections."""

    def __init__(self) -> None:
        self._levels: list[tuple[int, str]] = []
        self._section = Section(headings=())
        self._lists = 0
        self._joins = False

    def enter(self, level: int, heading: str) -> Iterator[Section]:
        """Begin a section; gives back the one before it."""
        yield self._section
        self._levels = [(above, name) for above, name in self._levels if above < level]
        self._levels.append((level, heading or "section"))
        self._section = Section(headings=tuple(name for _, name in self._levels))
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

    def leave(self) -> Iterator[Section]:
        """The last section."""
        yield self._section
