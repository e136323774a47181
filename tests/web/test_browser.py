"""A journey through a real Chromium: the password, a talk in the sandbox, a pause, both languages, small screens.

The browser is the machine's own (Debian: `apt-get install chromium`); none is downloaded.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli.running import environment
from tests.web.running import run_service

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed: make setup")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORD = "kopi-susu-2026"

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and environment().get("CI") != "true",
    reason="no Chromium on this machine; Debian has it as `apt-get install chromium`",
)


@asynccontextmanager
async def _browser() -> AsyncIterator[playwright.Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


async def test_a_marketer_tries_the_bot_and_stops_it(tmp_path: Path) -> None:
    """Everything a marketer does in a first quarter of an hour, by mouse and keyboard; the console stays empty."""
    complaints: list[str] = []
    async with run_service(tmp_path, {"WEB_PASSWORD": PASSWORD}) as running, _browser() as browser:
        context = await browser.new_context(locale="en-GB", base_url=running.url)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # a policy that a page breaks is told there
        page.on("console", lambda told: complaints.append(told.text) if "Policy" in told.text else None)

        await page.goto("/sandbox")
        await page.get_by_label("Password").fill("kopi-pahit")
        await page.keyboard.press("Enter")
        await playwright.expect(page.get_by_role("alert")).to_have_text("That is not the password.")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await playwright.expect(page.get_by_role("heading", name="Sandbox")).to_be_visible()

        await page.get_by_label("Write as Ayu").fill("@Tani kopinya halal ga?")
        await page.keyboard.press("Enter")
        for member in ("Ayu", "Bima"):
            talk = page.get_by_role("log", name=f"warung: {member}")
            await playwright.expect(talk.locator(".is-bot .said")).to_contain_text("bersertifikat halal")
        await playwright.expect(page.get_by_label("Write as Ayu")).to_have_value("")
        await page.get_by_role("log", name="warung: Ayu").get_by_text("Why did it say that?").click()
        await playwright.expect(page.get_by_text("it names the bot").first).to_be_visible()

        await page.get_by_role("link", name="Today").click()
        await playwright.expect(page.get_by_role("cell", name="kopinya halal ga?")).to_be_visible()
        await page.get_by_role("button", name="Pause everything").click()
        await playwright.expect(page.get_by_role("status")).to_contain_text("Paused now: everything")
        await page.get_by_role("button", name="Resume everything").click()
        await playwright.expect(page.get_by_role("status")).to_have_count(0)

        await page.get_by_role("link", name="ID").click()
        await playwright.expect(page.get_by_role("heading", level=1)).to_have_text("Hari ini")
        await page.get_by_role("button", name="Keluar").click()
        await playwright.expect(page.get_by_label("Kata sandi")).to_be_visible()

    assert complaints == []


async def test_the_keyboard_reaches_the_content_first(tmp_path: Path) -> None:
    """The first stop of the Tab key leads past the menu."""
    async with run_service(tmp_path) as running, _browser() as browser:
        page = await browser.new_page(base_url=running.url, locale="en-GB")
        await page.goto("/calendar")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")

        assert await page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_is_wider_than_a_phone(tmp_path: Path, scheme: str) -> None:
    """At 390 pixels nothing but tables in their own frame scrolls sideways, in either colour scheme."""
    async with run_service(tmp_path) as running, _browser() as browser:
        page = await browser.new_page(
            base_url=running.url, viewport={"width": 390, "height": 844}, color_scheme=scheme, locale="id-ID"
        )
        wider = []
        for path in ("/", "/calendar", "/campaigns", "/members", "/activity", "/outbox", "/config", "/sandbox"):
            await page.goto(path)
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wider.append(path)

        assert wider == []
