"""pydantic's errors, said in a marketer's words at the place they belong to.

Knows pydantic's error types and how nodes carry places; does not know what any key means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.fields import is_built
from bot.config.problem import Origin, Problem
from bot.config.suggest import nearest
from bot.config.yaml_reader import Node, Position

Loc = tuple[int | str, ...]


def locate(node: Node, loc: Loc, key_at: Position | None = None) -> tuple[Node, Position | None]:
    """Follow `loc` as far as it goes: the node there, and where the last key on the way stands.

    `key_at` is where the key above `node` stands. Steps that are no keys (a union's tag, pydantic's `[key]`) are
    passed over.
    """
    for step in loc:
        if isinstance(node.value, dict) and isinstance(step, str) and step in node.value:
            key_at, node = node.keys[step], node.value[step]
        elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
    return node, key_at


def complain(
    error: ValidationError,
    node: Node,
    model: type[BaseModel],
    origin: Origin,
    *,
    name: str = "",
    key_at: Position | None = None,
    also_known: Iterable[str] = (),
    leave_out: Callable[[Node, Loc], bool] = lambda _node, _loc: False,
) -> Iterator[Problem]:
    """Turn every line of `error` into a problem at its place in `node`, which `model` was tried on.

    `name` and `key_at` are the key above `node` and where it stands. `also_known` are keys of the top mapping that are
    checked elsewhere; `leave_out` says what was told already.
    """
    details = error.errors(include_url=False)
    unknown = {
        detail["loc"]: _suggest_key(detail["loc"], model, also_known) for detail in details if _is_unknown(detail)
    }
    meant = {(*loc[:-1], guess) for loc, (guess, _) in unknown.items() if guess}
    for detail in details:
        loc = detail["loc"]
        found, above = locate(node, loc, key_at)
        if (detail["type"] == "missing" and loc in meant) or leave_out(found, loc):
            continue
        at = found.at
        if detail["type"] in ("extra_forbidden", "not_built", "missing", "union_tag_not_found") or loc[-1:] == (
            "[key]",
        ):
            at = above or at
        message, hint = unknown_key(loc, *unknown[loc]) if loc in unknown else _say(detail, found, name)
        if detail["type"].startswith("union_tag") and (tag := found.child("type")):
            at = tag.at
        if detail["type"] == "value_error" and isinstance(found.value, dict) and len(found.value) == 1:
            (at,) = (only.at for only in found.value.values())  # {cron: "…"}: the value is what is wrong
        if detail["type"] == "template" and found.block:
            line = min(found.at[0] + int(detail["ctx"]["line"]), len(origin.lines) - 1)
            at = (line, len(origin.lines[line]) - len(origin.lines[line].lstrip()))
        yield origin.problem(*at, message, hint=hint)


def _is_unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def unknown_key(loc: Loc, guess: str | None, known: tuple[str, ...]) -> tuple[str, str]:
    """What to say of a key that is not known: the message and the hint."""
    hint = f'did you mean "{guess}"?' if guess else f"known are {', '.join(known)}" if known else "remove it"
    return f'no key "{loc[-1]}" here', hint


def _suggest_key(loc: Loc, model: type[BaseModel], also_known: Iterable[str]) -> tuple[str | None, tuple[str, ...]]:
    here = model_at(model, loc[:-1])
    more = tuple(also_known) if len(loc) == 1 else ()
    known, built = (keys_of(here), built_keys_of(here)) if here else ((), ())
    return nearest(str(loc[-1]), (*known, *more)), (*built, *more)


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of `model` as the file has them."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def built_keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Those of them whose feature is there."""
    return tuple(field.alias or name for name, field in model.model_fields.items() if is_built(field))


def model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """The model of the mapping at `loc` below `model`; None where any key is allowed."""
    here: object = model
    for step in loc:
        here = _step_into(_bare(here), step)
    here = _bare(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _bare(kind: object) -> object:
    """A type without Annotated and without None."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            members = [member for member in get_args(kind) if member is not type(None)]
            if len(members) != 1:
                return kind
            kind = members[0]
        else:
            return kind


def _step_into(kind: object, step: int | str) -> object:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        named = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        return named.get(str(step))
    if get_origin(kind) in (dict, Mapping):
        return get_args(kind)[1]
    if get_origin(kind) in (list, tuple):
        return get_args(kind)[0]
    for member in get_args(kind):  # a union told apart by `type`
        tags: Any = _bare(getattr(member, "model_fields", {}).get("type") and member.model_fields["type"].annotation)
        if get_origin(tags) is Literal and step in get_args(tags):
            return member
    return None


def _say(  # noqa: PLR0911 - a table of cases, each a line
    detail: ErrorDetails, node: Node, name: str
) -> tuple[str, str]:
    """The message and the hint for one pydantic error."""
    kind, loc, context = detail["type"], detail["loc"], detail.get("ctx", {})
    name = next((str(step) for step in reversed(loc) if isinstance(step, str) and step != "[key]"), name)
    if kind in ("value_error", "template"):
        message, _, hint = str(context.get("error", context.get("said", ""))).partition("; ")
        return message, hint
    if kind in ("literal_error", "union_tag_invalid", "enum"):
        return _say_choice(node, name, context)
    if kind == "not_built":
        return f"{name} is not built yet", "remove this line"
    if kind == "missing":
        return f"{name} is missing", "add it"
    if kind == "union_tag_not_found":
        return "type is missing", "add type: feed, faq or folder"
    written = f'"{node.written}"' if node.written else "this"
    said = _SHORT.get(kind)
    if said is not None:
        return said.format(written=written, name=name), ""
    if kind == "string_pattern_mismatch":
        return f"{written} is not written as {name} is", f"it matches {context['pattern']}"
    return f"{written}: {detail['msg'][:1].lower()}{detail['msg'][1:]}", ""


def _say_choice(node: Node, name: str, context: Mapping[str, Any]) -> tuple[str, str]:
    shown = node.child("type") or node
    words = str(context.get("expected", context.get("expected_tags", ""))).replace(" or ", ", ")
    known = [word.strip().strip("'") for word in words.split(",")]
    guess = nearest(shown.written, known)
    hint = f'did you mean "{guess}"?' if guess else f"use {', '.join(known)}"
    return f'"{shown.written or name}" is not known here', hint


_NUMBER = "{written} is no number"
_MAPPING = "{name} has keys of its own below it, not {written}"
_SHORT: Mapping[str, str] = {
    "string_type": "{name} is a text, not {written}",
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": "{written} is no whole number",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": "{written} is neither true nor false",
    "bool_parsing": "{written} is neither true nor false",
    "tuple_type": "{name} is a list: [one, two]",
    "list_type": "{name} is a list: [one, two]",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dataclass_type": _MAPPING,
    "string_too_short": "{name} is empty",
    "too_short": "{name} is empty",
}
