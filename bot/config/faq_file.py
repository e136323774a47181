"""Reads an FAQ file, YAML or JSON, and says where in it something is wrong.

What an entry must hold is `bot.knowledge.load_faq`; here are the file, its syntax and the places of problems. YAML has
its 1.2 meaning (`no` and `22:00` stay text); aliases, duplicate keys and deep nesting are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from yamlcore import CCoreLoader  # type: ignore[import-untyped]  # it ships no types

from bot.config.problem import Problem
from bot.errors import ConfigRefused, SettingsFault
from bot.knowledge.load_faq import FaqProblem, FaqRefused, items_from_faq
from bot.ports.answering import KnowledgeItem

#: The largest FAQ file, in bytes.
LARGEST_FAQ = 2_000_000
#: How deep an FAQ nests: list, entry, list of paraphrases, text, and some room.
DEEPEST = 10

#: (entry counted from 1 or None, key or None) -> (line, column), both counted from 1.
Places: TypeAlias = Mapping[tuple[int | None, str | None], tuple[int, int]]


def read_faq_file(path: Path, *, source: str, languages: tuple[str, ...]) -> tuple[KnowledgeItem, ...]:
    """The items of an FAQ file, in order; () for an empty one.

    Raises SettingsFault when the file can't be read, and ConfigRefused with every problem as `file:line:column`.
    """
    return read_faq_text(_read_text(path, source), name=str(path), source=source, languages=languages)


def read_faq_text(text: str, *, name: str, source: str, languages: tuple[str, ...]) -> tuple[KnowledgeItem, ...]:
    """The items of an FAQ that is already read; `name` is what problems call the file. Raises ConfigRefused."""
    data, places = _parse(text, name)
    try:
        return items_from_faq(data, source=source, languages=languages)
    except FaqRefused as refused:
        raise ConfigRefused([_place(problem, places, name) for problem in refused.problems]) from refused


def _read_text(path: Path, source: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FAQ + 1)
    except OSError as error:
        msg = f"{path}: could not be read ({error.strerror}); correct `path` of the source {source!r}"
        raise SettingsFault(msg) from error
    if len(content) > LARGEST_FAQ:
        msg = f"{path}: larger than {LARGEST_FAQ / 1e6:.0f} MB; split it into several sources"
        raise SettingsFault(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 text (byte {error.start}); save it again with the encoding UTF-8"
        raise SettingsFault(msg) from error


def _parse(text: str, name: str) -> tuple[object, Places]:
    """The data of a YAML or JSON text and where its entries and keys stand."""
    loader = CCoreLoader(text)
    try:
        _refuse_tricks(text, name)
        node = loader.get_single_node()
        if node is None:
            return None, {}
        problems = [*_find_duplicates(node, name)]
        if problems:
            raise ConfigRefused(problems)
        _keep_numbers_written(node)
        data: object = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise ConfigRefused([_explain(error, name)]) from error
    except (yaml.YAMLError, ValueError) as error:
        said = f"not readable as YAML ({str(error).splitlines()[0]})"
        raise ConfigRefused([_problem(name, (1, 1), said, hint="remove unusual characters")]) from error
    finally:
        loader.dispose()
    return data, _find_places(node)


def _keep_numbers_written(node: yaml.Node) -> None:
    """Read numbers as the text that stands there, so that the id 007 stays 007 and the answer 1.10 stays 1.10."""
    if isinstance(node, yaml.ScalarNode):
        if node.tag.endswith((":int", ":float")):
            node.tag = "tag:yaml.org,2002:str"
    elif isinstance(node, yaml.CollectionNode):
        for part in node.value:
            for inner in part if isinstance(part, tuple) else (part,):
                _keep_numbers_written(inner)


def _refuse_tricks(text: str, name: str) -> None:
    """Refuse aliases and deep nesting from the events alone, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=CCoreLoader):
        if isinstance(event, yaml.AliasEvent):
            said = f"aliases (*{event.anchor}) are not allowed here"
            raise ConfigRefused([_problem(name, _mark(event), said, hint="write it out")])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            said = f"nested more than {DEEPEST} deep"
            raise ConfigRefused([_problem(name, _mark(event), said, hint="an FAQ is a list of entries")])


def _find_duplicates(node: yaml.Node, name: str) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: set[object] = set()
        for key, value in node.value:
            if key.value in seen if isinstance(key, yaml.ScalarNode) else False:
                yield _problem(name, _mark(key), f"{key.value!r} is written twice here", hint="keep one of them")
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
            yield from _find_duplicates(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _find_duplicates(entry, name)


def _find_places(node: yaml.Node) -> Places:
    places: dict[tuple[int | None, str | None], tuple[int, int]] = {(None, None): _mark(node)}
    if isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value, start=1):
            places[number, None] = _mark(entry)
            for key, _ in entry.value if isinstance(entry, yaml.MappingNode) else ():
                places[number, str(key.value)] = _mark(key)
    return places


def _place(problem: FaqProblem, places: Places, name: str) -> Problem:
    keys = ((problem.entry, problem.key), (problem.entry, None), (None, None))
    return _problem(name, next((places[key] for key in keys if key in places), (1, 1)), str(problem))


def _problem(name: str, place: tuple[int, int], message: str, *, hint: str = "") -> Problem:
    line, column = place
    return Problem(file=name, line=line, column=column, severity="error", message=message, hint=hint)


def _mark(node: Any) -> tuple[int, int]:  # noqa: ANN401 - PyYAML's nodes carry no types
    return node.start_mark.line + 1, node.start_mark.column + 1


def _explain(error: yaml.MarkedYAMLError, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = error.problem or error.context or "not readable as YAML"
    return _problem(name, place, said, hint="put texts that hold : # @ or quotes between quotes")
