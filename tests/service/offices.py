"""A small office for tests with real processes: a few duties due on one day, one of them with a Word draft."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from docx import Document

NOW = "2026-03-24T09:00"  # the instant at which all its reminders and drafts are due
HEAD = """\
version: 1
office:
  body: Provincia di Esempio
  name: Settore Lavoro
  addressee: Regione Esempio
  time_zone: Europe/Rome
roles:
  ufficio:
    title: Ufficio rendicontazione
    addresses: [ufficio@ente.example]
  capo:
    title: Dirigente
    addresses: [capo@ente.example]
  tecnico:
    title: Referente informatico
    addresses: [tecnico@ente.example]
operator: tecnico
escalation: capo
agreements:
  - id: convenzione
    title: Convenzione
    since: 2026-01-01
    until: 2026-12-31
    source: atto
defaults:
  at: "09:00"
  margin: 1
obligations:
"""
DUTY = """\
  - id: {id}
    title: Adempimento {id}
    family: relazioni
    agreement: convenzione
    source: articolo 1
    every: once
    due: {{on: {due_on}}}
    owner: ufficio
    recipients: [capo]
    documents: [modulo]
    milestones: [{milestones}]
"""


def duty(number: int, milestones: str = "reminder-7d", due_on: str = "2026-03-31") -> str:
    """One duty's lines in `deadlines.yaml`."""
    return DUTY.format(id=f"adempimento-{number:02}", due_on=due_on, milestones=milestones)


def declared(reminders: int, drafts: int = 0) -> str:
    """The text of a `deadlines.yaml` with so many duties of each kind."""
    drafted = [duty(90 + number, "draft-7d") for number in range(drafts)]
    return HEAD + "".join([duty(number + 1) for number in range(reminders)] + drafted)


def make_office(root: Path, reminders: int, drafts: int = 0) -> Path:
    """Make a workspace with so many mails to send at `NOW`, and return its folder."""
    (root / "templates").mkdir(parents=True)
    (root / "data").mkdir()
    document = Document()
    document.add_paragraph("Il Settore trasmette la relazione.")
    document.save(str(root / "templates" / "modulo.docx"))
    (root / "deadlines.yaml").write_text(declared(reminders, drafts), "utf-8")
    return root


COUNTED = """\
  - id: spese
    title: Spese
    family: relazioni
    agreement: convenzione
    source: articolo 1
    every: month
    due: {months_after: 1, day: 8}
    owner: ufficio
    recipients: [capo]
    documents: [modulo]
    milestones: [draft-3d]
    data: [spese]
    figures:
      totale: {sum: spese.importo}
      quanti: {count: spese}
      primo: {pick: spese.persona, where: {importo: "10"}}
      per_persona: {group: spese, by: persona, sum: importo}
"""
TABLES = """\
tables:
  spese:
    path: data/{month}.csv
    columns:
      importo: {header: Importo, type: intero}
      persona: {header: Persona, type: testo}
obligations:
"""


def make_counting_office(root: Path, months: Mapping[str, str]) -> Path:
    """Make a workspace with a monthly report of a few figures; given the text of each month's list of expenses."""
    make_office(root, 0)
    (root / "deadlines.yaml").write_text(HEAD.replace("obligations:\n", TABLES) + COUNTED, "utf-8")
    for month, content in months.items():
        (root / f"data/{month}.csv").write_text(content, "utf-8")
    return root
