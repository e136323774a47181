"""What the image promises before any engine builds it; `make prove-image` replays its steps."""

from __future__ import annotations

import re

from tests.rules.repository import ROOT

STEPS = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]


def test_the_service_does_not_run_as_root() -> None:
    """The last USER is a number above zero, which an orchestrator can check without the image's user list."""
    users = [step.removeprefix("USER ") for step in STEPS if step.startswith("USER ")]

    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", users[-1])


def test_what_is_installed_is_pinned() -> None:
    """Each pip step takes pinned packages with their hashes, or the project alone."""
    loose = [
        step
        for step in STEPS
        if re.search(r"\bpip (install|wheel)\b", step) and not re.search(r"--require-hashes|--no-deps", step)
    ]

    assert loose == []


def test_bases_name_their_version() -> None:
    """No stage is built on whatever is newest today."""
    bases = [step.split()[1] for step in STEPS if step.startswith("FROM ")]

    assert bases
    assert [base for base in bases if not re.fullmatch(r"python:\d+\.\d+-slim", base)] == []


def test_what_is_not_the_product_stays_outside() -> None:
    """The image is built from named files alone: no .env, no database, no tests."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert "*" in ignored
    assert [line for line in ignored if line.startswith("!") and re.search(r"env|data|tests|\.git", line)] == []
