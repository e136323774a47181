"""Reads a YAML or JSON file of our own material as plain data, in YAML's 1.2 meaning: `no` and `22:00` stay text."""

from __future__ import annotations

from pathlib import Path

import yaml
from yamlcore import CCoreLoader  # type: ignore[import-untyped]  # it ships no types

from bot.errors import SettingsFault


def read_data(path: Path) -> object:
    """Return what the file holds; raises SettingsFault when it can't be read."""
    try:
        return yaml.load(path.read_text("utf-8"), Loader=CCoreLoader)  # noqa: S506  # a loader of plain data only
    except (OSError, yaml.YAMLError) as error:
        raise SettingsFault(f"{path}: could not be read ({error}); install konektor again") from error
