"""JSON Schema of `config.yaml` for editors: every key with a description, from the very models that read it.

Editors complete and underline with it; whether a file holds is said by `bot.config.load` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core.core_schema import NullableSchema, WithDefaultSchema

from bot.config.schema import ADAPTER_SECTIONS, ConfigFile
from bot.config.schema_places import CommunityPart
from bot.ports.platform import PlatformKind

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_Schema = dict[str, Any]


def json_schema(kinds: Mapping[str, PlatformKind]) -> _Schema:
    """Build the schema (draft 2020-12) for the platforms `kinds`."""
    models: list[type[BaseModel]] = [ConfigFile, CommunityPart]
    models += [model for kind in kinds.values() for model in (kind.account, kind.address)]
    places, generated = models_json_schema(
        [(model, "validation") for model in models], by_alias=True, schema_generator=_WithoutDefaults
    )
    definitions: dict[str, _Schema] = generated["$defs"]

    def name_of(model: type[BaseModel]) -> str:
        return str(places[model, "validation"]["$ref"]).rpartition("/")[2]

    root = definitions[name_of(ConfigFile)]
    common = definitions[name_of(CommunityPart)]
    addresses = {name: definitions[name_of(kind.address)] for name, kind in kinds.items()}
    accounts = {
        name: {"$ref": places[kind.account, "validation"]["$ref"], "description": _say_account(kind)}
        for name, kind in kinds.items()
    }
    root["properties"] |= {
        "platforms": _mapping(accounts, ADAPTER_SECTIONS["platforms"]),
        "people": _describe_people(kinds),
        "communities": {
            "type": "object",
            "description": ADAPTER_SECTIONS["communities"],
            "minProperties": 1,
            "additionalProperties": {"oneOf": [_join_address(name, common, addresses[name]) for name in kinds]},
        },
    }
    root["required"] = [*root["required"], "communities"]
    top = {"$schema": _DIALECT, **root, "description": "What a marketer writes: config.yaml.", "$defs": definitions}
    for name in set(definitions) - set(_find_used(top, definitions)):
        del definitions[name]
    return {**_drop_titles(top), "title": "Konektor"}


def _find_used(schema: _Schema, definitions: Mapping[str, _Schema]) -> Iterator[str]:
    """The names of the definitions that `schema` leads to, its own `$defs` aside."""
    seen: set[str] = set()
    ahead: list[object] = [value for key, value in schema.items() if key != "$defs"]
    while ahead:
        match ahead.pop():
            case {"$ref": str(ref), **rest}:
                ahead += rest.values()
                if (name := ref.rpartition("/")[2]) not in seen:
                    seen.add(name)
                    yield name
                    ahead.append(definitions[name])
            case dict(inner):
                ahead += inner.values()
            case list(items):
                ahead += items


class _WithoutDefaults(GenerateJsonSchema):
    """Defaults are said in the descriptions, in a marketer's words; and an empty value is no value."""

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        """Describe the value alone."""
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: NullableSchema) -> JsonSchemaValue:
        """Describe what is there when it is there."""
        return self.generate_inner(schema["schema"])


def _mapping(properties: Mapping[str, _Schema], description: str) -> _Schema:
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "additionalProperties": False,
    }


def _say_account(kind: PlatformKind) -> str:
    return f"The account on {kind.name}." if kind.needs_account else f"{kind.name} needs no account."


def _describe_people(kinds: Mapping[str, PlatformKind]) -> _Schema:
    one = {"type": ["string", "integer"]}
    ids = {
        name: {"anyOf": [one, {"type": "array", "items": one}], "description": f"On {name}: {kind.person_id_hint}."}
        for name, kind in kinds.items()
    }
    description = ADAPTER_SECTIONS["people"]
    return {
        "type": "object",
        "description": description,
        "additionalProperties": _mapping(ids, "One person's ids, by platform."),
    }


def _join_address(name: str, common: _Schema, address: _Schema) -> _Schema:
    """A community on one platform: what all have, and what its address needs."""
    platform = {"const": name, "description": common["properties"]["platform"]["description"]}
    return {
        **_mapping(
            {**common["properties"], "platform": platform, **address.get("properties", {})}, f"A community on {name}."
        ),
        "required": [*common["required"], *address.get("required", [])],
    }


def _drop_titles(schema: _Schema) -> _Schema:
    """Without the titles pydantic makes of names: they say nothing that the key does not."""
    return {key: _tidy(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))}


def _tidy(value: object) -> object:
    if isinstance(value, dict):
        return _drop_titles(value)
    return [_tidy(item) for item in value] if isinstance(value, list) else value
