"""Folders of tests are packages: a bare tests/telegram/ would shadow the SDK of the same name."""

from __future__ import annotations

from pathlib import PurePath

from tests.rules.repository import ROOT, list_tracked_files

#: Names that say nothing about what is inside.
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"})


def test_every_folder_with_tests_is_a_package() -> None:
    """Each folder below tests/ that holds Python, and each folder above it, has an __init__.py."""
    folders = {
        folder
        for path in list_tracked_files()
        if path.parts[0] == "tests" and path.suffix == ".py"
        for folder in path.parents
        if folder != PurePath()
    }
    missing = sorted(str(folder) for folder in folders if not (ROOT / folder / "__init__.py").is_file())

    assert missing == []


def test_rooms_are_named_after_what_is_in_them() -> None:
    """No module and no folder is called utils, helpers, common, base or manager."""
    named = [str(path) for path in list_tracked_files() if EMPTY_NAMES & {*path.parts[:-1], path.stem}]

    assert named == []
