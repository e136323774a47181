"""docs/configuration.md, written from the JSON Schema: every key with what it means. `make reference` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_Schema = Mapping[str, Any]

_HEAD = """\
# Configuration

Every key that `config.yaml` may have. This page is made from the schema that editors use (`make reference`), and the
schema from the models that read the file, so the three cannot disagree. [Getting started](getting-started.md) shows a
whole file; `konektor check` explains what yours will do.

- A secret is `${VAR}`, `${VAR:-default}` or `${VAR:?what to do without it}`; `VAR_FILE` may name a file instead.
- A time span is a number and `s`, `m`, `h`, `d` or `w`: `15m`, `3h`, `7d`.
- Paths are relative to the file. YAML means what it says: `no`, `on` and `22:00` are texts.
- A key whose description begins with "Not built yet" is refused, so that nothing is silently ignored.
"""


def write_reference(schema: _Schema) -> str:
    """Return the page for a schema as `bot.config.json_schema` builds it."""
    definitions: Mapping[str, _Schema] = schema["$defs"]
    lines = [_HEAD]
    for key, part in schema["properties"].items():
        lines += [f"## `{key}`\n", f"{_describe(part, definitions)}\n"]
        if key == "communities":
            for one in part["additionalProperties"]["oneOf"]:
                platform = one["properties"]["platform"]["const"]
                lines += [f"### On {platform}\n", *_table(one, definitions)]
            continue
        for name, shape in _shapes(part, definitions):
            lines += [*([f"### {name}\n"] if name else []), *_table(shape, definitions)]
    return "\n".join(lines).rstrip() + "\n"


def _table(shape: _Schema, definitions: Mapping[str, _Schema]) -> list[str]:
    rows = [
        f"| `{key}`{' (needed)' if needed else ''} | {_describe(part, definitions)} |"
        for key, part, needed in _rows(shape, definitions, prefix="")
    ]
    return ["| key | meaning |", "| --- | --- |", *rows, ""] if rows else []


def _rows(shape: _Schema, definitions: Mapping[str, _Schema], *, prefix: str) -> Iterator[tuple[str, _Schema, bool]]:
    needed = set(shape.get("required", ()))
    for key, part in shape.get("properties", {}).items():
        yield f"{prefix}{key}", part, key in needed
        inner = _follow(part, definitions)
        if inner.get("properties"):
            yield from _rows(inner, definitions, prefix=f"{prefix}{key}.")


def _shapes(part: _Schema, definitions: Mapping[str, _Schema]) -> Iterator[tuple[str, _Schema]]:
    """The mappings a top-level key stands for, each with a heading, "" where there is one kind only."""
    found = _follow(part, definitions)
    entry = found.get("additionalProperties")
    if found.get("properties"):
        yield "", found
    elif isinstance(entry, Mapping):
        shape = _follow(entry, definitions)
        for choice in shape.get("oneOf", ()):
            inner = _follow(choice, definitions)
            yield f"`type: {inner['properties']['type']['const']}`", inner
        if shape.get("properties"):
            yield "", shape


def _follow(part: _Schema, definitions: Mapping[str, _Schema]) -> _Schema:
    return definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def _describe(part: _Schema, definitions: Mapping[str, _Schema]) -> str:
    said = part.get("description") or _follow(part, definitions).get("description", "")
    return str(said).replace("|", "\\|")
