"""Each page in a real browser, on a desk and in a hand: axe-core finds nothing, nothing runs off the screen."""

from __future__ import annotations

import pytest
from docx import Document
from playwright.sync_api import Browser, Page

from tests.browser.visits import Screen, sideways, violations
from tests.service.processes import Service

KEY = "costi-personale-annuale/2024"
PAGES = {
    "home": "/",
    "home of another year": "/?anno=2026",
    "listing": "/scadenze",
    "listing, chosen": "/scadenze?stato=overdue&famiglia=lep",
    "listing, whole": "/scadenze?pagina=tutte",
    "listing, wrong words": "/scadenze?dal=31-02-2025",
    "occurrence": f"/scadenze/{KEY}",
    "occurrence to confirm": "/scadenze/elenco-personale-mensile/2025-01",
    "obligations": "/adempimenti",
    "obligation": "/adempimenti/costi-personale-annuale",
    "punctuality": "/puntualita",
    "mails": "/invii",
    "mail": "/invii/1",
    "audit trail": "/registro",
    "nothing there": "/scadenze/costi-personale-annuale/1999",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=list(PAGES))
def test_a_page_is_accessible_and_fits_the_screen(page: Page, path: str) -> None:
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    answer = page.goto(path)
    assert answer
    assert answer.status < 500
    faults = [fault for fault in faults if str(answer.status) not in fault]  # a 404 is told on the console too
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    assert sideways(page) == 0
    assert faults == []


@pytest.mark.parametrize("path", PAGES.values(), ids=list(PAGES))
def test_a_page_is_the_same_without_javascript(browser: Browser, service: Service, path: str) -> None:
    address = f"http://{service.address}"
    said = []
    for scripts in (True, False):
        with Screen(browser, address, scripts=scripts).visitor() as visitor:
            page = visitor.new_page()
            answer = page.goto(path)
            assert answer
            assert "<script" not in answer.text()
            said.append(page.locator("main").aria_snapshot())
    assert said[0] == said[1] != ""


def test_a_filter_is_set_and_cleared_without_javascript(plain_page: Page) -> None:
    plain_page.goto("/scadenze")
    everything = plain_page.locator("table.rows tbody tr").count()
    plain_page.select_option("#stato", "open")
    plain_page.get_by_role("search").get_by_role("button").click()
    assert "stato=open" in plain_page.url
    chosen = plain_page.locator("table.rows tbody tr")
    assert 0 < chosen.count() < everything
    assert set(chosen.locator(".state").all_inner_texts()) == {plain_page.locator("#stato option:checked").inner_text()}
    plain_page.get_by_role("search").get_by_role("link").click()
    assert plain_page.locator("table.rows tbody tr").count() == everything


def test_from_the_first_page_to_a_draft(page: Page) -> None:
    page.goto("/")
    page.locator("table.rows").first.get_by_role("link", name="Report annuale dei costi").click()
    assert page.url.endswith(f"/scadenze/{KEY}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").first.click()
    Document(download.value.path())
    assert download.value.suggested_filename.endswith(".docx")


def test_the_keyboard_reaches_the_content_at_once(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#contenuto"
    assert skip.is_visible()
    page.keyboard.press("Enter")
    assert page.locator(":focus").get_attribute("id") == "contenuto"


def test_nothing_is_asked_for_elsewhere(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/scadenze/{KEY}")
    page.wait_for_load_state("networkidle")
    [origin] = {"/".join(url.split("/")[:3]) for url in asked}
    assert page.url.startswith(origin)
    assert len(asked) >= 3
