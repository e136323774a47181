"""What the pages show, and what they never show."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.app import MENU
from bot.web.tables import FORMULA_STARTS, Column, Table, guard_cell, write_csv
from tests.web.rows import EVIL, add_question, add_talk, add_unknown_send
from tests.web.site import Desk, open_desk

PAGES = [path for path, _ in MENU]


async def test_what_comes_from_outside_is_only_text(desk: Desk) -> None:
    """Markup in a brand's name, a question, a post or a member's own words is shown as it was typed."""
    await add_question(desk, EVIL)
    await add_unknown_send(desk, EVIL)
    desk.sandbox.says("warung", "ayu", EVIL)

    for path in (*PAGES, "/sandbox/warung", "/sandbox/warung?as=<script>alert('x')</script>"):
        page = (await desk.client.get(path)).text
        assert "<script>alert" not in page, path
        assert "<b>Tani</b>" not in page, path
    for path in ("/questions", "/outbox", "/sandbox/warung"):
        assert "&lt;script&gt;alert" in (await desk.client.get(path)).text


async def test_a_spreadsheet_calculates_nothing(desk: Desk) -> None:
    """A cell that would be a formula is guarded in the CSV, and only there."""
    await add_question(desk, EVIL)

    answer = await desk.client.get("/questions?csv=gaps")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-disposition"] == 'attachment; filename="questions-gaps.csv"'
    assert [row["question"] for row in rows] == [f"'{EVIL}"]
    assert rows[0]["asked_at"] == "2026-11-25T04:55:00+00:00"


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    """Whatever a cell holds, what is written does not begin like a formula, spaces or not."""
    guarded = guard_cell(text)

    assert not guarded.lstrip(" ").startswith(FORMULA_STARTS)
    assert guarded.removeprefix("'") == text.removeprefix("'")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")), min_size=1, max_size=4))
def test_a_csv_is_read_back(cells: list[str]) -> None:
    """Quotes, commas and line ends in cells survive."""
    columns = tuple(Column(key=f"c{number}", label="") for number in range(len(cells)))
    table = Table(name="t", title="", columns=columns, rows=(tuple(cells),), empty="")

    _, row = csv.reader(io.StringIO(write_csv(table), newline=""))

    assert row == [guard_cell(cell) for cell in cells]


async def test_nobody_is_named_who_has_not_said_so(desk: Desk) -> None:
    """No page and no CSV holds a member's id, or a name, without that member's word."""
    people = ("m-4711", "m-4712", "m-4713", "m-4714")
    await add_talk(desk, people, consenting={"m-4712": "Rara Wulandari"})
    await add_question(desk, "halal?", person="m-4711")

    texts = [(path, (await desk.client.get(path)).text) for path in PAGES]
    texts += [
        (path, (await desk.client.get(path)).text)
        for path in ("/members?csv=members", "/members?csv=connectors", "/questions?csv=questions")
    ]

    for path, text in texts:
        assert [person for person in people if person in text] == [], path
    assert "Rara Wulandari" in dict(texts)["/members"]
    assert dict(texts)["/members?csv=members"].count("\r\n") == 1 + len(people)


async def test_a_direct_conversation_is_nobodys_business(desk: Desk) -> None:
    """What was asked in private is on no page."""
    await add_question(desk, "rahasia sekali", direct=True)

    for path in ("/", "/questions"):
        assert "rahasia" not in (await desk.client.get(path)).text


async def test_an_uncertain_send_is_decided_by_a_button(desk: Desk) -> None:
    """It stands on the page with both ways out; Drop settles it, and it is gone from the page."""
    message = await add_unknown_send(desk, "Kopi baru!")
    page = (await desk.client.get("/outbox")).text
    assert "Kopi baru!" in page
    assert 'formaction="/outbox/resend"' in page

    answer = await desk.post("/outbox/drop", id=message, back="/outbox")

    assert answer.headers["location"] == "/outbox"
    async with desk.store.read(desk.brand.id) as work:
        settled = await work.outbox.get(message)
    assert settled is not None
    assert settled.state == "dropped"
    assert "Kopi baru!" not in (await desk.client.get("/outbox")).text


async def test_resend_queues_it_anew_and_wakes_the_sender(desk: Desk) -> None:
    """The message stands in the queue under a new id, and the service is told."""
    message = await add_unknown_send(desk, "Kopi baru!")
    woken: list[str] = []
    desk.site.wakes.append(woken.append)

    await desk.post("/outbox/resend", id=message)

    async with desk.store.read(desk.brand.id) as work:
        waiting = [one for one in await work.outbox.unsettled() if one.state == "pending"]
    assert [one.body.spans[0].text for one in waiting] == ["Kopi baru!"]
    assert waiting[0].id != message
    assert woken == ["send"]


@pytest.mark.parametrize(
    ("what", "scope"),
    [
        ("all", ("all", "")),
        ("campaign:new-posts", ("campaign", "new-posts")),
        ("community:warung", ("community", "warung")),
    ],
)
async def test_pause_and_resume(desk: Desk, what: str, scope: tuple[str, str]) -> None:
    """Each button stops what it names, says so on the page, and lets it go on."""
    await desk.post("/pause", what=what)
    async with desk.store.read(desk.brand.id) as work:
        assert [(pause.scope, pause.key) for pause in await work.pauses.all(desk.clock.now())] == [scope]
    assert "Paused now:" in (await desk.client.get("/")).text

    await desk.post("/resume", what=what)
    async with desk.store.read(desk.brand.id) as work:
        assert await work.pauses.all(desk.clock.now()) == ()


async def test_nothing_else_can_be_paused(desk: Desk) -> None:
    """A community that is not there is not paused either."""
    assert (await desk.post("/pause", what="community:elsewhere")).status_code == 404


async def test_a_page_speaks_its_readers_language(desk: Desk) -> None:
    """The browser's language first, and the one chosen before all."""
    first = await desk.client.get("/", headers={"accept-language": "id-ID,id;q=0.9,en;q=0.8"})
    assert '<html lang="id">' in first.text
    assert "Hari ini" in first.text

    await desk.client.get("/language/en")
    second = await desk.client.get("/", headers={"accept-language": "id-ID"})
    assert '<html lang="en">' in second.text
    await desk.client.get("/language/id")
    assert '<html lang="id">' in (await desk.client.get("/")).text


async def test_the_calendar_holds_the_slots_to_come(desk: Desk) -> None:
    """Two weeks of weekdays, in both communities."""
    rows = list(csv.DictReader(io.StringIO((await desk.client.get("/calendar?csv=plan")).text)))

    assert {row["community"] for row in rows} == {"warung", "roasters"}
    assert len(rows) == 2 * 10


async def test_hours_are_the_communitys_own(desk: Desk) -> None:
    """Seven messages of a community in Jakarta stand in Jakarta's hours."""
    await add_talk(desk, ("m-1", "m-2"), consenting={})

    rows = list(csv.DictReader(io.StringIO((await desk.client.get("/activity?csv=hours")).text)))

    wednesday = {hour: int(count) for hour, count in rows[2].items() if hour.isdecimal() and int(count)}
    assert wednesday == {"12": 1, "11": 1, "10": 1, "09": 1, "08": 1, "07": 1}


async def test_a_table_that_is_not_there_is_not_found(desk: Desk) -> None:
    """An address that names no table gives no file."""
    assert (await desk.client.get("/questions?csv=nothing")).status_code == 404


async def test_without_a_sandbox_the_page_says_how_to_get_one(tmp_path: Path) -> None:
    """A brand whose communities are all elsewhere is told what to write."""
    async with open_desk(tmp_path) as desk:
        site = desk.site
        object.__setattr__(site, "platforms", {})
        page = await desk.client.get("/sandbox")

    assert "platform: sandbox" in page.text
