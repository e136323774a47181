"""Secrets that stand in the file: they belong in the environment, so they are refused, and shown in no complaint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from pydantic import BaseModel, SecretStr

from bot.config.problem import Origin, Problem
from bot.config.schema import ModelPart
from bot.config.secrets import has_reference
from bot.config.yaml_reader import Node
from bot.ports.platform import PlatformKind


def find_written_secrets(root: Node, kinds: Mapping[str, PlatformKind]) -> tuple[tuple[str, Node], ...]:
    """Return every value written where a secret is expected, with its key: in accounts, and of a language model."""
    return tuple(found for node, part in _parts_with_secrets(root, kinds) for found in _written_in(node, part))


def refuse_written_secret(key: str, node: Node, origin: Origin) -> Problem:
    """Say that a secret is not to be written here, and where to."""
    hint = f'write "${{{_variable(key)}}}" and set that variable in the environment'
    return origin.problem(*node.at, f"{key} is a secret and must not be written here", hint=hint)


def _variable(key: str) -> str:
    """A variable's name for a secret called `key`."""
    return re.sub(r"\W", "_", key).upper()


def _parts_with_secrets(root: Node, kinds: Mapping[str, PlatformKind]) -> Iterator[tuple[Node, type[BaseModel]]]:
    platforms = root.child("platforms")
    for name, kind in kinds.items():
        account = platforms.child(name) if platforms else None
        if account is not None:
            yield account, kind.account
    answers = root.child("answers")
    model = answers.child("model") if answers else None
    if model is not None:
        yield model, ModelPart


def _written_in(node: Node, part: type[BaseModel]) -> Iterator[tuple[str, Node]]:
    for name, field in part.model_fields.items():
        key = field.alias or name
        child = node.child(key)
        is_secret = field.annotation is SecretStr or SecretStr in get_args(field.annotation)
        if is_secret and child is not None and child.value != "" and not has_reference(child.written):
            yield key, child
