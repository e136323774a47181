"""`python -m bot` is `konektor`."""

from __future__ import annotations

import os

#: One service is one loop with small sums to do. BLAS reads this when numpy is first imported, below; its threads would
#: spin while they wait, and on a busy machine of two cores that makes every answer twenty times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251  # written, not read, and before anything reads it

from bot.cli.app import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
