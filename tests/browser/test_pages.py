"""The pages in a real browser, on a desk and in a hand: by keyboard, without JavaScript, and from here alone."""

from __future__ import annotations

from docx import Document
from playwright.sync_api import Browser, Page

from tests.browser.visits import Screen
from tests.service.processes import Service

KEY = "costi-personale-annuale/2024"
PAGES = (
    *("/", "/?anno=2026", "/scadenze", "/scadenze?stato=open&famiglia=personale", "/scadenze?dal=31-02-2025"),
    *(f"/scadenze/{KEY}", "/scadenze/elenco-personale-mensile/2025-01", "/scadenze/costi-personale-annuale/1999"),
    *("/adempimenti", "/adempimenti/costi-personale-annuale", "/puntualita", "/accesso"),
)


def test_a_page_is_the_same_without_javascript(browser: Browser, service: Service) -> None:
    address = f"http://{service.address}"
    with Screen(browser, address).visitor() as usual, Screen(browser, address, scripts=False).visitor() as plain:
        pages = usual.new_page(), plain.new_page()
        for path in PAGES:
            answers = [page.goto(path) for page in pages]
            assert [answer and "<script" in answer.text() for answer in answers] == [False, False]
            with_scripts, without = (page.locator("main").aria_snapshot() for page in pages)
            assert with_scripts == without != ""


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


def test_from_the_first_page_to_a_draft(editor_page: Page) -> None:
    page = editor_page
    page.goto("/")
    page.locator("table.rows").get_by_role("link", name="Report annuale dei costi").click()
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
