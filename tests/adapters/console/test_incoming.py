"""How a line typed at the terminal is read."""

from __future__ import annotations

import re

import pytest

from adapters.console.incoming import Commanded, Left, Line, Said, Switched, read_line
from adapters.console.settings import KIND
from tests.contract.harness import COMMANDS


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("berapa harganya?\r", Said(text="berapa harganya?")),
        ("1/2 sendok", Said(text="1/2 sendok")),
        ("/ 2", Said(text="/ 2")),
        ("/top", Commanded(name="top", arguments="")),
        ("/Teratas 5 ", Commanded(name="top", arguments="5")),
        ("/me", Commanded(name="me", arguments="")),
        ("/as Dewi Lestari", Switched(name="Dewi Lestari", person_id="dewi-lestari")),
        ("/quit", Left()),
        ("", None),
        ("   ", None),
        ("/as", None),
        ("/as !!", None),
    ],
)
def test_a_line_is_one_of_four_things(line: str, read: Line | None) -> None:
    """Something said, a command, another speaker or the end; a blank line is nothing."""
    assert read_line(line, COMMANDS) == read


def test_a_speakers_id_is_one_the_configuration_knows() -> None:
    """Whoever speaks can be named under `people`."""
    line = read_line("/as " + "Nuñez (owner) " * 20, COMMANDS)
    assert isinstance(line, Switched)
    assert re.search(KIND.person_id_pattern, line.person_id) is not None
