"""Marked values in every personal cell, and a month of the service: where they turn up, and where they never do."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Lock

import pytest
from docx import Document

from scheduler.app import App
from scheduler.commands.acting import acts
from scheduler.commands.clock import app_at
from scheduler.commands.naming import names_of
from scheduler.commands.pages import Papers
from scheduler.core.upload import Upload
from scheduler.documents.package import document_text
from tests.intake.workbooks import write
from tests.processes import run
from tests.service.offices import HEAD
from tests.web.asking import Visitor
from tests.web.conftest import pages

MARK = "SEGNO"
TABLES = """\
tables:
  personale:
    path: data/{month}/*.xlsx
    sheet: Dati
    columns:
      sede: {from: file}
      nome: {header: Nome, type: testo, unique: true, personal: true}
      sesso: {header: Sesso, type: testo, values: [F, M], personal: true}
      note: {header: Note, type: testo, required: false}
      costo: {header: Costo, type: importo}
"""
DUTY = """\
  - id: elenco
    title: Elenco del personale
    family: personale
    agreement: convenzione
    source: articolo 1
    every: month
    due: {months_after: 1, day: 20}
    owner: ufficio
    recipients: [capo]
    nominative: [ufficio]
    documents: [elenco, nota]
    milestones: [draft-10d, reminder-5d, overdue+1d]
    data: [personale]
    figures:
      unita: {count: personale}
      costo: {sum: personale.costo}
      capifila: {rows: personale, order: costo, top: 1}
      capofila: {pick: personale.costo, where: {nome: SEGNO-capo}}
"""
GOOD = [["SEGNO-capo", "F", None, 100], ["SEGNO-2", "M", "part-time", 50]]
WRONG = [["SEGNO-capo", "SEGNO-3", None, 100], ["SEGNO-capo", "M", "cf RSSMRA85T10A562S", 50]]


def make_office(root: Path) -> Path:
    """A small office with a list of people for each of two months: one that is right, and one that is not."""
    (root / "templates").mkdir(parents=True)
    declared = HEAD.replace("agreements:", f"{TABLES}agreements:", 1) + DUTY
    (root / "deadlines.yaml").write_text(declared, "utf-8")
    names = "{% for p in tabelle.personale %}{{ p.nome }}, {{ p.sede }}; {% endfor %}"
    for name, text in (("elenco", names), ("nota", "Si trasmette: {{ dati.unita }} unità, {{ dati.costo }} euro")):
        document = Document()
        document.add_paragraph(text)
        document.save(str(root / f"templates/{name}.docx"))
    for month, rows in (("2026-02", GOOD), ("2026-03", WRONG)):
        write(root / f"data/{month}/CPI 01.xlsx", [["Nome", "Sesso", "Note", "Costo"], *rows])
    return root


@dataclass(frozen=True)
class Lived:
    """The office after two months, and what was logged."""

    root: Path
    app: App
    log: str

    @property
    def mails(self) -> list[EmailMessage]:
        """Every mail that went out."""
        files = sorted((self.root / "var/outbox").glob("*/*"))
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files if path.is_file()]
        assert found
        return [mail for mail in found if isinstance(mail, EmailMessage)]

    def visible(self) -> Iterator[tuple[str, str]]:
        """Yield everything that a stranger, a mailbox or a log may show, with its name."""
        for mail in self.mails:
            yield f"mail {mail['Subject']}", "\n".join([str(mail.items()), *bodies(mail)])
        yield "log", self.log
        yield "calendar", run(("feed", "--now", "2026-04-25T09:00", "--workspace", self.root), {}).stdout
        visitor = Visitor(pages(lambda: self.app))
        paths = ("/", "/scadenze/elenco/2026-03", "/metrics", "/readyz", "/scadenze.json")
        yield from ((path, visitor.get(path).text) for path in paths)
        rows = self.app.store.snapshot().performances.items()
        yield from ((f"ledger {key}", "\n".join(row.problems)) for key, row in rows if row.problems)


def bodies(mail: EmailMessage) -> Iterator[str]:
    """Yield the texts of a mail that are no attachments."""
    for part in mail.walk():
        if part.get_content_maintype() == "text" and not part.is_attachment():
            yield part.get_content()


def attached(mail: EmailMessage) -> dict[str, str]:
    """The texts of a mail's documents, by the names of their files."""
    return {str(item.get_filename()): document_text(item.get_content()) for item in mail.iter_attachments()}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The office after a sweep on each day on which something is due."""
    root, written = make_office(tmp_path_factory.mktemp("ufficio")), io.StringIO()
    handler, logger = logging.StreamHandler(written), logging.getLogger()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    for day in ("03-01", "03-10", "03-15", "03-21", "04-10", "04-15", "04-21"):
        app = app_at(root, f"2026-{day}T10:00")
        app.sweeper.sweep()
        app.press.close()
    logger.removeHandler(handler)
    logger.setLevel(level)
    app = app_at(root, "2026-04-25T09:00")
    yield Lived(root, app, written.getvalue())
    app.store.rest()


def test_no_personal_value_is_seen_where_anybody_may_look(lived: Lived) -> None:
    shown = list(lived.visible())
    assert len(shown) > 10
    assert all(text for _, text in shown)
    assert [name for name, text in shown if MARK in text or "RSSMRA85T10A562S" in text] == []


def test_a_list_of_people_goes_only_to_whom_may_receive_it(lived: Lived) -> None:
    handed = {mail["To"]: attached(mail) for mail in lived.mails if mail["Subject"].startswith("Bozza pronta")}
    assert {to: sorted(files) for to, files in handed.items()} == {
        "ufficio@ente.example": ["elenco-2026-02-v1.docx", "nota-2026-02-v1.docx"],
        "capo@ente.example": ["nota-2026-02-v1.docx"],
    }
    assert "SEGNO-2, CPI 01" in handed["ufficio@ente.example"]["elenco-2026-02-v1.docx"]
    assert not [text for text in handed["capo@ente.example"].values() if MARK in text]


def test_who_does_not_get_it_is_told_where_it_is(lived: Lived) -> None:
    [mail] = [mail for mail in lived.mails if mail["To"] == "capo@ente.example" and "Bozza" in mail["Subject"]]
    text = " ".join("\n".join(bodies(mail)).split())
    assert "Non in allegato: elenco-2026-02-v1.docx. Contiene dati di singole persone" in text
    assert "si scarica dalla pagina della scadenza" in text


def test_a_disclosure_blocks_the_sending_and_names_the_cell(lived: Lived) -> None:
    trouble = [mail for mail in lived.mails if "2026-03" in str(mail["Message-ID"]) or "marzo 2026" in mail["Subject"]]
    text = " ".join(" ".join("\n".join(bodies(mail)) for mail in trouble).split())
    for cell in (
        "B2: «Sesso»: «…»",
        "A3: «Nome»: «…» c'è già in A2",
        "C3: «Note»: la cella contiene un codice fiscale",
    ):
        assert f"data/2026-03/CPI 01.xlsx [Dati] {cell}" in text
    assert not [mail for mail in trouble if attached(mail)]


def test_neither_the_names_for_templates_nor_a_reviewers_copy_say_who_there_is(lived: Lived) -> None:
    listed = {item.name: item for item in names_of(app_at(lived.root, "2026-03-25T09:00"), "elenco")}
    assert not [item for item in listed.values() if MARK in item.example]
    assert [listed[f"tabelle.{name}[].nome"].example for name in ("personale", "capifila")] == ["", ""]
    assert listed["tabelle.personale[].sede"].example == "CPI 01"
    assert (listed["dati.capofila"].example, listed["dati.costo"].example) == ("", "150")
    draft = next(item for item in lived.app.store.drafts("elenco/2026-02") if item.document == "nota")
    said = document_text(Papers(lived.app, Lock()).review(draft))
    assert "sum(personale.costo)" in said
    assert "dato personale" in said
    assert MARK not in said


def test_a_list_that_nobody_may_receive_is_attached_to_no_mail(tmp_path: Path) -> None:
    root = make_office(tmp_path)
    path = root / "deadlines.yaml"
    path.write_text(path.read_text("utf-8").replace("    nominative: [ufficio]\n", ""), "utf-8")
    app = app_at(root, "2026-03-11T10:00")
    app_at(root, "2026-03-01T10:00").sweeper.sweep()
    app.sweeper.sweep()
    office = Lived(root, app, "")
    [mail] = [mail for mail in office.mails if mail["Subject"].startswith("Bozza pronta")]
    assert (mail["To"], list(attached(mail))) == ("ufficio@ente.example, capo@ente.example", ["nota-2026-02-v1.docx"])
    app.press.close()
    app.store.rest()


def test_a_document_that_carries_on_a_list_of_people_is_one_whatever_its_template_says_now(tmp_path: Path) -> None:
    root, now = make_office(tmp_path), datetime(2026, 3, 2, 9, tzinfo=UTC)
    app = app_at(root, "2026-03-02T10:00")
    _, note = acts(app).draft("elenco/2026-02", "prova", "Ada", None, now)
    shutil.copy2(root / "templates/elenco.docx", root / "templates/nota.docx")
    _, named = acts(app).draft("elenco/2026-02", "prova", "Ada", None, now + timedelta(hours=1))
    edited = Document(io.BytesIO(named.content))
    edited.add_paragraph("Parole dell'ufficio.")
    edited.save(written := io.BytesIO())
    upload = Upload("bozza.docx", written.getvalue())
    acts(app).give_back("elenco/2026-02", upload, "", "Ada", None, now + timedelta(hours=2))
    for text in ("Si trasmette.", "Si trasmette ancora."):
        plain = Document()
        plain.add_paragraph(text)
        plain.save(str(root / "templates/nota.docx"))
        _, carried = acts(app).draft("elenco/2026-02", "prova", "Ada", None, now + timedelta(hours=3))
    occurrence = app.agenda.occurrence("elenco/2026-02")
    assert occurrence
    assert MARK in document_text(carried.content)
    found = [bool(app.drafter.nominative(occurrence, [item])) for item in (note, named, carried)]
    assert found == [False, True, True]
    app.press.close()
    app.store.rest()
