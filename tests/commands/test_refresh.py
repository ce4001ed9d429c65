"""`refresh` takes an edited draft back, puts the data of now into it, and says what a person has to look at."""

from __future__ import annotations

from pathlib import Path

from docx import Document

from scheduler.documents.package import document_text
from tests.commands.office import Office
from tests.web.test_reworks import edited

KEY = "costi-personale-annuale/2024"
FIRST, LATER = ("--now", "2025-02-10T09:00"), ("--now", "2025-02-11T09:00")


def test_an_edited_draft_is_refreshed_and_its_conflicts_are_listed(workspace: Path) -> None:
    office, path, out = Office(workspace), workspace / "bozza.docx", workspace / "nuova.docx"
    assert office.command("draft", KEY, "-o", str(path), *FIRST).returncode == 0
    path.write_bytes(edited(path.read_bytes(), ("Sintesi", "Sintesi nostra"), (">10/02/2025</w:t>", ">ieri</w:t>")))
    said = office.command("refresh", KEY, "--edited", str(path), "-o", str(out), "--who", "Anna", *LATER)
    assert said.returncode == 1, said.stderr
    assert "registrata come versione 2" in said.stdout
    assert "Dato corretto a mano, e cambiato nei dati" in said.stdout
    assert "Prima: 10/02/2025\n  Scritto a mano: ieri\n  Dai dati di adesso: 11/02/2025" in said.stdout
    assert "Sintesi nostra" in document_text(out.read_bytes())

    again = office.command("refresh", KEY, "--edited", str(path), *LATER)
    assert again.returncode == 5
    assert f"{path}: è uguale, al byte, alla versione 2" in again.stderr
    assert office.command("refresh", KEY, "--edited", str(workspace / "manca.docx"), *LATER).returncode == 5


def test_a_reviewers_copy_is_written_beside_the_draft(workspace: Path) -> None:
    out = workspace / "revisione.docx"
    assert Office(workspace).command("draft", KEY, "--review", "-o", str(out), *FIRST).returncode == 0
    copy = Document(str(out))
    assert len(list(copy.comments)) > 3
    assert [cell.text for cell in copy.tables[-1].rows[0].cells][:3] == ["Dato", "Valore", "Formula"]
    [kept] = (workspace / "var" / "drafts" / KEY).glob("costi-personale-annuale-*.docx")
    assert not list(Document(str(kept)).comments)
