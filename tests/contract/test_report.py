"""The report of the contract suite says what became of each case on each platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from tests.contract.report import SUITE, ContractReport


def _report(
    name: str, outcome: Literal["passed", "failed", "skipped"], *, longrepr: Any = None, when: str = "call"
) -> pytest.TestReport:
    node = f"{SUITE}::TestWhatGoesOut::{name}"
    return pytest.TestReport(node, (SUITE, 1, name), {}, outcome, longrepr, when)  # type: ignore[arg-type]  # a phase's name


def test_each_case_has_a_cell_for_each_platform(tmp_path: Path) -> None:
    """A skip and a failure name their reason, what was not run says so, and the worst part of a test counts."""
    found = ContractReport(tmp_path)
    skipped = (SUITE, 7, "Skipped: a terminal has no reactions")
    for report in (
        _report("test_a_post_arrives[console]", "passed"),
        _report("test_a_post_arrives[discord]", "passed"),
        _report("test_a_post_arrives[discord]", "failed", longrepr="\nE assert 1 == 2", when="teardown"),
        _report("test_text_is_data[discord-html]", "passed"),
        _report("test_text_is_data[telegram-webhook-html]", "passed"),
        _report("test_a_reaction_comes[console]", "skipped", longrepr=skipped, when="setup"),
        _report("test_a_reaction_comes[console]", "passed", when="teardown"),
        _report("test_a_reaction_comes[discord]", "passed"),
    ):
        found.pytest_runtest_logreport(report)
    assert found.table() == (
        "| case | console | discord | telegram-webhook |\n"
        "| --- | --- | --- | --- |\n"
        "| a post arrives | passed | failed (1) | not run |\n"
        "| text is data: html | not run | passed | passed |\n"
        "| a reaction comes | skipped (2) | passed | not run |\n"
        "\n"
        "1. E assert 1 == 2\n"
        "2. a terminal has no reactions\n"
    )


def test_other_tests_are_none_of_its_business(tmp_path: Path) -> None:
    """Only the suite over the platforms is told of."""
    found = ContractReport(tmp_path)
    found.pytest_runtest_logreport(
        pytest.TestReport("tests/x.py::test_a[discord]", ("x", 1, "a"), {}, "passed", None, "call")
    )
    assert found.table() == "| case |\n| --- |\n\n"
