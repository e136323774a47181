"""How a problem is shown."""

from __future__ import annotations

from bot.config.problem import Origin


def _shown(line: str, column: int) -> str:
    origin = Origin(file="c.yaml", lines=(line,), blot=lambda text: text.replace("secret", "••••••"))
    return str(origin.problem(0, column, "wrong: secret", hint="do better"))


def test_the_caret_stands_under_the_place() -> None:
    """Counted as a terminal draws: a wide letter takes two columns, a tab stays a tab, an accent none."""
    assert _shown("a: b", 3).split("\n") == ["c.yaml:1:4: error: wrong: ••••••; do better", "a: b", "   ^"]
    assert _shown("コ: b", 3).split("\n")[2] == "    ^"
    assert _shown("\ta: b", 4).split("\n")[2] == "\t   ^"
    assert _shown("e\N{COMBINING ACUTE ACCENT}: b", 4).split("\n")[2] == "   ^"


def test_a_long_line_is_cut_around_the_place() -> None:
    """What matters stays in sight."""
    shown = _shown("x" * 300 + "HERE" + "y" * 300, 300).split("\n")
    assert len(shown[1]) < 200
    assert shown[1][len(shown[2]) - 1 :].startswith("HERE")


def test_what_is_secret_is_dotted_out() -> None:
    """In the message and in the line."""
    assert "secret" not in _shown("a: secret", 3)
    assert _shown("a: secret", 3).split("\n")[1] == "a: ••••••"
