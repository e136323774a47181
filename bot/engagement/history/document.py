"""One JSON document with one long array in it, read element by element: a year of chat never stands in memory.

The standard library's decoder reads each value; here is only the walk from one to the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

#: How many characters are read at a time, and how long one value may be at most.
_STEP = 1 << 20
LONGEST_VALUE = 64 << 20
_SPACE = re.compile(r"[ \t\r\n]*")


class Member(NamedTuple):
    """One member of the document's object that is not the array."""

    name: str
    value: Any


class Element(NamedTuple):
    """One element of the array."""

    #: The line it begins on, from 1.
    line: int
    value: Any


class BrokenDocument(ValueError):
    """The document does not go on as JSON; `line` is where."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class Text(Protocol):
    """Where the text comes from, part by part."""

    def read(self, size: int, /) -> str:
        """Return about so many characters more; "" at the end."""


def read_document(file: Text, *, array: str) -> Iterator[Member | Element]:
    """Yield the members of the top-level object and the elements of the one called `array`, in the file's order.

    The array itself is announced by a Member without a value. Raises BrokenDocument where it is no JSON, after what
    stood before that was yielded.
    """
    return _Walk(file).members(array)


class _Walk:
    """A place in the text, of which only the part being read is held."""

    def __init__(self, file: Text) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1
        self._decoder = json.JSONDecoder()

    def members(self, array: str) -> Iterator[Member | Element]:
        self._expect("{")
        if self._peek() == "}":
            return
        while True:
            name = self._value()
            self._expect(":")
            if name == array and self._peek() == "[":
                yield Member(array, None)
                yield from self._elements()
            else:
                yield Member(str(name), self._value())
            if self._take(",}") == "}":
                return

    def _elements(self) -> Iterator[Element]:
        self._expect("[")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            self._peek()
            line = self._line
            yield Element(line, self._value())
            if self._take(",]") == "]":
                return

    def _value(self) -> Any:  # noqa: ANN401  # whatever JSON holds
        self._peek()
        wanted = _STEP
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                held = len(self._text) - self._at
                # what failed may only have been cut off: read on, twice as much each time
                if isinstance(error, RecursionError) or held > LONGEST_VALUE or not self._read_on(max(wanted, held)):
                    raise BrokenDocument(self._line, _say(error)) from None
            else:
                # a number at the very end of the text may go on in the next part
                if end == len(self._text) and self._read_on(wanted):
                    continue
                self._move(end)
                return value

    def _peek(self) -> str:
        """Skip white space and return the next character; "" at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._move(space.end() if space else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on(_STEP):
                return ""

    def _take(self, allowed: str) -> str:
        found = self._peek()
        if not found or found not in allowed:
            seen = f"not {found!r}" if found else "but the file ends"
            raise BrokenDocument(self._line, f"expected {' or '.join(allowed)}, {seen}")
        self._at += 1
        return found

    def _expect(self, character: str) -> None:
        self._take(character)

    def _move(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _read_on(self, count: int) -> bool:
        more = self._file.read(count)
        if more:
            self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)


def _say(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg})"
    return "nested too deep" if isinstance(error, RecursionError) else str(error)
