"""`python -m benchmarks NAME [--json]`: runs one benchmark.

Exit code 0 when its target is met, 1 when it isn't or the benchmark can't run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module

#: As in bot.__main__: measured is what is run.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251  # written, not read

from benchmarks.outcome import CannotRun, Outcome, write_json, write_text

#: Name -> the module of this package that has `add_options(parser)` and `measure(options) -> Outcome`.
BENCHMARKS: Mapping[str, str] = {
    "answer_quality": "answer_quality",
    "connectors": "connectors",
    "fanout": "fanout",
    "faults": "faults",
    "feed_corpus": "feed_corpus",
    "feeds": "feeds",
    "import_history": "import_history",
    "ingest": "ingest",
    "ingest_scale": "ingest_scale",
    "irc": "irc",
    "join_in": "join_in",
    "lanes": "lanes",
    "planted": "planted",
    "recovery": "recovery",
    "replay": "replay",
    "start": "start",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark that is asked for and print what it found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    chosen = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    measures: dict[str, Callable[[argparse.Namespace], Outcome]] = {}
    for name, module_name in BENCHMARKS.items():
        module = import_module(f"benchmarks.{module_name}")
        own = chosen.add_parser(name, help=(module.__doc__ or "").splitlines()[0])
        own.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        module.add_options(own)
        measures[name] = module.measure
    options = parser.parse_args(arguments)
    try:
        outcome = measures[options.name](options)
    except CannotRun as reason:
        print(f"{options.name} can't run: {reason}", file=sys.stderr)
        return 1
    print(write_json(outcome) if options.json else write_text(outcome))
    return 0 if outcome.met else 1


if __name__ == "__main__":
    raise SystemExit(main())
