"""The schema editors help with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
import yamlcore
from jsonschema import Draft202012Validator

from bot.config.json_schema import json_schema
from tests.unit.config.platforms import KINDS, TEN_LINES
from tests.unit.config.test_load import FULL

SCHEMA = json_schema(KINDS)


def _slips(text: str) -> list[str]:
    value = yaml.load(text, Loader=yamlcore.CCoreLoader)  # noqa: S506 - the core schema makes plain values only
    return [error.json_path for error in Draft202012Validator(SCHEMA).iter_errors(value)]


def test_it_is_a_schema() -> None:
    """As the 2020-12 dialect says."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "text",
    [TEN_LINES, FULL.replace("chat: -1001234567890", 'chat: "-1"').replace("cite_sources: no", "cite_sources: false")],
)
def test_what_loads_is_valid(text: str) -> None:
    """An editor underlines nothing that is right."""
    assert _slips(text) == []


def test_keys_still_to_come_are_known() -> None:
    """An editor describes them; loading refuses them."""
    assert _slips(TEN_LINES + "include: [x]\nweb: {bind: '127.0.0.1:1'}\nanswers: {join_in: {wait: 5m}}\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEN_LINES + "webb: 1\n", ["$"]),
        (TEN_LINES.replace("type: feed", "type: fed"), ["$.sources.blog"]),
        (TEN_LINES.replace("platform: yard", "platform: yrad"), ["$.communities.warung"]),
        (TEN_LINES + "privacy: {names: some}\n", ["$.privacy.names"]),
        (TEN_LINES + "platforms: {tower: {}}\n", ["$.platforms.tower"]),
    ],
)
def test_a_slip_is_underlined(text: str, expected: list[str]) -> None:
    """Where it stands."""
    assert _slips(text) == expected


def _undescribed(schema: object, path: str = "") -> Iterator[str]:
    match schema:
        case {"properties": dict(properties)}:
            for name, inner in properties.items():
                if not _is_described(inner):
                    yield f"{path}.{name}"
    if isinstance(schema, dict):
        for key, inner in schema.items():
            yield from _undescribed(inner, f"{path}.{key}")
    elif isinstance(schema, list):
        for number, inner in enumerate(schema):
            yield from _undescribed(inner, f"{path}.{number}")


def _is_described(schema: dict[str, Any]) -> bool:
    name = schema.get("$ref", "").rpartition("/")[2]
    return bool(schema.get("description") or SCHEMA["$defs"].get(name, {}).get("description"))


def test_every_key_is_described() -> None:
    """Its own words, or those of the part it holds."""
    assert list(_undescribed(SCHEMA)) == []
