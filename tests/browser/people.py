"""The people of the office in their browsers: they come in by the link that the service mails to them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.service.waiting import wait_for
from tests.web.entering import ADMINISTRATOR, EDITOR, READER, link_in

KNOWN = {"reader": READER, "editor": EDITOR, "administrator": ADMINISTRATOR}
NEWCOMER = "elio.modello@cmm.example"  # an editor too, who leaves everywhere while the others stay
PEOPLE = (
    "  - {name: Tullio Prova,",
    f"  - {{name: Elio Modello, address: {NEWCOMER}, access: editor}}\n  - {{name: Tullio Prova,",
)


def ask(page: Page, office: Path, address: str) -> str:
    """Fill in the form that is open, and return the path of the link that comes by mail."""
    outbox = office / "var/outbox/new"
    before = set(outbox.glob("*"))
    page.get_by_label("Indirizzo di posta").fill(address)
    page.get_by_role("button", name="Manda il collegamento").click()
    page.get_by_role("heading", name="Controllare la posta").wait_for()

    def arrived() -> str:
        news = [path.read_text("ascii") for path in set(outbox.glob("*")) - before]
        return next((mail for mail in news if f"To: {address}" in mail), "")

    return link_in(wait_for(arrived, lambda: f"no link for {address}"))


def enter(page: Page, office: Path, address: str, wanted: str = "/accesso") -> None:
    """Come in, by way of the page that is wanted."""
    page.goto(wanted)
    page.goto(ask(page, office, address))
    page.get_by_role("button", name="Entra come").click()
    page.locator(".who").get_by_role("button", name="Esci").wait_for()
