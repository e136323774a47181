"""What the README tells a newcomer to write is a complete configuration."""

from __future__ import annotations

import re
from pathlib import Path

from adapters import catalog
from bot.config.load import load
from tests.rules.repository import ROOT


def test_the_example_is_complete(tmp_path: Path) -> None:
    """The first YAML of the README is read without a single problem."""
    example = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "config.yaml").write_text(example[1], encoding="utf-8")
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "faq.yaml").write_text("- {id: ship, question: Do you ship?, answer: We do.}\n")

    loaded = load(tmp_path / "config.yaml", kinds=catalog.kinds(), environment={"TELEGRAM_TOKEN": "123456:" + "a" * 35})

    assert loaded.problems == ()
