"""Text to nodes that know where they stand, with YAML 1.2 meaning and every syntax error that can be told apart.

An error is mended in place (same length, so that places stay true) or its top-level section is left out, and reading
goes on: one slip does not hide the others. Nothing here knows which keys exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml
import yamlcore  # type: ignore[import-untyped]  # the library has no stubs

from bot.config.problem import Origin, Problem
from bot.config.yaml_errors import explain_error

#: The deepest nesting accepted.
DEEPEST = 40
#: More slips than this in one run help nobody.
_MOST_PASSES = 50

Scalar: TypeAlias = str | int | float | bool | None
Position: TypeAlias = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A value and where it stands. Places are (line, column), counted from 0."""

    at: Position
    value: Scalar | dict[str, Node] | list[Node]
    #: For a mapping: where each key stands.
    keys: Mapping[str, Position]
    #: A scalar's text as the file has it; "" for collections.
    written: str = ""
    #: Whether it is text after |, whose first line stands below `at`.
    block: bool = False

    def child(self, key: str) -> Node | None:
        """The value under `key`, if this is a mapping that has it."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def plain(self) -> object:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


_NOTHING = Node(at=(0, 0), value={}, keys={})


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What could be read of a file."""

    #: The top-level mapping; None when there is none to speak of.
    root: Node | None
    #: Top-level sections left out because they could not be read.
    broken: frozenset[str]
    problems: tuple[Problem, ...]


class _Slip(Exception):
    """A place that can be mended: the characters from `start` to `end` are replaced by letters."""

    def __init__(self, problem: Problem, start: int, end: int) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.start = start
        self.end = end


def read_yaml(text: str, origin: Origin) -> Read:
    """Read one YAML document whose top level is a mapping."""
    problems: list[Problem] = []
    broken: set[str] = set()
    for _ in range(_MOST_PASSES):
        builder = _Builder(text, origin, is_rest=bool(broken))
        try:
            root = builder.document() or (_NOTHING if broken else None)
        except _Slip as slip:
            problems.append(slip.problem)
            text = text[: slip.start] + "x" * (slip.end - slip.start) + text[slip.end :]
            continue
        except yaml.YAMLError as error:
            told = explain_error(error, text, origin)
            problems.append(told.problem)
            if told.mend is not None:
                start, end = told.mend
                text = text[:start] + "x" * (end - start) + text[end:]
                continue
            section = _section_around(text, told.culprit)
            if section is None:
                return Read(root=None, broken=frozenset(broken), problems=tuple(problems))
            name, first, last = section
            broken.add(name)
            lines = text.split("\n")
            lines[first:last] = [""] * (last - first)
            text = "\n".join(lines)
            continue
        problems.extend(builder.problems)
        return Read(root=root, broken=frozenset(broken), problems=tuple(problems))
    return Read(root=None, broken=frozenset(broken), problems=tuple(problems))


def _section_around(text: str, line: int) -> tuple[str, int, int] | None:
    """The top-level key whose lines hold `line`, with its first line and the line after its last."""
    lines = text.split("\n")
    starts = [(number, match[1]) for number, one in enumerate(lines) if (match := re.match(r"([\w-]+)\s*:", one))]
    before = [start for start in starts if start[0] <= line]
    if not before:
        return None
    first, name = before[-1]
    last = next((number for number, _ in starts if number > line), len(lines))
    return name, first, last


def _position(event: yaml.Event) -> Position:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _index(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark else 0


class _Builder:
    """Builds nodes from the parser's events, so that aliases, tags and doubled keys are seen where they stand.

    `is_rest` says that sections were left out: nothing being left is then no problem of its own.
    """

    def __init__(self, text: str, origin: Origin, *, is_rest: bool) -> None:
        self._is_rest = is_rest
        self._text = text
        self._origin = origin
        self._loader = yamlcore.CCoreLoader(text)
        self.problems: list[Problem] = []

    def document(self) -> Node | None:
        """Build the one document of the stream."""
        root: Node | None = None
        for event in self._events():
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._complain(event, "a second document begins here", "put one brand in one file and remove ---")
                    return root
                root = self._node(self._loader.get_event(), depth=1, in_flow=False)
        if root is None or (root.value is None and not root.written):
            if self._is_rest:
                return None
            self.problems.append(self._origin.problem(0, 0, "the file is empty", hint="`konektor init` writes one"))
            return None
        if not isinstance(root.value, dict):
            self.problems.append(
                self._origin.problem(*root.at, "a file begins with a key such as `brand:`", hint="see the sample file")
            )
            return None
        return root

    def _events(self) -> Iterator[yaml.Event]:
        while self._loader.check_event():
            yield self._loader.get_event()

    def _complain(self, event: yaml.Event, message: str, hint: str = "") -> None:
        self.problems.append(self._origin.problem(*_position(event), message, hint=hint))

    def _node(self, event: yaml.Event, *, depth: int, in_flow: bool) -> Node:
        at = _position(event)
        if depth > DEEPEST:
            self._complain(event, f"nested more than {DEEPEST} deep", "no key of this file lies that deep")
            self._skip(event)
            return Node(at=at, value="…", keys={}, written="…")
        if isinstance(event, yaml.AliasEvent):
            self._complain(
                event, "aliases (*name) are not used here", "write the value out, or quote the text if it begins with *"
            )
            return Node(at=at, value=f"*{event.anchor}", keys={}, written=f"*{event.anchor}")
        if tag := getattr(event, "tag", None):
            self._complain(event, f"tags ({tag}) are not used here", "remove it, or quote the text")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, at, depth=depth, in_flow=in_flow)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(inner := self._loader.get_event(), yaml.SequenceEndEvent):
                items.append(self._node(inner, depth=depth + 1, in_flow=bool(event.flow_style)))
            return Node(at=at, value=items, keys={})
        if not isinstance(event, yaml.ScalarEvent):
            raise TypeError(f"the parser gave {event} where a value begins")
        return self._scalar(event, at)

    def _mapping(self, event: yaml.MappingStartEvent, at: Position, *, depth: int, in_flow: bool) -> Node:
        self._refuse_braces(event, in_flow=in_flow)
        values: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        while not isinstance(inner := self._loader.get_event(), yaml.MappingEndEvent):
            key_at = _position(inner)
            if not isinstance(inner, yaml.ScalarEvent):
                key = None
                self._complain(inner, "a key is a word", "put it in quotes if it is text")
                self._skip(inner)
            else:
                key = inner.value
            value = self._node(self._loader.get_event(), depth=depth + 1, in_flow=bool(event.flow_style))
            if key is None:
                continue
            if key in values:
                self._complain(inner, f'"{key}" is given twice', f"the first is in line {keys[key][0] + 1}; keep one")
                continue
            values[key], keys[key] = value, key_at
        return Node(at=at, value=values, keys=keys)

    def _refuse_braces(self, event: yaml.MappingStartEvent, *, in_flow: bool) -> None:
        """`{{ x }}` and `{% … %}` are text to a marketer and nested mappings to YAML."""
        start = _index(event)
        if self._text[start : start + 2] not in ("{{", "{%"):
            return
        line_end = self._text.find("\n", start)
        rest = self._text[start : line_end if line_end >= 0 else len(self._text)].rstrip()
        closed = rest.find("}}")
        end = start + (closed + 2 if in_flow and closed >= 0 else len(rest))
        raise _Slip(
            self._origin.problem(
                *_position(event),
                "text with {{ … }} or {% … %} must be in quotes",
                hint='write "{{ … }}", or put it on its own lines after |',
            ),
            start,
            end,
        )

    def _scalar(self, event: yaml.ScalarEvent, at: Position) -> Node:
        plain, _ = event.implicit
        value: Scalar = event.value
        if plain and event.tag is None:
            if event.value == "":
                self._refuse_comment(event)
            tag = self._loader.resolve(yaml.ScalarNode, event.value, (True, False))
            value = self._loader.construct_object(yaml.ScalarNode(tag, event.value))
            if type(value) in (int, float) and str(value) != event.value:
                value = event.value  # 0123, 1.10 and 0x1F stay as written; a field that wants a number still takes it
        return Node(at=at, value=value, keys={}, written=event.value, block=event.style == "|")

    def _refuse_comment(self, event: yaml.ScalarEvent) -> None:
        """`channel: #general` is a comment to YAML and a name to a marketer."""
        rest = self._text[_index(event) :].split("\n", 1)[0]
        match = re.match(r"\s*(#[^\s#][^\s,\]}]*)", rest)
        if match:
            line, column = _position(event)
            start = _index(event) + match.start(1)
            problem = self._origin.problem(
                line,
                column + match.start(1),
                f"{match[1]} is a comment to YAML, so nothing is written here",
                hint=f'put it in quotes: "{match[1]}" (or a space after # if it is a comment)',
            )
            raise _Slip(problem, start, start + len(match[1]))

    def _skip(self, event: yaml.Event) -> None:
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth == 0:
                return
            event = self._loader.get_event()
