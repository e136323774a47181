"""The YAML parser's errors in words that say what to change, and how reading may go on.

Knows libyaml's phrases (scanner.c, parser.c); does not know which keys exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml
import yaml.reader

from bot.config.problem import Origin, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A parser's error, told to a person."""

    problem: Problem
    #: The line (from 0) whose top-level section must be left out to read on.
    culprit: int
    #: Characters to replace by letters so that reading can go on; None when nothing so simple helps.
    mend: tuple[int, int] | None = None


def explain_error(error: yaml.YAMLError, text: str, origin: Origin) -> Told:
    """Say what is wrong at the place where a person would look for it."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position)
        column = error.position - (text.rfind("\n", 0, error.position) + 1)
        said = "a character that can't be seen stands here"
        found = origin.problem(line, column, said, hint="delete it and write the line again")
        return Told(problem=found, culprit=line, mend=(error.position, error.position + 1))
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Told(problem=origin.problem(0, 0, f"this is not YAML ({error})"), culprit=0)
    return _explain_marked(error, error.problem_mark, text, origin)


def _explain_marked(  # noqa: PLR0911 - a table of cases, one after another
    error: yaml.MarkedYAMLError, mark: yaml.Mark, text: str, origin: Origin
) -> Told:
    said, context = error.problem or "", error.context or ""
    if "maximum" in said:
        return Told(problem=_at(mark, origin, "nested far too deep", "no key lies that deep"), culprit=mark.line)
    opened = error.context_mark
    if opened is not None and "flow" in context:
        comment = _comment_in_flow(text, opened.index, mark.index)
        if comment is not None:
            return _tell_comment(comment, text, origin)
        start, end = "[]" if "sequence" in context else "{}"
        found = origin.problem(
            opened.line, opened.column, f"this {start} is never closed", hint=f"add the missing {end} or comma"
        )
        return Told(problem=found, culprit=opened.line)
    if opened is not None and "quoted scalar" in context:
        if "escape" in said:
            hint = "in double quotes write \\\\ for \\, or use single quotes"
            return Told(problem=_at(mark, origin, "\\ means something else here", hint), culprit=mark.line)
        hint = "add the closing quote, or write '' for an apostrophe inside '…'"
        return Told(problem=_at(opened, origin, "this quote is never closed", hint), culprit=opened.line)
    if "cannot start any token" in said:
        return _explain_character(mark, text, origin)
    return Told(problem=_at(mark, origin, *_phrase(said, mark, origin)), culprit=mark.line)


def _at(mark: yaml.Mark, origin: Origin, message: str, hint: str) -> Problem:
    return origin.problem(mark.line, mark.column, message, hint=hint)


def _explain_character(mark: yaml.Mark, text: str, origin: Origin) -> Told:
    char = text[mark.index : mark.index + 1]
    if char == "\t":
        found = _at(mark, origin, "a tab stands here", "indent with spaces")
        return Told(problem=found, culprit=mark.line)
    word = re.match(r"\S[^\s,\]}]*", text[mark.index :])
    written = word[0] if word else char
    if char == "@":
        hint = f'put it in quotes ("{written}"); people are named by their platform id, never by @name'
        found = _at(mark, origin, f"{written} can't begin a value in YAML", hint)
    else:
        found = _at(mark, origin, f"{char} can't begin a value in YAML", "put the text in quotes")
    return Told(problem=found, culprit=mark.line, mend=(mark.index, mark.index + 1))


def _phrase(said: str, mark: yaml.Mark, origin: Origin) -> tuple[str, str]:
    line = origin.lines[mark.line] if mark.line < len(origin.lines) else ""
    if "mapping values are not allowed" in said:
        if line[: mark.column].count(":"):
            return "a second ': ' in one line", "put the text after the first ': ' in quotes"
        return "this line is indented further than the one it belongs to", "begin it in the same column as its siblings"
    if "block sequence entries" in said:
        return "a list item (- …) can't begin here", "put every item on a line of its own"
    if "expected key" in said or "expected '-'" in said or "block end" in said:
        return (
            "this does not fit the lines above",
            "check that it begins in the same column as its siblings, and that the line above is complete",
        )
    if "simple key" in said or "expected ':'" in said:
        return "a key must be followed by ': '", "add the colon and a space"
    return f"this is not YAML ({said})", "put the text in quotes"


def _comment_in_flow(text: str, start: int, end: int) -> int | None:
    """Where a `#name` inside brackets makes the rest of its line a comment, in the section from before `start`.

    The parser's own `start` is not to be trusted when the text ends inside the brackets.
    """
    begin = max((match.start() for match in re.finditer(r"^[\w-]+\s*:", text[:start], re.MULTILINE)), default=0)
    match = re.search(r"[\[{,][^\S\n]*(#[^\s#])", text[begin:end])
    return begin + match.start(1) if match else None


def _tell_comment(start: int, text: str, origin: Origin) -> Told:
    written = re.match(r"#[^\s,\]}]+", text[start:])
    name = written[0] if written else "#"
    line = text.count("\n", 0, start)
    column = start - (text.rfind("\n", 0, start) + 1)
    found = origin.problem(
        line, column, f"{name} begins a comment, so the rest of the line is lost", hint=f'put it in quotes: "{name}"'
    )
    return Told(problem=found, culprit=line, mend=(start, start + 1))
