"""Secrets come from the environment, and are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.secrets import ReferenceRefused, blot_tokens, expand, find_tokens
from tests.unit.config.platforms import TEN_LINES, load_text, shown

TELEGRAM = "123456789:" + "AAF-x9" * 5 + "AbCdE"
DISCORD = "MTE4NDQ2NzIyMzM0NDU1NjY3" + "." + "GhIjKl" + "." + "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789ab"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${A}", "one"),
        ("x${A}y${A}z", "xoneyonez"),
        ("${A:-default}", "one"),
        ("${B:-default}", "default"),
        ("${B:-}", ""),
        ("${EMPTY:-default}", "default"),
        ("${A:?do something}", "one"),
        ("$${A}", "${A}"),
        ("$A costs $5", "$A costs $5"),
        ("${B:-sqlite:///data/x.db}", "sqlite:///data/x.db"),
    ],
)
def test_a_reference_is_filled_in(text: str, expected: str) -> None:
    """As in a shell, an empty variable counting as not set."""
    assert expand(text, {"A": "one", "EMPTY": ""})[0] == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${B}", "the environment variable B is not set; set it"),
        ("${B:?ask the tower}", "the environment variable B is not set: ask the tower"),
        ("${EMPTY}", "the environment variable EMPTY is not set"),
        ("${}", "is written ${NAME}"),
        ("${A", "is written ${NAME}"),
        ("${A-b}", "is written ${NAME}"),
    ],
)
def test_a_reference_that_can_not_be_filled_in_says_what_to_do(text: str, said: str) -> None:
    """The marketer's own words come first."""
    with pytest.raises(ReferenceRefused) as refused:
        expand(text, {"A": "one", "EMPTY": ""})
    assert said in str(refused.value)


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    """As container secrets are: VAR_FILE names it, and its final line end is no part of it."""
    path = tmp_path / "token"
    path.write_text("from a file\n", encoding="utf-8")
    assert expand("${A}", {"A_FILE": str(path)})[0] == "from a file"
    with pytest.raises(ReferenceRefused, match="A_FILE"):
        expand("${A}", {"A_FILE": str(tmp_path / "nowhere")})


@pytest.mark.parametrize("token", [TELEGRAM, DISCORD, "xoxb-1234567890-abcdef", "ghp_" + "a1B2" * 9, "sk-" + "x" * 30])
def test_what_looks_like_a_token_is_found_and_blotted_out(token: str) -> None:
    """Whatever stands around it."""
    line = f'  token: "{token}" # {token}'
    assert [column for column, _ in find_tokens(line)] == [10, line.index("#") + 2]
    assert token not in blot_tokens(line)
    assert len(blot_tokens(line)) == len(line)


@pytest.mark.parametrize(
    "line",
    [
        'chat: "-1001234567890"',
        'server: "1122334455667788990"',
        'url: "${DATABASE_URL:-sqlite:///data/konektor.db}"',
        "url: postgresql://konektor@localhost:5432/konektor",
        "url: https://kopitani.example/a@b:c/feed.xml",
        "when: 2026-12-24T09:00:00+07:00",
        'token: "${TELEGRAM_TOKEN:?create one with @BotFather}"',
    ],
)
def test_what_is_no_token_is_left_alone(line: str) -> None:
    """Ids, addresses and references are written in the file."""
    assert list(find_tokens(line)) == []


def _problems(tmp_path: Path, section: str, **environment: str) -> str:
    loaded = load_text(TEN_LINES + section, tmp_path, environment=environment)
    assert loaded.brand is None
    return "\n".join(map(str, loaded.problems))


def test_a_token_in_the_file_is_refused_and_not_shown(tmp_path: Path) -> None:
    """Not even in the line that is shown with the error, nor in a comment."""
    said = _problems(tmp_path, f"platforms: {{tower: {{token: '{TELEGRAM}'}}}} # {DISCORD}\n")
    assert "10:29: error: a Telegram bot token is written here" in said
    assert "a Discord bot token is written here" in said
    assert TELEGRAM not in said
    assert DISCORD not in said


def test_a_secret_that_looks_like_nothing_is_refused_too(tmp_path: Path) -> None:
    """What the adapter calls a secret stands in the environment, whatever it looks like."""
    section = "platforms: {tower: {token: hunter2}}\n"
    said = shown(load_text(TEN_LINES + section, tmp_path))
    hint = 'write "${TOKEN}" and set that variable in the environment'
    assert said == [f"10:28 error token is a secret and must not be written here; {hint}"]


def test_a_secret_that_is_refused_is_not_shown(tmp_path: Path) -> None:
    """Nor in the line that is shown beside another mistake in it."""
    for text in (
        TEN_LINES + "platforms: {tower: {token: hunter2, colour: red}}\n",
        TEN_LINES + "answers: {model: {provider: openai, key: hunter2}}\n",
    ):
        problems = load_text(text, tmp_path).problems
        assert len(problems) > 1
        assert not [problem for problem in problems if "hunter2" in str(problem) + problem.excerpt]


def test_a_password_in_an_address_is_refused(tmp_path: Path) -> None:
    """The database's address belongs in the environment when it holds one."""
    said = _problems(tmp_path, "store: {url: postgresql://konektor:hunter2@db/konektor}\n")
    assert "a password in an address is written here" in said
    assert "hunter2" not in said


def test_what_a_variable_holds_is_not_shown_when_it_is_wrong(tmp_path: Path) -> None:
    """The error names the variable's place in the file, never its value."""
    said = _problems(tmp_path, "answers: {confidence: '${SURE}'}\n", SURE="hunter2-value")
    assert '"${SURE}" is no confidence' in said
    assert "hunter2" not in said
