"""The parts of the file that belong to adapters: accounts, people's ids and communities' addresses.

Each entry is held against the models and facts of its `PlatformKind`; no platform's name is known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.config.complaints import Loc, built_keys_of, complain, keys_of, unknown_key
from bot.config.fields import Known, check_key
from bot.config.problem import Origin, Problem
from bot.config.schema_places import CommunityPart
from bot.config.suggest import did_you_mean, nearest
from bot.config.yaml_reader import Node, Position
from bot.messages import PersonRef, Place
from bot.ports.platform import PlatformKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What reading a part needs to know besides the part."""

    origin: Origin
    kinds: Mapping[str, PlatformKind]
    known: Known
    #: Which nodes were complained about before: nothing more is said of them.
    told: frozenset[tuple[int, int]]

    def was_told(self, node: Node, _loc: Loc = ()) -> bool:
        """Whether a problem was found inside this one-line value before."""
        line, column = node.at
        end = column + len(node.written) + 2  # quotes
        return any(at == node.at or (at[0] == line and column <= at[1] < end) for at in self.told) and not isinstance(
            node.value, (dict, list)
        )

    def validate(
        self,
        node: Node,
        model: type[BaseModel],
        problems: list[Problem],
        *,
        name: str = "",
        key_at: Position | None = None,
        also_known: tuple[str, ...] = (),
    ) -> Any:  # noqa: ANN401 - an instance of `model`, or None when it does not hold
        """Hold `node` against `model`; what is wrong goes to `problems`."""
        try:
            return model.model_validate(node.plain(), context=self.known)
        except ValidationError as error:
            problems.extend(
                complain(
                    error,
                    node,
                    model,
                    self.origin,
                    name=name,
                    key_at=key_at,
                    also_known=also_known,
                    leave_out=self.was_told,
                )
            )
            return None


def read_accounts(section: Node | None, around: Surroundings, problems: list[Problem]) -> Mapping[str, Any]:
    """Read `platforms`: the settings by platform."""
    accounts: dict[str, Any] = {}
    for name, node, at in _entries(section, "platforms", around, problems):
        kind = around.kinds.get(name)
        if kind is None:
            problems.append(_no_platform(name, at, around))
            continue
        accounts[name] = around.validate(node, kind.account, problems, name=name, key_at=at)
    return accounts


def read_people(
    section: Node | None, around: Surroundings, problems: list[Problem]
) -> Mapping[str, tuple[PersonRef, ...]]:
    """Read `people`: the platform ids of each."""
    people: dict[str, tuple[PersonRef, ...]] = {}
    for key, node, _ in _entries(section, "people", around, problems):
        refs: list[PersonRef] = []
        for platform, ids, at in _entries(node, key, around, problems):
            kind = around.kinds.get(platform)
            if kind is None:
                problems.append(_no_platform(platform, at, around))
                continue
            for one in ids.value if isinstance(ids.value, list) else [ids]:
                problem = _check_person(one, kind, around)
                if problem is None:
                    refs.append(PersonRef(platform=platform, id=str(one.value)))
                elif not around.was_told(one):
                    problems.append(problem)
        people[key] = tuple(refs)
    return people


def read_communities(
    section: Node | None,
    around: Surroundings,
    problems: list[Problem],
    *,
    accounts: Mapping[str, Any] | None,
) -> Mapping[str, tuple[CommunityPart, Place]]:
    """Read `communities`: what all have in common, and where each lives. `accounts` is None if it could not be read."""
    communities: dict[str, tuple[CommunityPart, Place]] = {}
    common = keys_of(CommunityPart)
    for key, node, at in _entries(section, "communities", around, problems):
        _check_community_key(key, at, around, problems)
        if not isinstance(node.value, dict):
            message = f"{key} has keys of its own below it"
            problems.append(around.origin.problem(*node.at, message, hint="begin with platform:"))
            continue
        shared = replace(node, value={name: child for name, child in node.value.items() if name in common})
        address = replace(node, value={name: child for name, child in node.value.items() if name not in common})
        found: list[Problem] = []
        part = around.validate(shared, CommunityPart, found, name=key, key_at=at)
        platform = node.child("platform")
        kind = around.kinds.get(platform.written) if platform else None
        if kind is None:
            found = _find_strangers(address, around, found)
        problems.extend(found)
        if platform is not None and kind is None and not around.was_told(platform):
            problems.append(_no_platform(platform.written, platform.at, around))
        if kind is None or platform is None:
            continue
        if accounts is not None and kind.needs_account and kind.name not in accounts:
            hint = f"add it under platforms: {kind.name}"
            problems.append(around.origin.problem(*platform.at, f"{kind.name} needs an account", hint=hint))
        lived = _read_address(key, at, address, kind, around=around, problems=problems)
        if part is not None and lived is not None:
            communities[key] = (part, lived)
    return communities


def _find_strangers(address: Node, around: Surroundings, found: list[Problem]) -> list[Problem]:
    """Where the platform is not known, its address can't be read; keys of no platform at all are wrong even so."""
    anywhere = {key for kind in around.kinds.values() for key in keys_of(kind.address)}
    common = built_keys_of(CommunityPart)
    for name in address.value if isinstance(address.value, dict) else ():
        if name not in anywhere:
            guess = nearest(name, (*keys_of(CommunityPart), *sorted(anywhere)))
            message, hint = unknown_key((name,), guess, common)
            found.append(around.origin.problem(*address.keys[name], message, hint=hint))
            if guess == "platform":
                found = [problem for problem in found if problem.message != "platform is missing"]
    return found


def _read_address(
    key: str, at: Position, node: Node, kind: PlatformKind, *, around: Surroundings, problems: list[Problem]
) -> Place | None:
    address = around.validate(
        node, kind.address, problems, name=key, key_at=at, also_known=built_keys_of(CommunityPart)
    )
    if address is None:
        return None
    try:
        place: Place = address.place(key)
    except ValueError as error:
        problems.append(around.origin.problem(*at, f"this address can't be used: {error}"))
        return None
    return place


def _entries(
    section: Node | None, name: str, around: Surroundings, problems: list[Problem]
) -> Iterator[tuple[str, Node, Position]]:
    """Every entry of a mapping with where its key stands; anything else is complained about."""
    if section is None:
        return
    if not isinstance(section.value, dict):
        if not around.was_told(section):
            problems.append(around.origin.problem(*section.at, f"{name} has keys of its own below it"))
        return
    for key, node in section.value.items():
        yield key, node, section.keys[key]


def _no_platform(name: str, at: Position, around: Surroundings) -> Problem:
    guess = did_you_mean(name, around.kinds) or f"there are {', '.join(sorted(around.kinds))}"
    return around.origin.problem(*at, f'no platform "{name}"', hint=guess)


def _check_person(node: Node, kind: PlatformKind, around: Surroundings) -> Problem | None:
    if isinstance(node.value, (dict, list)) or not re.fullmatch(kind.person_id_pattern, str(node.value)):
        if isinstance(node.value, str) and node.value.startswith("@"):
            message = f"{node.written} is a name, and names can be taken over by others"
        else:
            message = f'"{node.written}" is no id of a person on {kind.name}'
        return around.origin.problem(*node.at, message, hint=f"write {kind.person_id_hint}")
    return None


def _check_community_key(key: str, at: Position, around: Surroundings, problems: list[Problem]) -> None:
    try:
        check_key(key)
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        problems.append(around.origin.problem(*at, message, hint=hint))
