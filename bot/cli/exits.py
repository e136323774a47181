"""Exit codes, and which one an error means."""

from __future__ import annotations

from bot.errors import ConfigRefused, KonektorError, PlatformFault

OK = 0
FAILED = 1
USAGE = 2
CONFIG_REFUSED = 3
WARNINGS = 4
PLATFORM_REFUSED = 5
INTERRUPTED = 130


class Misused(KonektorError):
    """The command line asks for what is not there; the text says what can be asked for."""


def exit_code_of(error: BaseException) -> int:
    """Return what the process ends with after `error`."""
    match error:
        case Misused():
            return USAGE
        case ConfigRefused():
            return CONFIG_REFUSED
        case PlatformFault():
            return PLATFORM_REFUSED
        case KeyboardInterrupt():
            return INTERRUPTED
        case _:
            return FAILED
