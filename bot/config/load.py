"""The one way into `config.yaml`: bytes to a brand, or every problem of the file at once, sorted by place.

Reads the file, what `VAR_FILE` names, and whether the paths it mentions are there; nothing else outside is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bot.brand import Brand
from bot.config.adapter_parts import Surroundings, read_accounts, read_communities, read_people
from bot.config.complaints import locate
from bot.config.doubts import find_doubts
from bot.config.fields import Known
from bot.config.problem import Origin, Problem
from bot.config.references import Preparation
from bot.config.resolve import Pieces, make_slug, resolve_brand
from bot.config.schema import ADAPTER_SECTIONS, ConfigFile
from bot.config.secrets import blot_secrets, blot_tokens, find_tokens
from bot.config.written_secrets import find_written_secrets, refuse_written_secret
from bot.config.yaml_reader import Node, Read, read_yaml
from bot.errors import ConfigRefused
from bot.messages import Place
from bot.ports.platform import PlatformKind

#: The largest file read, in bytes.
LARGEST = 256 * 1024

_NOTHING = Node(at=(0, 0), value={}, keys={})


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What a file gave."""

    #: None when there is any error.
    brand: Brand | None
    #: Errors and warnings, sorted by place.
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be changed."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is valid but perhaps not meant."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def brand_or_refuse(self) -> Brand:
        """The brand; raises ConfigRefused with every error when there is none."""
        if self.brand is None:
            raise ConfigRefused(self.errors)
        return self.brand


def load(path: Path | str, *, kinds: Mapping[str, PlatformKind], environment: Mapping[str, str]) -> Loaded:
    """Read the file at `path` for the platforms `kinds`, with secrets from `environment`. Never raises for the file."""
    shown, path = str(path), Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        hint = (
            "`konektor init` writes one" if isinstance(error, FileNotFoundError) else "correct the path or its rights"
        )
        return _refuse(shown, f"this file can't be read ({error.strerror})", hint)
    if len(raw) > LARGEST:
        return _refuse(shown, f"this file is larger than {LARGEST // 1024} KB", "move long texts into knowledge files")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        return _refuse(shown, "this is not UTF-8 text", "save the file as UTF-8", line=line)
    return _load_text(text, shown=shown, path=path.resolve(), kinds=kinds, environment=environment)


def _refuse(shown: str, message: str, hint: str, *, line: int = 0) -> Loaded:
    problem = Problem(file=shown, line=line + 1, column=1, severity="error", message=message, hint=hint)
    return Loaded(brand=None, problems=(problem,))


def _load_text(
    text: str, *, shown: str, path: Path, kinds: Mapping[str, PlatformKind], environment: Mapping[str, str]
) -> Loaded:
    origin = Origin(file=shown, lines=tuple(text.split("\n")), blot=blot_tokens)
    problems = list(_find_written_tokens(origin))
    read = read_yaml(text, origin)
    problems.extend(read.problems)
    if read.root is None:
        return Loaded(brand=None, problems=_sorted(problems))
    preparation = Preparation(origin, environment)
    root = preparation.prepare(read.root)
    secrets = find_written_secrets(root, kinds)
    blot = partial(blot_secrets, words=[str(node.value) for _, node in secrets])
    origin = replace(origin, secrets=preparation.secrets, blot=blot)
    problems.extend(preparation.problems)

    pieces = _read_pieces(root, read, origin=origin, kinds=kinds, path=path, secrets=secrets, problems=problems)
    brand: Brand | None = None
    if pieces is not None and not problems:
        brand = resolve_brand(pieces)
        for doubt in find_doubts(brand, pieces.file, kinds):
            node, key_at = locate(root, doubt.loc)
            at = key_at if doubt.at_key and key_at else node.at
            problems.append(origin.problem(*at, doubt.message, hint=doubt.hint, severity="warning"))
    return Loaded(brand=brand, problems=_sorted(problems))


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    once = dict.fromkeys(problems)
    return tuple(sorted(once, key=lambda one: (one.line, one.column, one.severity, one.message)))


def _find_written_tokens(origin: Origin) -> Iterator[Problem]:
    for number, line in enumerate(origin.lines):
        for column, kind in find_tokens(line):
            hint = 'take it back where it came from, write "${NAME}" here and set NAME in the environment'
            yield origin.problem(number, column, f"{kind} is written here", hint=hint)


def _read_pieces(
    root: Node,
    read: Read,
    *,
    origin: Origin,
    kinds: Mapping[str, PlatformKind],
    path: Path,
    secrets: Sequence[tuple[str, Node]],
    problems: list[Problem],
) -> Pieces | None:
    """Hold every part against its model; None when the whole does not hold."""
    around = Surroundings(
        origin=origin,
        kinds=kinds,
        known=_find_known(root, read.broken, kinds),
        told=frozenset((problem.line - 1, problem.column - 1) for problem in problems),
    )
    file = _read_file(root, read.broken, around, problems)
    accounts = read_accounts(root.child("platforms"), around, problems)
    people = read_people(root.child("people"), around, problems)
    communities = read_communities(
        root.child("communities"), around, problems, accounts=None if "platforms" in read.broken else accounts
    )
    if not root.child("communities") and "communities" not in read.broken:
        problems.append(origin.problem(0, 0, "communities is missing", hint="name at least one place to be in"))
    problems.extend(_check_places(root, communities, origin))
    problems.extend(_check_renamed(root, origin))
    problems.extend(_check_paths(root, path, around))
    problems.extend(_check_id(root, around))
    problems.extend(refuse_written_secret(key, node, origin) for key, node in secrets if not around.was_told(node))
    if file is None:
        return None
    named = {part.platform for part, _ in communities.values()}
    # A platform that needs no account is there by its name alone.
    silent = {name: kinds[name].account() for name in sorted(named - set(accounts)) if not kinds[name].needs_account}
    return Pieces(file=file, accounts={**accounts, **silent}, people=people, communities=communities, path=path)


def _find_known(root: Node, broken: frozenset[str], kinds: Mapping[str, PlatformKind]) -> Known:
    def keys(section: str, *, may_miss: bool) -> frozenset[str] | None:
        node = root.child(section)
        if section in broken or (node is None and not may_miss):
            return None
        return frozenset(node.value) if node and isinstance(node.value, dict) else frozenset()

    sources = root.child("sources")
    entries = sources.value if sources and isinstance(sources.value, dict) else {}
    others = ("faq", "folder")  # a source without a type, or of one still to come, is told about where it stands
    languages = locate(root, ("brand", "languages"))[0]
    given = languages.value if isinstance(languages.value, list) else [languages]
    spoken = frozenset(str(node.value) for node in given if not isinstance(node.value, (dict, list)))
    has_languages = (brand := root.child("brand")) is not None and brand.child("languages") is not None
    return Known(
        sources=keys("sources", may_miss=False),
        feeds=frozenset(key for key, node in entries.items() if locate(node, ("type",))[0].value not in others),
        communities=keys("communities", may_miss=False),
        people=keys("people", may_miss=True),
        platforms=frozenset(kinds),
        languages=spoken if has_languages else None,
    )


def _read_file(root: Node, broken: frozenset[str], around: Surroundings, problems: list[Problem]) -> ConfigFile | None:
    values = root.value if isinstance(root.value, dict) else {}
    kept = {key: node for key, node in values.items() if key not in ADAPTER_SECTIONS}
    found: list[Problem] = []
    file: ConfigFile | None = around.validate(
        Node(at=(0, 0), value=kept, keys=root.keys), ConfigFile, found, also_known=tuple(ADAPTER_SECTIONS)
    )
    unread = {f"{section} is missing" for section in broken}
    problems.extend(problem for problem in found if problem.message not in unread)
    return file


def _check_places(root: Node, communities: Mapping[str, tuple[object, Place]], origin: Origin) -> Iterator[Problem]:
    """Two communities in one place could not be told apart."""
    seen: dict[Place, str] = {}
    for key, (_, place) in communities.items():
        if place in seen:
            at = locate(root, ("communities", key))[1] or (0, 0)
            hint = "give each a place of its own, or keep one"
            yield origin.problem(*at, f'{key} lives in the same place as "{seen[place]}"', hint=hint)
        seen.setdefault(place, key)


def _check_renamed(root: Node, origin: Origin) -> Iterator[Problem]:
    """A key given in `was` must be gone, and one history has one heir."""
    for section in ("communities", "sources", "campaigns"):
        node = root.child(section)
        entries = node.value if node and isinstance(node.value, dict) else {}
        heirs: dict[str, str] = {}
        for key, entry in entries.items():
            was = entry.child("was")
            if was is None or not isinstance(was.value, str):
                continue
            if was.value in entries:
                hint = "`was` names the key an entry had before it was renamed"
                yield origin.problem(*was.at, f'"{was.value}" is still there', hint=hint)
            elif was.value in heirs:
                message = f'"{heirs[was.value]}" was "{was.value}" already'
                yield origin.problem(*was.at, message, hint="a history goes on under one key")
            heirs.setdefault(was.value, key)


def _check_paths(root: Node, path: Path, around: Surroundings) -> Iterator[Problem]:
    """The files and folders that sources name must be there."""
    sources = root.child("sources")
    for entry in sources.value.values() if sources and isinstance(sources.value, dict) else ():
        kind, written = (locate(entry, (key,))[0] for key in ("type", "path"))
        if kind.value not in ("faq", "folder") or not isinstance(written.value, str) or around.was_told(written):
            continue
        where = path.parent / written.value
        if not (where.is_file() if kind.value == "faq" else where.is_dir()):
            what = "file" if kind.value == "faq" else "folder"
            hint = f"paths are relative to {path.parent.name or path.parent}/"
            yield around.origin.problem(*written.at, f'no {what} "{written.written}"', hint=hint)


def _check_id(root: Node, around: Surroundings) -> Iterator[Problem]:
    """Without an id of its own, a brand's id is made from its name."""
    brand = root.child("brand")
    name = brand.child("name") if brand else None
    if not brand or brand.child("id") or not name or not isinstance(name.value, str) or around.was_told(name):
        return
    if name.value and not make_slug(name.value):
        yield around.origin.problem(*name.at, "no id can be made of this name", hint="add brand.id: a short word")
