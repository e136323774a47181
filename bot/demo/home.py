"""Where the sample brand's files are: in the wheel beside this module, in a checkout at the top."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.config.data_file import read_data
from bot.demo.blog import Blog, read_blog
from bot.demo.script import Week, read_week

#: The sample blog's address on its pages; nothing is ever asked of it.
SITE = "https://kopitani.example"
#: Where the sample brand is at home.
ZONE = ZoneInfo("Asia/Jakarta")


def sample_home() -> Path:
    """Return the folder with `config.yaml` and `demo/`."""
    packed = Path(__file__).with_name("sample")
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2]


def read_sample_blog(*, monday: date) -> Blog:
    """Read the sample blog as the week that begins on `monday` sees it."""
    data = cast("Mapping[str, Any]", read_data(sample_home() / "demo" / "blog.json"))
    return read_blog(data, monday=monday, zone=ZONE)


def read_sample_week(*, monday: date) -> Week:
    """Read the sample week that begins on `monday`."""
    data = cast("Mapping[str, Any]", read_data(sample_home() / "demo" / "week.yaml"))
    return read_week(data, monday=monday)
