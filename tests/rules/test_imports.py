"""The contracts of .importlinter hold, and each of them would notice being broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.rules.repository import ROOT

#: Contract → files to add or to append to, which break it.
BREACHES: dict[str, dict[str, str]] = {
    "layers": {"bot/ports/platform.py": "import bot.brand"},
    "cycles": {"bot/messages.py": "import bot.errors"},
    "assembly": {"bot/errors.py": "import adapters.catalog"},
    "adapters-see": {"adapters/alpha/__init__.py": "", "adapters/alpha/incoming.py": "import bot.clock"},
    "adapters-apart": {"adapters/alpha/__init__.py": "import adapters.beta", "adapters/beta/__init__.py": ""},
    "settings": {
        "adapters/alpha/__init__.py": "",
        "adapters/alpha/settings.py": "import adapters.alpha.adapter",
        "adapters/alpha/adapter.py": "import discord",
    },
    "sdk": {"adapters/alpha/__init__.py": "", "adapters/alpha/adapter.py": "import telegram"},
    "sql": {"bot/brand.py": "import sqlalchemy"},
    "scheduler": {"bot/brand.py": "import apscheduler.triggers.cron"},
    "yaml": {"bot/brand.py": "import yaml"},
    "network": {"bot/brand.py": "import aiohttp"},
    "processes": {"bot/brand.py": "import multiprocessing"},
    "terminal": {"bot/brand.py": "import typer"},
    "concrete": {"bot/log.py": "import bot.store"},
    "configuration": {"bot/log.py": "import bot.config"},
}


def list_contracts() -> dict[str, str]:
    """Return every contract's name by its identifier."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix): parser[section]["name"]
        for section in parser.sections()
        if section.startswith(prefix)
    }


def check_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the project in `folder`, which goes before the one these tests belong to."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our command


def copy_project(folder: Path) -> Path:
    """Copy what import-linter reads."""
    for package in ("bot", "adapters"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_imports_keep_to_the_contracts() -> None:
    """Nothing in the project imports what it may not."""
    done = check_imports(ROOT)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("contract", sorted(list_contracts()))
def test_each_contract_notices_a_breach(contract: str, tmp_path: Path) -> None:
    """One import that a contract forbids breaks that contract by name."""
    folder = copy_project(tmp_path)
    for name, code in BREACHES[contract].items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as file:
            file.write(f"\n{code}\n")

    done = check_imports(folder, "--contract", contract)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{list_contracts()[contract]} BROKEN" in done.stdout


def test_a_module_in_no_layer_is_noticed(tmp_path: Path) -> None:
    """A new module of the core must be given its layer."""
    folder = copy_project(tmp_path)
    (folder / "bot" / "newcomer.py").write_text("")

    done = check_imports(folder, "--contract", "layers")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "- bot.newcomer" in done.stdout
