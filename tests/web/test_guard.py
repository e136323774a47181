"""What every answer carries, and who is not let through."""

from __future__ import annotations

from pathlib import Path

import argon2
import httpx
import pytest
from starlette.routing import Route

from bot.brand import Web
from bot.web.app import MENU, make_app
from bot.web.guard import OPEN
from tests.web.site import Desk, open_desk

SECRET = "kopi-susu-2026"
LOCKED = Web(host="127.0.0.1", port=8080, password=SECRET)
PAGES = [path for path, _ in MENU]


def _routes(desk: Desk, method: str) -> list[str]:
    return [
        route.path.replace("{community}", "warung").replace("{language}", "id")
        for route in make_app(desk.site).routes
        if isinstance(route, Route) and route.methods and method in route.methods
    ]


async def test_every_page_forbids_inline_script_and_style(desk: Desk) -> None:
    """Each page names a policy without inline script or style, and holds neither."""
    for path in PAGES:
        page = await desk.client.get(path)

        assert page.status_code == 200, path
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert "<style" not in page.text
        assert " style=" not in page.text
        assert "<script>" not in page.text
        assert "//" not in "".join(part.split('"')[0] for part in page.text.split('src="')[1:])


async def test_no_form_is_taken_without_its_token(desk: Desk) -> None:
    """Every POST route there is refuses a missing token and a wrong one."""
    paths = _routes(desk, "POST")
    await desk.client.get("/")

    assert len(paths) >= 7
    for path in paths:
        for data in ({}, {"token": "0" * 64}):
            answer = await desk.client.post(path, data={"what": "all", **data})
            assert answer.status_code == 403, path
    async with desk.store.read(desk.brand.id) as work:
        assert await work.pauses.all(desk.clock.now()) == ()


async def test_a_token_belongs_to_one_browser(desk: Desk) -> None:
    """A token copied out of another browser's page opens nothing."""
    stolen = await desk.token()
    desk.client.cookies.clear()
    await desk.client.get("/")

    answer = await desk.client.post("/pause", data={"token": stolen, "what": "all"})

    assert answer.status_code == 403


async def test_a_form_from_another_site_is_refused(desk: Desk) -> None:
    """The browser's Origin header is held against the host, token or not."""
    token = await desk.token()

    answer = await desk.client.post(
        "/pause", data={"token": token, "what": "all"}, headers={"origin": "https://evil.example"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("localhost", 200), ("evil.example", 421)])
async def test_a_name_that_is_not_ours_is_refused(tmp_path: Path, host: str, status: int) -> None:
    """Without a password, a page elsewhere that points its name at this machine reads nothing."""
    async with open_desk(tmp_path, host=host) as desk:
        assert (await desk.client.get("/")).status_code == status


async def test_the_address_people_use_is_ours(tmp_path: Path) -> None:
    """`web.public_url` names a host that is answered, and its https makes the cookie Secure."""
    settings = Web(host="127.0.0.1", port=8080, public_url="https://bot.kopi.example")
    async with open_desk(tmp_path, settings=settings, host="bot.kopi.example") as desk:
        page = await desk.client.get("/")

    assert page.status_code == 200
    assert "Secure" in page.headers["set-cookie"]


async def test_the_cookie_is_for_the_server_alone(desk: Desk) -> None:
    """No script reads it and no other site sends it."""
    cookie = (await desk.client.get("/")).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_strangers_see_the_login_and_nothing_else(tmp_path: Path) -> None:
    """With a password set, every route but the open ones sends strangers away."""
    async with open_desk(tmp_path, settings=LOCKED) as desk:
        for path in _routes(desk, "GET"):
            answer = await desk.client.get(path)
            if path == "/metrics":
                assert answer.status_code == 401
            elif OPEN.fullmatch(path) is None:
                assert answer.headers["location"].startswith("/login?next="), path
        for path in _routes(desk, "POST"):
            if path != "/login":
                assert (await desk.client.post(path)).status_code == 401, path


async def _log_in(desk: Desk, password: str, **fields: str) -> httpx.Response:
    data = {"token": await desk.token("/login"), "password": password, **fields}
    return await desk.client.post("/login", data=data)


@pytest.mark.parametrize("kept", [SECRET, argon2.PasswordHasher().hash(SECRET)], ids=["secret", "hash"])
async def test_the_password_opens_it(tmp_path: Path, kept: str) -> None:
    """A wrong one does not; the right one does, with a new session; logging out ends it."""
    settings = Web(host="0.0.0.0", port=8080, password=kept)  # noqa: S104  # the case that needs one
    async with open_desk(tmp_path, settings=settings) as desk:
        assert (await _log_in(desk, "kopi-pahit")).status_code == 403
        before = desk.client.cookies["konektor_session"]
        answer = await _log_in(desk, SECRET, next="/outbox")
        assert answer.headers["location"] == "/outbox"
        assert desk.client.cookies["konektor_session"] != before
        assert (await desk.client.get("/")).status_code == 200
        assert (await desk.post("/logout")).headers["location"] == "/login"
        assert (await desk.client.get("/")).status_code == 303


async def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    """After five wrong passwords even the right one is not heard, and after a quarter of an hour it is."""
    async with open_desk(tmp_path, settings=LOCKED) as desk:
        for _ in range(5):
            await _log_in(desk, "kopi-pahit")
        assert (await _log_in(desk, SECRET)).status_code == 429
        await desk.clock.advance(desk.clock.now().replace(minute=16), workers=0)
        assert (await _log_in(desk, SECRET)).status_code == 303


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"]
)
async def test_a_login_leads_nowhere_else(tmp_path: Path, onward: str) -> None:
    """`next` is only ever a path of this site."""
    async with open_desk(tmp_path, settings=LOCKED) as desk:
        assert (await _log_in(desk, SECRET, next=onward)).headers["location"] == "/"


async def test_metrics_are_read_with_the_password(tmp_path: Path) -> None:
    """A machine gives it over HTTP Basic."""
    async with open_desk(tmp_path, settings=LOCKED) as desk:
        assert (await desk.client.get("/metrics", auth=("any", "wrong"))).status_code == 401
        assert (await desk.client.get("/metrics", auth=("any", SECRET))).status_code == 200


async def test_a_forged_cookie_is_a_stranger(tmp_path: Path) -> None:
    """A cookie signed with anything else, or changed, is as good as none."""
    async with open_desk(tmp_path, settings=LOCKED) as desk:
        await _log_in(desk, SECRET)
        good = desk.client.cookies["konektor_session"]
        desk.client.cookies.set("konektor_session", good[:-2] + "xx", domain="127.0.0.1")
        desk.client.cookies.jar.clear()
        forged = await desk.client.get("/", headers={"cookie": f"konektor_session={good[:-3]}AAA"})

    assert forged.status_code == 303


async def test_a_huge_form_is_not_read(desk: Desk) -> None:
    """Anything longer than a form here can be is refused before it is read."""
    answer = await desk.client.post("/pause", data={"what": "x" * 100_000})

    assert answer.status_code == 413
