"""The editors' queue on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.driving import Driver


@pytest.fixture
def waiting(konektor: Driver, brand: Path) -> str:
    """A draft that waits for an editor; its id."""
    text = brand.read_text("utf-8").replace("language: id}", "language: id, quiet_hours: none, approval: always}")
    brand.write_text(text, "utf-8")
    assert konektor("announce", "Kami libur besok.", "--to", "warung", "-c", brand).code == 0
    passed = konektor("share", "--once", "--send", "-c", brand, "--json")
    assert passed.code == 0
    assert [line["verdict"] for line in passed.json] == ["hold"]
    (draft,) = konektor("review", "-c", brand, "--json").json
    assert (draft["version"], draft["community"], draft["text"]) == (1, "warung", "Kami libur besok.")
    return str(draft["id"])


def test_a_draft_is_approved_once(konektor: Driver, brand: Path, waiting: str) -> None:
    """What was decided is said, and deciding again is refused with what was decided."""
    older = konektor("approve", waiting, "--version", "7", "-c", brand)
    ran = konektor("approve", waiting, "-c", brand, "--json")
    again = konektor("reject", waiting, "--why", "too late", "-c", brand)

    assert (older.code, ran.code, again.code) == (2, 0, 2)
    assert ran.json == [{"id": waiting, "version": 1, "reason": "version 1 approved by the command line"}]
    assert "it is decided already: version 1 approved by the command line" in again.err
    assert konektor("review", "-c", brand, "--json").json == []


def test_a_draft_is_rejected_with_its_reason(konektor: Driver, brand: Path, waiting: str) -> None:
    """And never goes out."""
    ran = konektor("reject", waiting, "--why", "salah tanggal", "-c", brand)

    assert ran.code == 0
    assert "version 1 rejected by the command line: salah tanggal" in ran.err
    assert konektor("share", "--once", "--send", "-c", brand, "--json").json == []


def test_an_empty_queue_says_so(konektor: Driver, brand: Path) -> None:
    """And a draft that is not there is named."""
    assert "no draft waits for an editor" in konektor("review", "-c", brand).err
    ran = konektor("approve", "nothing", "-c", brand)
    assert (ran.code, "konektor review" in ran.err) == (2, True)
