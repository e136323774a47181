"""What `web:` says, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import catalog
from bot.brand import Web
from bot.config.load import Loaded, load

FILE = """brand: {name: Kopi}
communities:
  warung: {platform: sandbox}
sources:
  blog: {type: feed, url: "https://kopi.example/feed.xml"}
campaigns:
  posts: {from: blog, to: [warung], when: "weekdays 09:00"}
"""


def _load(folder: Path, web: str, **environment: str) -> Loaded:
    path = folder / "config.yaml"
    path.write_text(FILE + web, encoding="utf-8")
    return load(path, kinds=catalog.kinds(), environment=environment)


@pytest.mark.parametrize(
    ("written", "web"),
    [
        ("", None),
        ("web: {}", Web(host="127.0.0.1", port=8080)),
        ('web: {bind: "[::1]:9000"}', Web(host="::1", port=9000)),
        ('web: {bind: "localhost:9000", password: "${P:-}"}', Web(host="localhost", port=9000)),
        (
            'web: {bind: "0.0.0.0:80", password: "${P}", public_url: "https://bot.example/"}',
            Web(host="0.0.0.0", port=80, password="longer-than-8", public_url="https://bot.example"),  # noqa: S104
        ),
    ],
)
def test_it_is_served_only_where_the_file_says(tmp_path: Path, written: str, web: Web | None) -> None:
    """Nothing without `web:`; an unset password is none."""
    assert _load(tmp_path, written, P="longer-than-8" if "${P}" in written else "").brand_or_refuse().web == web


@pytest.mark.parametrize("bind", ["0.0.0.0:8080", "192.168.1.5:8080", "[::]:8080", "konektor.example:80"])
def test_nobody_else_gets_in_without_a_password(tmp_path: Path, bind: str) -> None:
    """What others can reach is refused until there is one, and the message says how."""
    loaded = _load(tmp_path, f'web: {{bind: "{bind}"}}')

    assert loaded.brand is None
    (problem,) = loaded.errors
    assert problem.line == 8
    assert bind in problem.message
    assert "WEB_PASSWORD" in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize("bind", ["8080", "127.0.0.1", "127.0.0.1:80800", "http://127.0.0.1:8080", "a b:1"])
def test_what_is_no_address_is_refused(tmp_path: Path, bind: str) -> None:
    """With an example of one."""
    (problem,) = _load(tmp_path, f'web: {{bind: "{bind}"}}').errors

    assert "127.0.0.1:8080" in f"{problem.message} {problem.hint}"


def test_a_password_is_never_printed(tmp_path: Path) -> None:
    """Not in what a settings object shows of itself."""
    brand = _load(tmp_path, 'web: {password: "${P}"}', P="longer-than-8").brand_or_refuse()

    assert "longer-than-8" not in repr(brand)
