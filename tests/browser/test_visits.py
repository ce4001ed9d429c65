"""The instruments themselves: a page with faults is found out."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.visits import PHONE, Screen, sideways, violations

FAULTY = """<!doctype html><html lang="it"><title>Prova</title>
<meta name="viewport" content="width=device-width, initial-scale=1, minimum-scale=1">
<main><h1>Prova</h1><img src="data:,">
<p style="width: 1000px; color: #ccc; background: #fff">Parole chiare su chiaro.</p></main>"""


def test_faults_are_found(browser: Browser) -> None:
    with Screen(browser, "http://127.0.0.1", PHONE).visitor() as visitor:
        page = visitor.new_page()
        page.set_content(FAULTY)
        assert {found.partition(":")[0] for found in violations(page)} == {"image-alt", "color-contrast"}
        assert sideways(page) > 500
