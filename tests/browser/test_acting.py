"""Each act through its form, on a desk, in a hand, and without JavaScript: the page says what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from docx import Document
from playwright.sync_api import Browser, Locator, Page, StorageState

from tests.browser.visits import SIZES, Looks, Screen
from tests.service.processes import Service
from tests.service.waiting import wait_for

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PLAIN = "without JavaScript"
KEYS = {
    "desktop": "cabina-regia-afol/2025-01",
    "phone": "tavolo-accreditati/2025-02",
    PLAIN: "costi-personale-trimestrale/2024-Q4",
}
SOON = 10.0  # seconds: less than the service's own pause between two looks
OPEN = "potenziamento-personale/2024-H2"  # nobody closes it


@dataclass(frozen=True)
class Desk:
    """Where the editor works, and the deadline that is worked on there."""

    page: Page
    key: str
    looks: Looks | None  # None: axe-core needs JavaScript

    def open(self, kind: str, key: str = "") -> Locator:
        """Open the page of the deadline, or of another one, and the form of an act."""
        self.page.goto(f"/scadenze/{key or self.key}")
        form = self.page.locator("details.act", has=self.page.locator(f"form[action$='/atti/{kind}']"))
        form.locator("summary").click()
        return form

    def send(self, form: Locator) -> None:
        """Press the button of a form."""
        form.locator("button").click()

    def says(self, words: str) -> None:
        """Hold what the page says first, and that nothing is wrong with it."""
        assert words in self.page.locator(".note[role]").first.inner_text()
        assert self.looks is None or self.looks.faults() == []


@pytest.fixture(params=[*SIZES, PLAIN])
def desk(
    request: pytest.FixtureRequest, browser: Browser, service: Service, kept: dict[str, StorageState]
) -> Iterator[Desk]:
    """The editor on a desk, in a hand, and in a browser without JavaScript."""
    size, scripts = SIZES.get(request.param, SIZES["desktop"]), request.param != PLAIN
    with Screen(browser, f"http://{service.address}", size, scripts).visitor(kept["editor"]) as visitor:
        page = visitor.new_page()
        yield Desk(page, KEYS[request.param], Looks(page) if scripts else None)


def test_a_deadline_is_drafted_extended_submitted_reopened_and_waived(desk: Desk) -> None:
    page = desk.page
    form = desk.open("bozza")
    form.get_by_label("Motivo").fill("dati aggiornati")
    desk.send(form)
    desk.says("La nuova versione è fatta")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").first.click()
    Document(download.value.path())

    form = desk.open("proroga")
    form.get_by_label("Nuovo termine").fill("2025-03-14")
    form.get_by_label("Motivo").fill("concessa dalla Regione")
    desk.send(form)
    desk.says("Proroga registrata.")
    assert "venerdì 14/03/2025" in page.locator("dl.facts").first.inner_text()

    form = desk.open("trasmissione")
    form.get_by_label("Giorno della trasmissione").fill("2025-02-07")
    form.get_by_label("Numero di protocollo").fill("0015384/2025")
    form.get_by_label("File che la prova").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    desk.send(form)
    desk.says("Trasmissione registrata.")
    assert "0015384/2025 – Tullio Prova" in page.locator("main").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Scarica la prova").click()
    assert download.value.path().read_bytes() == PDF

    form = desk.open("riapertura")
    form.get_by_label("Motivo").fill("protocollo sbagliato")
    desk.send(form)
    desk.says("La scadenza è di nuovo aperta.")

    form = desk.open("annullamento")
    form.get_by_label("Motivo").fill("non dovuta quest'anno")
    desk.send(form)
    desk.says("La scadenza è segnata come non dovuta.")
    assert page.locator("main .state").first.inner_text() == "annullata"


def test_what_is_wrong_is_said_beside_the_field(desk: Desk) -> None:
    form = desk.open("trasmissione", OPEN)
    form.get_by_label("Giorno della trasmissione").fill("2031-01-01")
    form.get_by_label("Numero di protocollo").fill("abc")
    desk.send(form)
    assert desk.page.locator("[aria-invalid=true]").count() == 2
    assert "Giorno della trasmissione: la trasmissione è datata" in desk.page.locator(".note.wrong").inner_text()
    assert form.get_by_label("Numero di protocollo").input_value() == "abc"
    assert desk.looks is None or desk.looks.faults() == []


def test_who_is_slower_sees_what_the_other_did(desk: Desk) -> None:
    slow = desk.open("proroga", OPEN)
    slow.get_by_label("Nuovo termine").fill("2025-03-20")
    slow.get_by_label("Motivo").fill("troppo tardi")
    fast = Desk(desk.page.context.new_page(), desk.key, None)
    form = fast.open("bozza", OPEN)
    form.get_by_label("Motivo").fill("più veloce")
    fast.send(form)
    fast.says("La nuova versione è fatta")
    desk.send(slow)
    assert "Nel frattempo qualcuno" in desk.page.locator("main").inner_text()
    assert slow.get_by_label("Motivo").input_value() == "troppo tardi"
    assert desk.looks is None or desk.looks.faults() == []


def test_an_address_of_the_calendar_is_made_and_revoked(desk: Desk) -> None:
    page, name = desk.page, f"Agenda {desk.key}"
    page.goto("/calendari")
    page.get_by_label("Nome").fill(name)
    page.get_by_role("button", name="Crea l'indirizzo").click()
    desk.says("si vede solo adesso")
    address = page.get_by_label("Indirizzo da copiare").input_value()
    assert page.get_by_role("img", name="Codice QR").is_visible()
    wait_for(lambda: "BEGIN:VEVENT" in page.request.get(address).text(), lambda: "an unknown address", SOON)
    page.get_by_role("listitem").filter(has_text=name).get_by_role("button").click()
    page.get_by_text(name).wait_for(state="detached")
    wait_for(lambda: "BEGIN:VEVENT" not in page.request.get(address).text(), lambda: "the old calendar", SOON)


def test_a_token_for_a_program_is_made_and_revoked(desk: Desk) -> None:
    page, name = desk.page, f"Programma {desk.key}"
    page.goto("/profilo")
    page.get_by_label("A cosa serve").fill(name)
    page.get_by_role("button", name="Crea un gettone").click()
    desk.says("si vede solo adesso")
    known = {"Authorization": f"Bearer {page.locator('main code').inner_text()}"}
    assert page.request.get("/api/status", headers=known).status == 200
    page.get_by_role("button", name=f"Revoca «{name}»").click()
    page.get_by_role("button", name=f"Revoca «{name}»").wait_for(state="detached")
    assert page.request.get("/api/status", headers=known).status == 401
