"""Reads a folder of documents from disk. The only part of `bot.knowledge` that touches it.

What a document says is `documents`. Here are the limits: which files, how large, how many, and nothing outside the
folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.errors import SettingsFault
from bot.knowledge.documents import READABLE, items_from_document
from bot.ports.answering import KnowledgeItem

#: The largest document, in bytes, and the most documents of one folder.
LARGEST_DOCUMENT = 2_000_000
MOST_DOCUMENTS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderRead:
    """What a folder gave."""

    #: Every section that could be read, by path.
    items: tuple[KnowledgeItem, ...]
    #: Documents that could not be read: where, what, and what to do; the others are there all the same.
    problems: tuple[str, ...]


def read_folder(folder: Path, *, glob: str, source: str, languages: tuple[str, ...]) -> FolderRead:
    """Read the documents of `folder` that `glob` matches ("**/*.md"), sorted by path.

    Hidden files are left out, and files of other kinds unless the glob names their kind. Raises SettingsFault when the
    folder isn't there or the glob doesn't hold. A single document that is too large, leads out of the folder or can't
    be read is a problem of its own.
    """
    if not folder.is_dir():
        msg = f"{folder}: there is no such folder; correct `path` of the source {source!r}"
        raise SettingsFault(msg)
    items: list[KnowledgeItem] = []
    problems: list[str] = []
    names_kind = bool(PurePosixPath(glob).suffix) and "*" not in PurePosixPath(glob).suffix
    for count, path in enumerate(_find_documents(folder, glob, source)):
        name = path.relative_to(folder).as_posix()
        if not names_kind and path.suffix.lower() not in READABLE | {".pdf"}:
            continue
        if count >= MOST_DOCUMENTS:
            problems.append(f"{folder}: more than {MOST_DOCUMENTS:,} documents; the rest is left out, narrow `glob`")
            break
        try:
            content = _read_document(path, folder)
            items.extend(items_from_document(content, path=name, source=source, languages=languages))
        except SettingsFault as fault:
            problems.append(str(fault))
    return FolderRead(items=tuple(items), problems=tuple(problems))


def _find_documents(folder: Path, glob: str, source: str) -> Iterator[Path]:
    """The files the glob matches, hidden ones left out, in the order of their paths."""
    try:
        found = sorted(folder.glob(glob))
    except (ValueError, NotImplementedError) as error:
        msg = f"source {source!r}: the glob {glob!r} does not hold ({error}); write for example **/*.md"
        raise SettingsFault(msg) from error
    for path in found:
        inside = Path(os.path.relpath(path, folder))
        if not any(part.startswith(".") for part in inside.parts) and not path.is_dir():
            yield folder / inside


def _read_document(path: Path, folder: Path) -> bytes:
    name = path.relative_to(folder).as_posix()
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            msg = f"{name}: leads out of the folder and is not read; copy the document into it"
            raise SettingsFault(msg)
        if not real.is_file():
            msg = f"{name}: is no ordinary file; leave it out of `glob`"
            raise SettingsFault(msg)
        with real.open("rb") as file:
            content = file.read(LARGEST_DOCUMENT + 1)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it can't be opened"
        msg = f"{name}: could not be read ({reason}); check that it is there and may be read"
        raise SettingsFault(msg) from error
    if len(content) > LARGEST_DOCUMENT:
        msg = f"{name}: larger than {LARGEST_DOCUMENT / 1e6:.0f} MB; split it or leave it out of `glob`"
        raise SettingsFault(msg)
    return content
