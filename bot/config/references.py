"""`${VAR}` filled in on nodes, and empty values found: what is done to a tree before it is validated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.config.problem import Origin, Problem
from bot.config.secrets import ReferenceRefused, expand, has_reference
from bot.config.yaml_reader import Node

#: Sections of entries by key; an entry may be empty (`platforms: {sandbox: }`), what is below it may not.
_ENTRY_SECTIONS = ("platforms", "people", "communities", "sources", "campaigns")


class Preparation:
    """One pass over a tree; keeps what it found."""

    def __init__(self, origin: Origin, environment: Mapping[str, str]) -> None:
        self._origin = origin
        self._environment = environment
        self.problems: list[Problem] = []
        #: What came from the environment, by value: the text the file has in its place.
        self.secrets: dict[str, str] = {}

    def prepare(self, node: Node, path: tuple[str, ...] = ()) -> Node:
        """Return `node` with references filled in and empty entries as empty mappings."""
        if isinstance(node.value, list):
            items = [self.prepare(item, (*path, "")) for item in node.value]
            for item in items:
                if item.value is None:
                    self._refuse_empty(item, "an item of this list")
            return replace(node, value=[item for item in items if item.value is not None])
        if isinstance(node.value, dict):
            kept: dict[str, Node] = {}
            for key, child in node.value.items():
                if child.value is not None:
                    kept[key] = self.prepare(child, (*path, key))
                elif len(path) == 1 and path[0] in _ENTRY_SECTIONS:
                    kept[key] = replace(child, value={})
                elif path:
                    self._refuse_empty(replace(child, at=node.keys[key]), key)
            return replace(node, value=kept)
        if isinstance(node.value, str) and has_reference(node.value):
            return self._fill(node, node.value)
        return node

    def _refuse_empty(self, node: Node, name: str) -> None:
        line, column = node.at
        rest = self._origin.lines[line][column + len(name) :].lstrip()
        hint = "write one, or remove it"
        if rest[:1] in (",", "}"):  # {when: day 09:00,17:00} is two keys to YAML
            hint = "if it belongs to the text before, put that in quotes: a comma inside {…} begins the next key"
        self.problems.append(self._origin.problem(line, column, f"{name} has no value", hint=hint))

    def _fill(self, node: Node, text: str) -> Node:
        try:
            filled, found = expand(text, self._environment)
        except ReferenceRefused as refused:
            message, _, hint = str(refused).partition("; ")
            self.problems.append(self._origin.problem(*self._place(node, refused.written), message, hint=hint))
            return node
        self.secrets.update(found)
        return replace(node, value=filled)

    def _place(self, node: Node, written: str) -> tuple[int, int]:
        """Where `written` stands: on the node's own line, or one of the block below it."""
        line, column = node.at
        for number in range(line, min(line + 1 + node.written.count("\n") + 1, len(self._origin.lines))):
            found = self._origin.lines[number].find(written, column if number == line else 0)
            if found >= 0:
                return number, found
        return node.at
