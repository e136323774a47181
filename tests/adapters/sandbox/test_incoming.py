"""How a line typed by a member is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sandbox.incoming import Typed, read_typed
from tests.contract.harness import COMMANDS

HANDLES = frozenset({"bot", "tani"})
MEMBERS = {"dewi": "u1", "budi.s": "u2"}


def _read(line: str) -> Typed:
    return read_typed(line, handles=HANDLES, commands=COMMANDS, members=MEMBERS)


@pytest.mark.parametrize(
    ("line", "command", "arguments"),
    [
        ("/top", "top", ""),
        ("  /TOP  ", "top", ""),
        ("/teratas 5", "top", "5"),
        ("/top@tani 5 lagi", "top", "5 lagi"),
        ("/shrug", "shrug", ""),
    ],
)
def test_a_slash_and_a_word_are_a_command_in_any_language(line: str, command: str, arguments: str) -> None:
    """The canonical name comes out, whatever language the member typed; an unknown command keeps its own."""
    assert _read(line) == Typed(command=command, text=arguments, mentions_bot=True, mentions=())


@pytest.mark.parametrize("line", ["/top@other", "/", "/ top", "5/top", "1/2 sendok", "/2 sendok", "http://top"])
def test_what_only_looks_like_a_command_is_text(line: str) -> None:
    """Fractions, addresses and commands for another bot stay what they are."""
    assert _read(line) == Typed(command=None, text=line, mentions_bot=False, mentions=())


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("@tani berapa?", "berapa?"),
        ("@Tani, berapa?", "berapa?"),
        ("@bot: berapa?", "berapa?"),
        ("berapa ya @TANI", "berapa ya"),
        ("berapa @tani ya?", "berapa ya?"),
        ("@tani", ""),
        ("@tani?", "?"),
    ],
)
def test_a_mention_of_the_bot_is_taken_out(line: str, text: str) -> None:
    """What is left reads as if the bot had been addressed by a glance."""
    assert _read(line) == Typed(command=None, text=text, mentions_bot=True, mentions=())


@pytest.mark.parametrize("line", ["mail@tani.example", "@tanisha halo", "tani enak", "@@tani", "@tani-fans"])
def test_other_words_do_not_address_the_bot(line: str) -> None:
    """A mail address, a longer name and the bare word are not mentions."""
    assert _read(line) == Typed(command=None, text=line, mentions_bot=False, mentions=())


def test_members_named_are_told_apart_and_stay_in_the_text() -> None:
    """Each member named is listed once, in order; strangers are not."""
    assert _read("@Budi.S sama @dewi, kata @siapa @dewi benar") == Typed(
        command=None, text="@Budi.S sama @dewi, kata @siapa @dewi benar", mentions_bot=False, mentions=("u2", "u1")
    )


@given(st.text(alphabet=st.characters(exclude_characters="@/", exclude_categories=["Cs"])))
def test_text_without_marks_only_loses_its_edges(line: str) -> None:
    """Nothing is changed in a line that names nobody and orders nothing."""
    assert _read(line) == Typed(command=None, text=line.strip(), mentions_bot=False, mentions=())
