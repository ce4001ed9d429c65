"""What each of four people sees, on a desk and in a hand: axe-core finds nothing, nothing runs off the screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import StorageState

from tests.browser.conftest import CLOSED, EXTENDED, LATE
from tests.browser.visits import Looks, Screen

KEY = "costi-personale-annuale/2024"
PEOPLE = ("stranger", "reader", "editor", "administrator")
MANY = "/scadenze?" + "a&" * 1001
FOR_ALL = {
    **dict.fromkeys(("/", "/?anno=2026", "/scadenze", "/scadenze?stato=overdue&famiglia=obiettivi"), 200),
    **dict.fromkeys(("/scadenze?pagina=tutte", "/adempimenti", "/puntualita", "/uscita"), 200),
    "/adempimenti/costi-personale-annuale": 200,
    **{f"/scadenze/{key}": 200 for key in (KEY, CLOSED, LATE, EXTENDED, "elenco-personale-mensile/2025-01")},
    "/scadenze?dal=31-02-2025": 400,
    MANY: 400,
    "/scadenze/costi-personale-annuale/1999": 404,
    "/accesso/no": 410,
}
FOR_KNOWN = {
    **dict.fromkeys(("/invii", "/invii?esito=failed", "/invii/1", "/registro", "/registro?verifica=1"), 200),
    **dict.fromkeys(("/calendari", "/profilo"), 200),
    **{f"/scadenze/{key}/dati": 200 for key in (KEY, "elenco-personale-mensile/2025-02")},
    f"/scadenze/{LATE}/bozze/elenco-personale-mensile/2/differenze": 200,
}
# What is another in each answer: the form's own token, and the instant.
_OWN = re.compile(r'value="\w{64}"')


@pytest.fixture(scope="module")
def seen() -> set[tuple[object, ...]]:
    """The pages that were looked at, by width: what is the same for two people is looked at once."""
    return set()


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_that_a_person_sees_has_a_fault(
    screen: Screen, kept: dict[str, StorageState], seen: set[tuple[object, ...]], person: str
) -> None:
    faults: dict[str, object] = {}
    with screen.visitor(kept[person]) as visitor:
        looks = Looks(visitor.new_page())
        for path, status in {**FOR_ALL, **({} if person == "stranger" else FOR_KNOWN)}.items():
            answer = visitor.request.get(path)
            assert (path[:80], answer.status) == (path[:80], status)
            head, _, content = _OWN.sub("", answer.text()).partition("<main")
            if {(screen.size, "head", _header(head)), (screen.size, content)} <= seen:
                continue
            looks.page.goto(path)
            if found := looks.faults():
                faults[path] = found
            seen |= {(screen.size, "head", _header(head)), (screen.size, content)}
    assert faults == {}


def _header(head: str) -> str:
    return head.partition("<header")[2]


def test_a_reader_finds_no_forms_to_act(screen: Screen, kept: dict[str, StorageState]) -> None:
    with screen.visitor(kept["reader"]) as visitor:
        page = visitor.new_page()
        for key in (KEY, CLOSED, LATE):
            page.goto(f"/scadenze/{key}")
            assert page.locator("#bozze").count() == 1
            assert page.locator("main form").count() == 0


@pytest.mark.parametrize("person", PEOPLE)
def test_a_form_of_an_old_page_is_refused(screen: Screen, kept: dict[str, StorageState], person: str) -> None:
    with screen.visitor(kept[person]) as visitor:
        looks = Looks(visitor.new_page())
        looks.page.goto("/accesso" if person == "stranger" else "/calendari")
        visitor.clear_cookies(name="csrftoken")
        looks.page.locator("main form input:not([type=hidden])").first.fill("a@b.example")
        looks.page.locator("main form button").first.click()
        assert looks.page.locator("h1").inner_text() == "Accesso non consentito"
        assert looks.faults() == []
