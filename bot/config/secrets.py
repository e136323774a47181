"""`${VAR}` in the file, and the tokens that must not stand there.

Pure but for `VAR_FILE`, which names a file to read. What a variable holds is never part of a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

#: What is shorter is no secret, and to replace it would garble a message.
SHORTEST_SECRET = 4

_REFERENCE = re.compile(
    r"\$\$\{"  # a literal "${"
    r"|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<kind>:[-?])(?P<rest>[^{}]*))?\}"
    r"|(?P<broken>\$\{[^}]*\}?)"
)

#: What tokens look like, by what they are: the shapes their makers publish or print.
_TOKENS: Mapping[str, re.Pattern[str]] = {
    "a Telegram bot token": re.compile(r"(?<![\w-])\d{6,12}:[\w-]{35}(?![\w-])", re.ASCII),
    "a Discord bot token": re.compile(r"(?<![\w.-])[A-Z][\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,45}(?![\w-])", re.ASCII),
    "a Discord webhook address": re.compile(r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}", re.ASCII),
    "a Slack token": re.compile(r"\bxox[abeoprs]-[\w-]{10,}", re.ASCII),
    "a GitHub token": re.compile(r"\b(?:gh[oprsu]_|github_pat_)\w{20,}", re.ASCII),
    "an API key": re.compile(r"\bsk-[\w-]{20,}", re.ASCII),
    "a Matrix access token": re.compile(r"\bsyt_\w{4,}_\w{10,}", re.ASCII),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}", re.ASCII),
    "a password in an address": re.compile(r"(?<=://)[^\s/:@${}]*:[^\s/@${}]+(?=@)"),
}


def find_tokens(line: str) -> Iterator[tuple[int, str]]:
    """Give the column (from 0) and the kind of everything in `line` that looks like a token."""
    for kind, shape in _TOKENS.items():
        for match in shape.finditer(line):
            yield match.start(), kind


def blot_tokens(text: str) -> str:
    """Put dots in place of everything that looks like a token, keeping the length."""
    for shape in _TOKENS.values():
        text = shape.sub(lambda match: "•" * len(match[0]), text)
    return text


def blot_secrets(text: str, *, words: Sequence[str]) -> str:
    """Do the same, and with `words` that are known to be secrets, in place of which dots of the same length stand."""
    for word in words:
        if len(word) >= SHORTEST_SECRET:
            text = text.replace(word, "•" * len(word))
    return blot_tokens(text)


class ReferenceRefused(ValueError):
    """A `${…}` that can't be filled in; `written` is its text in the file."""

    def __init__(self, message: str, *, written: str) -> None:
        super().__init__(message)
        self.written = written


def has_reference(text: str) -> bool:
    """Whether any `${…}` stands in `text`."""
    return "${" in text


def expand(text: str, environment: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Fill in every `${VAR}`, `${VAR:-default}` and `${VAR:?message}`; `$${` is a literal `${`.

    A variable that is not set is read from the file `VAR_FILE` names, if that is set. An empty one counts as not set.
    Returns the text and what came from the environment, by value. Raises ReferenceRefused at the first that fails.
    """
    found: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        if match[0] == "$${":
            return "${"
        if match["broken"]:
            raise ReferenceRefused(
                "a reference to the environment is written ${NAME}, ${NAME:-default} or ${NAME:?what to do}",
                written=match[0],
            )
        value = _look_up(match["name"], environment, written=match[0])
        if value:
            found[value] = match[0]
            return value
        if match["kind"] == ":-":
            return str(match["rest"])
        what = f": {match['rest']}" if match["rest"] else f"; set it, or {match['name']}_FILE to a file that holds it"
        raise ReferenceRefused(f"the environment variable {match['name']} is not set{what}", written=match[0])

    return _REFERENCE.sub(fill, text), found


def _look_up(name: str, environment: Mapping[str, str], *, written: str) -> str:
    if environment.get(name):
        return environment[name]
    path = environment.get(f"{name}_FILE")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as failure:
        why = failure.strerror if isinstance(failure, OSError) else "it is not text"
        raise ReferenceRefused(
            f"the file that {name}_FILE names can't be read ({why}); correct the path or its rights", written=written
        ) from failure
