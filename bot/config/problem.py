"""What is wrong in a file, where, and how it is shown: one line, the source line and a caret.

`Origin` makes problems for one file and keeps secrets out of them. Nothing here knows what the file means.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.config.secrets import SHORTEST_SECRET

Severity = Literal["error", "warning"]

#: The longest source line shown whole; a longer one is cut around the caret.
_WIDEST = 160


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to change in a file."""

    #: The file as it was named by whoever asked.
    file: str
    #: Counted from 1.
    line: int
    #: Counted from 1, in characters.
    column: int
    severity: Severity
    #: What is wrong.
    message: str
    #: What to do about it; "" when the message says it all.
    hint: str = ""
    #: The source line, anything that looks like a token blotted out; "" for a problem of the whole file.
    excerpt: str = ""

    def __str__(self) -> str:
        """`path:line:column: error: message; hint`, then the source line and a caret under the place."""
        said = f"{self.message}; {self.hint}" if self.hint else self.message
        head = f"{self.file}:{self.line}:{self.column}: {self.severity}: {said}"
        if not self.excerpt.strip():
            return head
        before, shown = self.excerpt[: self.column - 1], self.excerpt
        if len(shown) > _WIDEST:
            start = max(0, len(before) - _WIDEST // 2)
            before, shown = "…" + before[start:], "…" + shown[start : start + _WIDEST] + "…"
        padding = "".join("\t" if char == "\t" else " " * _columns(char) for char in before)
        return f"{head}\n{shown}\n{padding}^"


def _columns(char: str) -> int:
    """How many terminal columns a character takes (Unicode standard annex 11; combining marks take none)."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """The file problems are found in."""

    #: Its name as shown.
    file: str
    #: Its lines without line ends.
    lines: tuple[str, ...]
    #: Blots out what looks like a token, keeping the length.
    blot: Callable[[str], str]
    #: What came from the environment, by the text the file has in its place: never shown.
    secrets: Mapping[str, str] = field(default_factory=dict)

    def problem(self, line: int, column: int, message: str, *, hint: str = "", severity: Severity = "error") -> Problem:
        """Make a problem at `line` and `column`, both counted from 0 as parsers do; beyond the end is the end."""
        if line >= len(self.lines):
            line = max(len(self.lines) - 1, 0)
            column = len(self.lines[line])
        return Problem(
            file=self.file,
            line=line + 1,
            column=column + 1,
            severity=severity,
            message=self._clean(message),
            hint=self._clean(hint),
            excerpt=self.blot(self.lines[line]),
        )

    def _clean(self, text: str) -> str:
        for secret, written in self.secrets.items():
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, written)
        return self.blot(text)
