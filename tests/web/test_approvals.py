"""The editors' page: a draft is read, changed, approved or rejected there, the version that was read and no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.flows.announce import announce
from bot.flows.release_shares import release_shares
from tests.web.rows import EVIL
from tests.web.site import CONFIG, Desk, open_desk

WITH_EDITORS = CONFIG.replace(
    "language: id, timezone: Asia/Jakarta}",
    "language: id, timezone: Asia/Jakarta, quiet_hours: none, approval: always}",
)


@pytest.fixture
async def reviewing(tmp_path: Path) -> AsyncIterator[tuple[Desk, str]]:
    """A draft that waits, and its id."""
    async with open_desk(tmp_path, config=WITH_EDITORS) as desk:
        await announce(desk.brand, EVIL, ["warung"], store=desk.store, clock=desk.clock)
        assert await release(desk) == 0
        async with desk.store.read(desk.brand.id) as work:
            (draft,) = await work.drafts.waiting()
        yield desk, draft.share_id


async def release(desk: Desk) -> int:
    """Let out what may go out."""
    return await release_shares(desk.brand, store=desk.store, limits={"sandbox": desk.sandbox.limits}, clock=desk.clock)


async def queued(desk: Desk) -> list[str]:
    """Return what is on its way to the community."""
    async with desk.store.read(desk.brand.id) as work:
        return ["".join(span.text for span in message.body.spans) for message in await work.outbox.unsettled()]


async def test_a_draft_is_changed_and_then_approved(reviewing: tuple[Desk, str]) -> None:
    """The words on the page are those that are posted; whoever read an older version is told so."""
    desk, share = reviewing
    woken: list[str] = []
    desk.site.wakes.append(woken.append)
    page = (await desk.client.get("/approvals")).text
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page

    changed = await desk.post("/approvals/decide", id=share, version="1", act="edit", text="Kopi\r\nbaru!")
    assert changed.headers["location"] == "/approvals"
    stale = await desk.post("/approvals/decide", id=share, version="1", act="approve")
    assert (stale.status_code, stale.text) == (409, "this is an older version; decide on version 2\n")
    assert await release(desk) == 0
    approved = await desk.post("/approvals/decide", id=share, version="2", act="approve")
    assert approved.status_code == 303

    assert await release(desk) == 1
    assert await queued(desk) == ["Kopi\nbaru!"]
    assert {"plan", "send"} <= set(woken)
    page = (await desk.client.get("/approvals")).text
    assert "version 2 approved by the dashboard" in page
    assert "No draft waits for you." in page


async def test_a_rejected_draft_keeps_the_reason(reviewing: tuple[Desk, str]) -> None:
    """It stands on the page, in the reader's language, and nothing is posted."""
    desk, share = reviewing
    await desk.post("/approvals/decide", id=share, version="1", act="reject", why="too <b>loud</b>")
    again = await desk.post("/approvals/decide", id=share, version="1", act="approve")
    assert again.status_code == 409
    assert await release(desk) == 0
    assert await queued(desk) == []
    page = (await desk.client.get("/approvals", headers={"accept-language": "id"})).text
    assert "version 1 rejected by the dashboard: too &lt;b&gt;loud&lt;/b&gt;" in page
    assert "Tidak ada draf yang menunggu Anda." in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"version": "1", "act": "shout"}, 404),
        ({"version": "one", "act": "approve"}, 404),
        ({"version": "9", "act": "approve"}, 409),
        ({"version": "1", "act": "edit", "text": "   "}, 409),
    ],
)
async def test_what_is_no_decision_changes_nothing(
    reviewing: tuple[Desk, str], fields: dict[str, str], status: int
) -> None:
    """A form of somebody's own making is refused with a reason, and the draft goes on waiting."""
    desk, share = reviewing
    answer = await desk.post("/approvals/decide", id=share, **fields)
    assert answer.status_code == status
    async with desk.store.read(desk.brand.id) as work:
        assert [draft.version for draft in await work.drafts.waiting()] == [1]
