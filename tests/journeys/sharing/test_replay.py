"""Weeks of blogs whose feeds do what real ones do, read by the whole service on a clock that is moved."""

from __future__ import annotations

from pathlib import Path

from benchmarks.replay import replay


async def test_no_post_is_shared_twice_none_is_missed_and_each_edit_is_applied_once(tmp_path: Path) -> None:
    """Through new guids, a new domain, bumped dates, the archive again, deletions, outages and restarts."""
    found = await replay(tmp_path, 6, days=16, seed=7, check_every=6)
    assert found.wrong == ()
    assert found.posts > 20
    assert found.wordings > 4
    happened = {"publish", "edit text", "edit title", "guids", "domain", "delete", "outage", "304"}
    assert happened - {what for what, count in found.happened.items() if count} == set()
