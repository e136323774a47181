"""What machines are told."""

from __future__ import annotations

from pathlib import Path

from bot.brand import Web
from bot.errors import PlatformDown
from bot.ports.records import SourceState
from tests.web.rows import add_unknown_send
from tests.web.site import Desk, open_desk


async def test_a_process_that_answers_is_alive(desk: Desk) -> None:
    """Whatever its parts are."""
    await desk.store.close()

    assert (await desk.client.get("/healthz")).status_code == 200


async def test_all_well_is_ok(desk: Desk) -> None:
    """Every part is named with its state."""
    answer = await desk.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert set(answer.json()["parts"]) == {"store", "platform sandbox", "feed blog", "outbox"}


async def test_one_platform_down_is_degraded_and_not_dead(desk: Desk) -> None:
    """A platform that is away or refused leaves the service ready, and says why."""
    desk.site.vitals.not_sent("sandbox", PlatformDown("nobody there"))
    away = await desk.client.get("/readyz")
    desk.site.vitals.set_platform("sandbox", "refused", "the token is wrong")
    refused = await desk.client.get("/readyz")

    assert (away.status_code, away.json()["status"]) == (200, "degraded")
    assert away.json()["parts"]["platform sandbox"] == {"state": "away", "reason": "nobody there"}
    assert refused.json()["parts"]["platform sandbox"]["state"] == "refused"


async def test_a_platform_that_is_heard_again_is_back(desk: Desk) -> None:
    """Away lasts until something is heard or sent."""
    desk.site.vitals.not_sent("sandbox", PlatformDown("nobody there"))
    desk.site.vitals.heard("sandbox", ["IncomingMessage"])

    assert (await desk.client.get("/readyz")).json()["status"] == "ok"


async def test_a_failing_feed_and_an_uncertain_send_are_told(desk: Desk) -> None:
    """Both are degraded, with the feed's last error and the number of sends."""
    await add_unknown_send(desk, "Kopi baru!")
    state = SourceState(source="blog", asked_url="x", url="x", failures=2, last_error="404")
    async with desk.store.work(desk.brand.id) as work:
        await work.feeds.save_state(state)
        await work.commit()

    parts = (await desk.client.get("/readyz")).json()["parts"]

    assert parts["feed blog"] == {"state": "failing", "reason": "404"}
    assert parts["outbox"] == {"state": "uncertain", "unknown": 1}


def _lose_database(folder: Path) -> None:
    for file in folder.glob("test.db*"):
        file.unlink()
    (folder / "test.db").mkdir()


async def test_without_its_store_it_is_down(tmp_path: Path) -> None:
    """A database that is gone is the one thing that makes it not ready."""
    async with open_desk(tmp_path) as desk:
        await desk.store.close()
        _lose_database(tmp_path)
        answer = await desk.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["status"] == "down"


async def test_strangers_are_told_no_reasons(tmp_path: Path) -> None:
    """Behind a password, states are open and reasons are not."""
    settings = Web(host="127.0.0.1", port=8080, password="kopi-susu-2026")
    async with open_desk(tmp_path, settings=settings) as desk:
        desk.site.vitals.set_platform("sandbox", "refused", "the token is wrong")
        answer = await desk.client.get("/readyz")

    assert answer.json()["parts"]["platform sandbox"] == {"state": "refused"}


async def test_metrics_count_what_was_done(desk: Desk) -> None:
    """Events, questions, sends and readings by what came of them, and the depth of the queue."""
    vitals = desk.site.vitals
    vitals.heard("sandbox", ["IncomingMessage", "IncomingMessage", "MemberJoined"])
    vitals.questions["answered"] += 1
    vitals.sent("sandbox")
    vitals.feed_reads["blog", "news"] += 1
    await add_unknown_send(desk, "Kopi baru!")

    lines = (await desk.client.get("/metrics")).text.splitlines()

    assert 'konektor_events_received_total{kind="IncomingMessage",platform="sandbox"} 2.0' in lines
    assert 'konektor_questions_total{outcome="answered"} 1.0' in lines
    assert 'konektor_sends_total{platform="sandbox",result="sent"} 1.0' in lines
    assert 'konektor_feed_reads_total{result="news",source="blog"} 1.0' in lines
    assert 'konektor_outbox_messages{state="unknown"} 1.0' in lines
    assert "konektor_store_up 1.0" in lines


async def test_a_config_that_was_not_reloaded_is_told(desk: Desk) -> None:
    """The service is degraded, and the gauge says 0, until the file holds."""
    desk.site.vitals.config_fault = "config.yaml:3:1: no such key"
    ready = await desk.client.get("/readyz")
    counted = (await desk.client.get("/metrics")).text
    assert ready.json()["status"] == "degraded"
    assert ready.json()["parts"]["configuration"]["reason"] == "config.yaml:3:1: no such key"
    assert "konektor_config_reloaded 0.0" in counted
    desk.site.vitals.config_fault = None
    assert "konektor_config_reloaded 1.0" in (await desk.client.get("/metrics")).text
