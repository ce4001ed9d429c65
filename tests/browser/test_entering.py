"""Coming in by the link of a mail, on a desk and in a hand, and going out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, StorageState

from tests.browser.people import NEWCOMER, ask, enter
from tests.browser.visits import Looks, Screen
from tests.web.entering import ADMINISTRATOR

KEY = "costi-personale-annuale/2024"


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


@pytest.mark.parametrize("wanted", ["/invii", "/registro", f"/scadenze/{KEY}/dati", "/calendari", "/profilo"])
def test_a_stranger_is_sent_to_sign_in(page: Page, wanted: str) -> None:
    page.goto(wanted)
    assert heading(page) == "Entrare"
    assert page.locator("input[name=next]").input_value() == wanted


def test_a_stranger_comes_back_to_the_page_he_wanted(screen: Screen, office: Path) -> None:
    with screen.visitor() as visitor:
        looks = Looks(visitor.new_page())
        page = looks.page
        page.goto("/registro?verifica=1")
        assert looks.faults() == []
        link = ask(page, office, NEWCOMER)
        assert looks.faults() == []
        page.goto(link)
        assert heading(page) == "Conferma l'accesso"
        assert looks.faults() == []
        page.get_by_role("button", name="Entra come Elio Modello").click()
        assert page.url.endswith("/registro?verifica=1")
        page.goto(link)
        assert heading(page) == "Il collegamento non vale più"
        assert looks.faults() == []
        page.get_by_role("button", name="Esci").click()
        assert heading(page) == "Si è usciti"
        assert looks.faults() == []
        page.goto("/profilo")
        assert heading(page) == "Entrare"


def test_the_link_to_a_deadline_in_a_mail_leads_there_with_its_forms(screen: Screen, office: Path) -> None:
    with screen.visitor() as visitor:
        page = visitor.new_page()
        page.goto(f"/scadenze/{KEY}")
        assert page.locator("main form").count() == 0
        page.locator(".who").get_by_role("link", name="Entra").click()
        page.goto(ask(page, office, ADMINISTRATOR))
        page.get_by_role("button", name="Entra come").click()
        assert page.url.endswith(f"/scadenze/{KEY}")
        assert page.locator("main form").count() == 5


def test_who_leaves_everywhere_is_out_in_the_other_browser_too(
    screen: Screen, office: Path, kept: dict[str, StorageState]
) -> None:
    with screen.visitor() as one:
        page = one.new_page()
        enter(page, office, NEWCOMER, wanted="/profilo")
        with screen.visitor(one.storage_state()) as another, screen.visitor(kept["editor"]) as colleague:
            elsewhere, theirs = another.new_page(), colleague.new_page()
            elsewhere.goto("/profilo")
            assert heading(elsewhere) == "Profilo"
            page.get_by_role("button", name="Esci ovunque").click()
            assert heading(page) == "Si è usciti"
            elsewhere.reload()
            assert heading(elsewhere) == "Entrare"
            theirs.goto("/profilo")
            assert heading(theirs) == "Profilo"
