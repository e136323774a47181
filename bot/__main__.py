"""`python -m bot` is `konektor`."""

from __future__ import annotations

import gc
import os
import sys

#: One service is one loop with small sums to do. BLAS reads this when numpy is first imported; its threads would spin
#: while they wait, and on a busy machine of two cores that makes every answer twenty times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251  # written, not read, and before anything reads it
#: Looking for plugins of pydantic reads the metadata of every package installed, and none is ours.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # noqa: TID251  # same


def main() -> None:
    """Run the command line."""
    # what is imported stays: looking through it for garbage is a tenth of the time `check` takes. `running.run` turns
    # it on for commands that go on
    gc.disable()
    try:
        from bot.cli.start import start  # noqa: PLC0415  # an impatient Ctrl-C during the imports is no traceback either

        code = start(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
