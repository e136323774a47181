"""`python -m bot` is `konektor`."""

from __future__ import annotations

import sys


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
