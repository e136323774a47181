"""How a backup lies in a file: gzip (RFC 1952) over JSON Lines, with a seal at the end. No database here.

The first line says whose it is and of when, each further line is a row, and the last has the SHA-256 of all before it:
a file that was cut off or changed is noticed before anything is replaced. Beside it lies the list of those who asked to
be forgotten, in a file of its own: it must outlive every backup, and holds keyed hashes alone.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import AsyncIterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO

from bot.errors import ArchiveRefused
from bot.ports.records import ArchivedRow

#: The version of this format.
FORMAT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """Whose backup it is, and of when."""

    brand: str
    #: The newest migration of the database it was taken from.
    revision: str
    #: When, aware UTC.
    taken_at: datetime
    #: The version of Konektor that took it.
    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ForgetList:
    """Who asked to be forgotten, by keyed hashes."""

    #: Tells under which key: a hash of it.
    key: str
    #: When each asked, by digest.
    digests: dict[str, datetime]


async def write_backup(file: IO[bytes], heading: Heading, rows: AsyncIterable[ArchivedRow]) -> int:
    """Write a whole backup; return how many rows it has."""
    seal, count = hashlib.sha256(), 0
    # no time of its own in the file: the same rows make the same bytes
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:

        def write(line: object) -> None:
            text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            seal.update(text)
            packed.write(text)

        write({"format": FORMAT, **asdict(heading), "taken_at": heading.taken_at.isoformat()})
        async for row in rows:
            write([row.table, row.values])
            count += 1
        packed.write(json.dumps({"rows": count, "sha256": seal.hexdigest()}).encode() + b"\n")
    return count


def check_backup(file: IO[bytes]) -> tuple[Heading, int]:
    """Read a backup from its beginning to its end; return its heading and how many rows it has.

    Raises ArchiveRefused if it is not whole.
    """
    seal, last, first = hashlib.sha256(), b"", b""
    count = -2
    for line in _lines(file):
        if last:
            seal.update(last)
        first, last = first or line, line
        count += 1
    end = _read_json(last)
    if not isinstance(end, dict) or end.get("sha256") != seal.hexdigest() or end.get("rows") != count:
        raise ArchiveRefused("the backup is not whole: it was cut off or changed after it was made; take another one")
    return _heading_of(_read_json(first)), count


def read_rows(file: IO[bytes]) -> Iterator[ArchivedRow]:
    """Yield the rows of a backup that `check_backup` has found whole, from its beginning."""
    for number, line in enumerate(_lines(file)):
        row = _read_json(line)
        if number and isinstance(row, list):
            yield ArchivedRow(*row)


def write_forget_list(kept: ForgetList) -> str:
    """Return the list as the text of its file."""
    digests = {digest: at.isoformat() for digest, at in sorted(kept.digests.items())}
    return json.dumps({"format": FORMAT, "key": kept.key, "digests": digests}, indent=1) + "\n"


def read_forget_list(text: str) -> ForgetList:
    """Read what `write_forget_list` wrote; raises ArchiveRefused."""
    try:
        read = json.loads(text)
        digests = {str(digest): datetime.fromisoformat(at) for digest, at in read["digests"].items()}
        return ForgetList(key=str(read["key"]), digests=digests)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveRefused("the list of those who asked to be forgotten can't be read; take another copy") from error


def name_key(key: bytes) -> str:
    """Return what tells one key from another without telling it."""
    return hashlib.sha256(b"konektor forget list\0" + key).hexdigest()[:16]


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as packed:
            yield from packed
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveRefused("this is no backup, or it was cut off; take another one") from error


def _heading_of(read: object) -> Heading:
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise ArchiveRefused("the backup is in a form this version does not read; use the version that made it")
    return Heading(
        brand=str(read["brand"]),
        revision=str(read["revision"]),
        taken_at=datetime.fromisoformat(read["taken_at"]),
        version=str(read["version"]),
    )


def _read_json(line: bytes) -> object:
    try:
        read: object = json.loads(line or b"null")
    except ValueError as error:
        raise ArchiveRefused("the backup holds what is no JSON; take another one") from error
    return read
