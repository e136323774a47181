"""The core decides by a platform's limits and traits, never by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.rules.repository import ROOT, list_adapters

#: Where a platform may be named, and why.
ALLOWED = (
    "bot/demo",  # plays its week on the sandbox by name: a show for people, which nothing of the service imports
    "bot/config/secrets.py",  # tells people whose token they wrote into the file; decides nothing by it
)

#: Adapters whose names are words that libraries use as well (rich.console, jinja2.sandbox): for these, only a text that
#: is the name and nothing else counts.
ORDINARY = frozenset({"console", "sandbox"})


def list_core_files() -> list[str]:
    """Return every module of the core that must know no platform."""
    names = (path.relative_to(ROOT).as_posix() for path in (ROOT / "bot").rglob("*.py"))
    return sorted(name for name in names if not name.startswith(ALLOWED))


def list_docstrings(tree: ast.AST) -> Iterator[int]:
    """Yield the identity of each docstring node, which may name platforms as examples."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield id(first.value)


def find_names(source: str, platforms: set[str]) -> list[str]:
    """Return `line: word` for each text literal or identifier of `source` that is or holds a platform's name."""
    wanted = re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(platforms - ORDINARY))})(?![a-z])", re.IGNORECASE)
    tree = ast.parse(source)
    docstrings = set(list_docstrings(tree))
    found = []
    for node in ast.walk(tree):
        if id(node) in docstrings:
            continue
        for _, word in ast.iter_fields(node):
            named = isinstance(word, str) and wanted.search(word)
            if named or (isinstance(node, ast.Constant) and word in ORDINARY & platforms):
                found.append(f"{getattr(node, 'lineno', 0)}: {word}")
    return found


@pytest.mark.parametrize("name", list_core_files())
def test_the_core_names_no_platform(name: str) -> None:
    """No literal, variable, function, class or import of the core carries a platform's name."""
    platforms = {*list_adapters(), "telegram", "discord", "matrix", "plurk", "mastodon", "bluesky", "facebook"}

    assert find_names((ROOT / name).read_text(), platforms) == []


@pytest.mark.parametrize(
    "source",
    [
        'if platform == "telegram": pass',
        'if platform == "sandbox": pass',
        "import telegram",
        "telegram_limit = 4096",
        "def post_to_telegram(): pass",
    ],
)
def test_a_platform_named_in_code_is_noticed(source: str) -> None:
    """A comparison, an import, a variable and a function are all seen."""
    assert len(find_names(source, {"telegram", "sandbox"})) == 1


def test_a_platform_named_for_a_reader_is_not_code() -> None:
    """A docstring and a comment may give an example."""
    assert find_names('"""Telegram does this."""\n# so does Telegram\n', {"telegram"}) == []


def test_a_library_may_have_a_platforms_name() -> None:
    """Jinja2's sandbox and rich's console are no platforms."""
    source = "from jinja2.sandbox import SandboxedEnvironment\nfrom rich.console import Console\n"

    assert find_names(source, {"telegram", "sandbox", "console"}) == []
