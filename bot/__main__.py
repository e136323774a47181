"""`python -m bot` is `konektor`."""

from __future__ import annotations

import os
import sys

#: One service is one loop with small sums to do. BLAS reads this when numpy is first imported; its threads would spin
#: while they wait, and on a busy machine of two cores that makes every answer twenty times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251  # written, not read, and before anything reads it


def main() -> None:
    """Run the command line."""
    try:
        from bot.cli.start import start  # noqa: PLC0415  # an impatient Ctrl-C during the imports is no traceback either

        code = start(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
