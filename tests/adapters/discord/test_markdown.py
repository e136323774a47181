"""Members see the characters that were meant, and nothing in them is obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.markdown import escape, fit_escaped, render, rendered_length
from bot.messages import Span
from tests.servers.discord_markdown import links, shown

_NASTY = st.text(alphabet=st.sampled_from("*_~|`[]()<>@#-+.:\\ \n\t1aé😀>"), max_size=40)
_PIECES = st.sampled_from([
    "@everyone", "@here", "<@123456789012345678>", "<@&123456789012345678>", "<#123456789012345678>", ":smile:",
    "[x](https://evil.example)", "# heading", "- item", "1. first", "> quote", "-# small", "```code```", "||spoiler||",
    "https://e.example/a_b?c=*d*", " ", "\n", "word", "(https://e.example/x)", "<https://e.example/y>", "\\", "**b**",
])  # fmt: skip


@given(st.one_of(_NASTY, st.lists(_PIECES, max_size=8).map("".join)))
def test_escaped_text_is_seen_as_it_was(text: str) -> None:
    """Whatever the characters, Discord shows exactly them."""
    assert shown(escape(text)) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[Free Nitro](https://evil.example)", r"\[Free Nitro\](https://evil.example)"),
        ("@everyone @here", r"\@everyone \@here"),
        ("<@123456789012345678>", r"\<@123456789012345678>"),
        ("# Big\n## Less", "\\# Big\n\\## Less"),
        ("#kopi #pagi", "#kopi #pagi"),
        ("- a\n1. b\n> c\n-# d", "\\- a\n1\\. b\n\\> c\n\\-# d"),
        ("3.5 kg - ok > yes", "3.5 kg - ok > yes"),
        ("snake_case *x* ~~y~~ ||z|| `q`", r"snake\_case \*x\* \~\~y\~\~ \|\|z\|\| \`q\`"),
        (":smile: at 10:30", r"\:smile: at 10:30"),
        ("¯\\_(ツ)_/¯", "¯\\\\\\_(ツ)\\_/¯"),
        ("https://e.example/a_b*c", "https://e.example/a_b*c"),
        ("(see https://e.example/x).", "(see https://e.example/x)."),
        ("<https://e.example>", r"\<<https://e.example>>"),
    ],
)
def test_only_what_needs_it_is_escaped(text: str, escaped: str) -> None:
    """Escapes are few, links stay whole, and ordinary punctuation stays as it is."""
    assert escape(text) == escaped


@given(
    st.sampled_from(["", "Read ", "(", "**", "<", "# ", "a\n"]),
    st.sampled_from(["", ".", ")", " now", "*", "]", ">", "_x_"]),
)
def test_a_link_can_be_pressed(before: str, after: str) -> None:
    """A link in a text leads where it says, whatever stands around it."""
    link = "https://kopitani.example/2026/v60_guide?utm_source=discord"
    expected = link + ("_x_" if after == "_x_" else "*" if after == "*" else "")
    assert links(escape(before + link + after)) == [expected]


@pytest.mark.parametrize(
    ("spans", "markdown"),
    [
        ([Span(text="New: ", style="bold"), Span(text="V60", style="bold")], "**New: V60**"),
        ([Span(text=" pour ", style="italic")], " *pour* "),
        ([Span(text="a", style="bold"), Span(text="b", style="italic")], "**a**\u200b*b*"),
        ([Span(text="Guide [1]", url="https://e.example/(x)")], r"[Guide \[1\]](https://e.example/%28x%29)"),
        ([Span(text="https://e.example", url="https://e.example")], "https://e.example"),
        ([Span(text="https://bank.example", url="https://e.example")], "https://bank.example (https://e.example)"),
        ([Span(text="press", url="javascript:alert(1)")], "press"),
        ([Span(text="g = 15", style="code")], "`g = 15`"),
        ([Span(text="a`b", style="code")], r"a\`b"),
        ([Span(text="a\nb", style="code")], "```\na\nb\n```"),
        ([Span(text="Dewi:"), Span(text="# a\nb", style="quote"), Span(text="Yes")], "Dewi:\n> \\# a\n> b\nYes"),
        ([Span(text="see https://e.example"), Span(text="!", style="bold")], "see <https://e.example>**!**"),
    ],
)
def test_styles_become_markdown(spans: list[Span], markdown: str) -> None:
    """Each style has one way of being written, and text inside it stays text."""
    assert render(spans).text == markdown


@given(_NASTY, st.sampled_from(["plain", "bold", "italic"]))
def test_a_style_changes_no_character(text: str, style: str) -> None:
    """Styled text shows the characters it had."""
    assert shown(render([Span(text="x " + text + " y", style=style)]).text) == "x " + text + " y"


@given(st.lists(st.builds(Span, text=_NASTY), max_size=4))
def test_rendered_length_is_what_is_sent(spans: list[Span]) -> None:
    """The length that is told is the length of what goes out."""
    assert rendered_length(spans) == len(render(spans).text)


@given(_NASTY, st.integers(min_value=2, max_value=30))
def test_a_title_fits_its_limit(title: str, length: int) -> None:
    """A cut title is within the limit and ends with an ellipsis."""
    fitted = fit_escaped(title, length)
    assert len(fitted) <= length
    assert fitted == escape(title) or fitted.endswith("…")
