"""Logs: one line per thing that happened, on one stream, and never a secret in it.

`configure` is called once, at start; everybody else writes `structlog.get_logger()` and passes facts as keywords. What
libraries log through `logging` goes through the same handler, so it is redacted and formatted alike. Here nothing
decides what is worth a line, and nothing reads the configuration: its secrets are handed over.
"""

from __future__ import annotations

import json as json_text
import logging
import re
import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import TracebackType
from typing import TextIO, TypeAlias
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

#: What stands in a secret's place.
REDACTED = "[redacted]"

#: A configured secret shorter than this would take ordinary words out of every line; it is no secret either.
SHORTEST_SECRET = 4

#: How deep a value's own parts are looked through one by one; what lies deeper is looked through as text.
_DEPTH = 6

#: What looks like a secret wherever it stands → what is left of it.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # A Telegram bot token: the bot's id, a colon, 35 characters.
    (re.compile(r"(?<!\d)\d{6,}:[A-Za-z0-9_-]{30,}"), REDACTED),
    # A Discord bot token: the bot's id, the time and a signature, each in base64.
    (re.compile(r"(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), REDACTED),
    # RFC 9110, section 11.6.2, as a header line, in a dict or in a keyword.
    (
        re.compile(
            r"(?i)(authorization['\"]?\s{0,4}[:=,]\s{0,4}(?:b?['\"])?)(?:(?:basic|bearer|bot|digest)\s+)?[^\s'\",}]+"
        ),
        rf"\g<1>{REDACTED}",
    ),
    (re.compile(r"(?i)\b(basic|bearer|bot) [\w.~+/=-]{20,}"), rf"\g<1> {REDACTED}"),
    # RFC 3986, section 3.2.1: user and password in an address.
    (re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/?#'\"]*@"), rf"\g<1>{REDACTED}@"),
    # A parameter of an address.
    (
        re.compile(r"(?i)([?&;][\w.-]{0,40}(?:token|key|secret|password|signature)=)[^\s&#'\"]+"),
        rf"\g<1>{REDACTED}",
    ),
)

#: Names under which a whole value is a secret.
_SECRET_NAME = re.compile(r"(?i)(?:.*[_.-])?(?:token|secret|password|authorization|api_?key)")

Plain: TypeAlias = "str | int | float | bool | dict[str, Plain] | list[Plain] | None"


class Redactor:
    """Takes secrets out of texts and values: those it was given, and whatever looks like one."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _list_forms(secret)}
        # Longest first, so that a secret that begins with another one goes as a whole.
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._given = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def redact_text(self, text: str) -> str:
        """Return `text` with every secret replaced by `[redacted]`."""
        if self._given is not None:
            text = self._given.sub(REDACTED, text)
        for shape, left in _SHAPES:
            text = shape.sub(left, text)
        return text

    def redact(self, value: object, *, depth: int = _DEPTH) -> Plain:
        """Return `value` in the terms of JSON, redacted in all its parts; what is no such term becomes its text."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            text = str(value)
            redacted = self.redact_text(text)
            return value if redacted == text else redacted
        if depth and isinstance(value, Mapping):
            return {
                self.redact_text(str(name)): REDACTED
                if _SECRET_NAME.fullmatch(str(name))
                else self.redact(part, depth=depth - 1)
                for name, part in value.items()
            }
        if depth and isinstance(value, Sequence | AbstractSet) and not isinstance(value, str | bytes | bytearray):
            return [self.redact(part, depth=depth - 1) for part in value]
        return self.redact_text(str(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
        """Redact a whole line; the last step before it is written out."""
        redacted = self.redact(event_dict)
        return redacted if isinstance(redacted, dict) else {}


def configure(
    *,
    json: bool,
    level: int = logging.INFO,
    secrets: Sequence[str] = (),
    stream: TextIO | None = None,
    debug: bool = False,
    colours: bool = False,
) -> None:
    """Send every log line to `stream`; calling it again replaces what it set up before.

    Args:
        json: One JSON document per line (for a service), else lines for people.
        level: The least severe level to write, a number of `logging`; libraries are heard from WARNING on.
        secrets: What may never be written, as configured: tokens, passwords.
        stream: Where to write; standard error if not given.
        debug: Whether errors come with their traceback; otherwise one line says what and where.
        colours: Whether to colour lines for people.
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    draw: Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0)
    )
    handler = _Handler(stream or sys.stderr)
    handler.addFilter(_is_worth_a_line)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _show_traceback if debug else _name_error,
                Redactor(secrets),
                draw,
            ],
        )
    )
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines, and keeps quiet about the content of one that could not be written."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name `logging` gave it
        """Say which logger's line is lost: `logging` itself would print its arguments, unredacted."""
        kind = sys.exc_info()[0]
        why = kind.__name__ if kind else "unknown"
        try:
            self.stream.write(f"a log line of {record.name} (line {record.lineno}) could not be written: {why}\n")
        except (OSError, ValueError):
            return  # the stream itself is gone: there is nobody left to tell


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Leave out what libraries chatter: a line per request or poll, in httpx's case with a token in its address."""
    is_ours = isinstance(record.msg, dict)  # structlog hands its facts over as a dict, libraries a text
    return is_ours or record.levelno >= logging.WARNING


def _list_forms(secret: str) -> set[str]:
    """Return how `secret` may be spelt: as it is, in an address, in JSON, in Python."""
    return {secret, quote(secret, safe=""), json_text.dumps(secret)[1:-1], repr(secret)[1:-1]}


def _find_error(
    value: ExcInfo | BaseException | bool | None,  # noqa: FBT001 - what `exc_info` may be
) -> BaseException | None:
    """Return the error meant by `exc_info`, in any of the ways that `logging` and structlog take it."""
    if isinstance(value, BaseException):
        return value
    if isinstance(value, tuple):
        return value[1]
    return sys.exc_info()[1] if value else None


def _name_error(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Say in one line which error it was and where it came from, instead of a traceback."""
    error = _find_error(event_dict.pop("exc_info", None))
    event_dict.pop("stack_info", None)
    if error is not None:
        event_dict["error"] = f"{type(error).__name__}: {error}"
        if error.__traceback__ is not None:
            event_dict["raised_at"] = _find_place(error.__traceback__)
    return event_dict


def _find_place(traceback: TracebackType) -> str:
    """Return `module:line` of the innermost frame."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno}"


def _show_traceback(logger: WrappedLogger, method: str, event_dict: EventDict) -> EventDict:
    """Write the traceback into the line, as text that is redacted like any other."""
    error = _find_error(event_dict.pop("exc_info", None))
    if error is not None:
        event_dict["exc_info"] = error
        return structlog.processors.format_exc_info(logger, method, event_dict)
    return event_dict
