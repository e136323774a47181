"""feedparser alone, one feed after another, in a process of its own, for `benchmarks.feeds`."""

from __future__ import annotations

import json
import sys
import time
import urllib.request

import feedparser  # type: ignore[import-untyped]  # feedparser ships no types


def read_rounds(port: int, count: int) -> float:
    """Read all feeds, let some publish, and return how many seconds reading all again takes."""
    addresses = [f"http://127.0.0.1:{port}/{number}" for number in range(count)]
    etags = {address: feedparser.parse(address).get("etag") for address in addresses}
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/turn", timeout=60):
        pass
    began = time.perf_counter()
    for address in addresses:
        feedparser.parse(address, etag=etags[address])
    return time.perf_counter() - began


def main() -> None:
    """Measure and print, as `benchmarks.feeds` has it."""
    print(json.dumps({"seconds": read_rounds(int(sys.argv[1]), int(sys.argv[2]))}))
