"""Files named on the command line, opened so that a person is told what to do when they can't be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.errors import SettingsFault


@contextmanager
def opened(path: Path, *, wanted: str) -> Iterator[IO[bytes]]:
    """Open a file to be read; raises SettingsFault, which asks for the file that is `wanted` ("a backup")."""
    try:
        file = path.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsFault(f"{path}: could not be read ({reason}); name {wanted}") from error
    with file:
        yield file
