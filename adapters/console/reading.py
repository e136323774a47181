"""Lines from a file descriptor, without ever holding up the loop or the end of the process."""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from collections.abc import Callable, Iterator


def start_reading(source: int, put: Callable[[str | None], None]) -> None:
    """Call `put` in the running loop with each line of `source`, and with None at its end.

    Works alike for terminals, pipes and files, which no single facility of asyncio does. The thread is a daemon that
    reads the descriptor itself: one that waits inside `sys.stdin` holds its lock and breaks the interpreter's exit.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            for line in _lines(source):
                loop.call_soon_threadsafe(put, line)
            loop.call_soon_threadsafe(put, None)
        except RuntimeError:
            return  # the loop is closed: nobody listens any more

    threading.Thread(target=read, name="console-reader", daemon=True).start()


def _lines(source: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    while chunk := _read(source):
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from lines
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest


def _read(source: int) -> bytes:
    try:
        return os.read(source, 65536)
    except OSError:
        return b""  # a terminal that was hung up, or a descriptor closed by its owner: the end, as for a file
