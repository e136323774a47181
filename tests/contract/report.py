"""The contract suite's report: every case on every platform, passed or left out, and then for which reason.

Here belong the table and how it is made of pytest's reports; which cases there are is the suite's.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

SUITE = "tests/contract/test_platform_contract.py"
#: Where the table is written, below the folder pytest runs in.
FILE = Path("build") / "contract.md"
#: A test's name: its class, function, platform (with the road its events come by), and what else it is given.
_NODE = re.compile(rf"{re.escape(SUITE)}::\w+::test_(\w+)\[([a-z]+(?:-webhook)?)(?:-(.*))?\]$")
#: The worst of a test's three parts counts.
_WORST = {"passed": 0, "skipped": 1, "failed": 2}


class ContractReport:
    """Gathers what became of each case on each platform; registered as a pytest plugin where results come together."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        #: By case and platform: passed, skipped or failed, and why.
        self._found: dict[tuple[str, str], tuple[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one part (setup, call or teardown) of one test."""
        named = _NODE.search(report.nodeid)
        if named is None:
            return
        case = named[1].replace("_", " ") + (f": {named[3]}" if named[3] else "")
        known, _ = self._found.get((case, named[2]), ("passed", ""))
        if _WORST[report.outcome] >= _WORST[known]:
            self._found[case, named[2]] = (report.outcome, _reason(report))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the table, and say in one line where it is and what it comes to."""
        if not self._found:
            return
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(self.table(), encoding="utf-8")
        counts = Counter(outcome for outcome, _ in self._found.values())
        cases, platforms = ({key[part] for key in self._found} for part in (0, 1))
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in _WORST if counts[outcome])
        terminalreporter.write_line(
            f"contract: {len(cases)} cases on {len(platforms)} platforms: {told}; each with its reason in {FILE}"
        )

    def table(self) -> str:
        """Return the table as Markdown: a row per case, a column per platform, and the reasons below it."""
        platforms = sorted({platform for _, platform in self._found})
        reasons = sorted({why for outcome, why in self._found.values() if outcome != "passed"})
        cases = dict.fromkeys(case for case, _ in self._found)
        rows = [
            ["case", *platforms],
            ["---"] * (len(platforms) + 1),
            *([case, *(self._cell(case, platform, reasons) for platform in platforms)] for case in cases),
        ]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([*lines, "", *(f"{number}. {why}" for number, why in enumerate(reasons, 1)), ""])

    def _cell(self, case: str, platform: str, reasons: list[str]) -> str:
        outcome, why = self._found.get((case, platform), ("not run", ""))
        return f"{outcome} ({reasons.index(why) + 1})" if why in reasons and outcome != "passed" else outcome


def _reason(report: pytest.TestReport) -> str:
    if report.outcome == "passed":
        return ""
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext.strip().splitlines()[-1]
    return told.removeprefix("Skipped: ") or "no reason given"
