"""The guides for members name every command members have, in each language."""

from __future__ import annotations

import re

import pytest

from bot.conversation.commands import COMMANDS
from tests.rules.repository import ROOT


@pytest.mark.parametrize(("page", "language"), [("members.md", "en"), ("members.id.md", "id")])
def test_a_guide_names_every_command_and_no_other(page: str, language: str) -> None:
    """The table of each guide has the commands under the names of its language."""
    rows = re.findall(r"^\| `/(\w+)", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted(spec.names.get(language, spec.name) for spec in COMMANDS)
