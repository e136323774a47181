"""From the arguments to an exit code: whatever ends a command early is reported here, in the form it was asked for."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from typer.exceptions import TyperException

from bot.cli.app import app
from bot.cli.exits import FAILED, INTERRUPTED, OK, USAGE, exit_code_of
from bot.cli.output import print_error, tell
from bot.errors import KonektorError

#: Options under which a command's output is for programs, its errors included.
_FOR_PROGRAMS = frozenset({"--json", "--batch"})


def start(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name and return its exit code. Tracebacks are shown only with --debug."""
    given = _options_of(arguments)
    as_json, debug = bool(given & _FOR_PROGRAMS), "--debug" in given
    try:
        code = app(args=list(arguments), prog_name="konektor", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as misuse:
        return _report_misuse(misuse, as_json=as_json)
    except BaseException as error:  # noqa: BLE001  # a person is told what ended the command, and not by a traceback
        return report(error, as_json=as_json, debug=debug)
    return code if isinstance(code, int) else OK


def _options_of(arguments: Sequence[str]) -> frozenset[str]:
    """Which options stand in `arguments`, without their values; what comes after -- is no option."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return frozenset(argument.partition("=")[0] for argument in before)


def _report_misuse(misuse: TyperException, *, as_json: bool) -> int:
    if as_json:
        print_error(misuse.format_message(), kind="Misused", code=USAGE, as_json=True)
    else:
        # every one of typer's own shows the usage with what is wrong; the public root of them has no word for it
        getattr(misuse, "show", lambda: tell(f"error: {misuse.format_message()}"))()
    return USAGE


def report(error: BaseException, *, as_json: bool, debug: bool) -> int:
    """Say what ended a command, and return its exit code."""
    error = _main_part(error)
    match error:
        case SystemExit():
            return error.code if isinstance(error.code, int) else FAILED
        case BrokenPipeError():
            return _leave_closed_pipe()
        case KeyboardInterrupt():
            return INTERRUPTED
    code = exit_code_of(error)
    if debug:
        tell("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, KonektorError):
        print_error(error, kind=type(error).__name__, code=code, as_json=as_json)
    elif as_json or not debug:
        said = f"{type(error).__name__}: {error}; this should not happen: please report what `--debug` prints"
        print_error(said, kind=type(error).__name__, code=code, as_json=as_json)
    return code


def _main_part(error: BaseException) -> BaseException:
    """Return the one error out of a group that says most: one nobody expected, else the first."""
    while isinstance(error, BaseExceptionGroup):
        _, unexpected = error.split(KonektorError)
        error = (unexpected or error).exceptions[0]
    return error


def _leave_closed_pipe() -> int:
    """End quietly when whoever read the output has left; the interpreter's last flush must find an open end."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # a device, no path of ours
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return FAILED
