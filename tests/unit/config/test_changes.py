"""What is told of a changed configuration."""

from __future__ import annotations

from pathlib import Path

from bot.brand import Brand
from bot.config.changes import describe_changes
from bot.config.load import load
from tests.unit.config.platforms import KINDS

TEXT = """
brand: {name: Kopi Tani}
communities: {warung: {platform: yard}, pasar: {platform: yard}}
sources: {blog: {type: feed, url: "https://kopi.example/feed"}}
campaigns: {news: {from: blog, to: warung, when: "weekdays 09:00"}}
"""


def read(folder: Path, text: str) -> Brand:
    """Read a configuration."""
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    return load(folder / "config.yaml", kinds=KINDS, environment={}).brand_or_refuse()


def test_what_says_the_same_is_no_change(tmp_path: Path) -> None:
    """Comments and the order of keys are nothing."""
    assert describe_changes(read(tmp_path, TEXT), read(tmp_path, f"# in Indonesian\n{TEXT}")) == ()


def test_each_entry_is_told_with_what_is_different(tmp_path: Path) -> None:
    """New, gone and changed ones by their key; other parts by their name."""
    changed = """
brand: {name: Kopi Tani Kita, id: kopi-tani, never_say: [murah]}
communities: {warung: {platform: yard, quiet_hours: none}, kebun: {platform: yard}}
sources: {blog: {type: feed, url: "https://kopi.example/feed"}}
campaigns: {news: {from: blog, to: warung, when: "weekdays 10:00", jitter: 5m}}
"""
    assert describe_changes(read(tmp_path, TEXT), read(tmp_path, changed)) == (
        "id_is_given changed",
        "name changed",
        "bot_name changed",
        "never_say changed",
        "community kebun is new",
        "community pasar is gone",
        "community warung changed: quiet_hours",
        "campaign news changed: when, jitter",
    )
