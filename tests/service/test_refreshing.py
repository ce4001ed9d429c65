"""A draft that people have edited is taken back, and from then on new drafts carry their text on."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from scheduler.app import App
from scheduler.core.ledger import ActKind, Draft
from scheduler.core.upload import Upload
from scheduler.documents.finder import read
from scheduler.documents.package import document_text
from scheduler.documents.refresh import Kind
from scheduler.errors import SourceError, UserError
from scheduler.ledger import database
from scheduler.service.acts import Acts
from scheduler.service.copies import program
from scheduler.service.refreshing import findings
from scheduler.service.returns import Returns
from scheduler.settings import read_settings
from tests.conftest import ROOT, missing
from tests.service.libreoffice_typist import typed

KEY, DOCUMENT = "costi-personale-trimestrale/2025-Q1", "costi-personale-trimestrale"
NOW = datetime(2025, 4, 20, 8, tzinfo=UTC)
WORDS = "Le assunzioni di marzo spiegano l’aumento: è già rientrato."
WORKBOOK = "data/costi/2025-Q1.xlsx"


@dataclass
class Office:
    """An office whose workbooks can be changed."""

    app: App
    acts: Acts
    now: datetime = NOW

    def draft(self) -> Draft:
        """Make the drafts, and return that of the report."""
        self.now += timedelta(hours=1)
        made = self.acts.draft(KEY, "prova", "Anna Neri", None, self.now)
        return next(item.draft for item in made if item.draft.document == DOCUMENT)

    def give_back(self, content: bytes, name: str = "bozza.docx", key: str = KEY) -> Draft:
        """Put a document back."""
        self.now += timedelta(hours=1)
        return self.acts.give_back(key, Upload(name, content), "", "Bruno Verdi", None, self.now).draft

    def content(self, draft: Draft) -> bytes:
        """Return the bytes of a version."""
        return self.app.workspace.read(draft.path)

    def own(self, draft: Draft) -> bytes:
        """Return what the service itself had made of a version."""
        return self.app.workspace.read(draft.own_path)

    def raise_one_cost(self, workbook: str = WORKBOOK) -> None:
        """Change one input number by a euro."""
        path = self.app.workspace.root / workbook
        book = load_workbook(path)
        sheet = book["Costi"]
        heads = [str(cell.value).lower() for cell in sheet[4]]
        for name in ("lordo", "totale"):
            cell = sheet.cell(5, next(at for at, head in enumerate(heads, 1) if name in head))
            cell.value = float(str(cell.value)) + 1 if not isinstance(cell.value, int | float) else cell.value + 1
        book.save(path)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root = tmp_path_factory.mktemp("office")
    for part in ("templates", "data"):
        shutil.copytree(ROOT / part, root / part)
    shutil.copy2(ROOT / "deadlines.yaml", root)
    environ = {"SCADENZARIO_DATABASE_URL": "sqlite:///var/ledger.sqlite3"}
    app = App(read_settings(environ, root), lambda: NOW)
    yield Office(app, Acts(app.workspace, app.store, app.agenda, app.drafter, "it"))
    database.close(app.store.alias)


def changed(content: bytes, change: Callable[[str], str]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            kept = source.read(name)
            target.writestr(name, change(kept.decode()).encode() if name == "word/document.xml" else kept)
    return result.getvalue()


def with_words(markup: str) -> str:
    placeholder = re.search(r"\[Testo da completare[^<]*", markup)
    assert placeholder
    return markup.replace(placeholder[0], WORDS)


def total(content: bytes) -> str:
    found = re.search(r"il costo sostenuto per il personale è di (\S+) euro", document_text(content))
    assert found
    return found[1]


def test_what_people_wrote_survives_the_data_and_their_own_figures_too(office: Office) -> None:
    first = office.draft()
    was = total(office.content(first))
    edited = changed(office.content(first), with_words)
    back = office.give_back(edited)
    assert (back.version, back.rework and back.rework.who) == (first.version + 1, "Bruno Verdi")
    assert office.content(back) == edited
    assert [act.kind for act in office.app.store.acts(KEY)][-1] is ActKind.RETURN

    office.raise_one_cost()
    second = office.draft()
    text = document_text(office.content(second))
    assert WORDS in text
    assert total(office.content(second)) != was
    assert f"versione {second.version} del" in text
    assert total(office.content(second)) == total(office.app.workspace.read(second.own_path))
    assert second.own_path != second.path
    known = office.app.store.drafts(KEY)
    assert {item.kind for item in findings(second, known, office.app.workspace)} == {Kind.UPDATED}
    assert findings(first, known, office.app.workspace) == findings(back, known, office.app.workspace) == ()

    # a figure written by hand, twice carried on: told when the data differ, then left in peace
    hand = changed(
        office.content(second), lambda markup: markup.replace(total(office.content(second)), "circa tre milioni di", 1)
    )
    office.give_back(hand)
    office.raise_one_cost()
    third = office.draft()
    [conflict] = [
        item
        for item in findings(third, office.app.store.drafts(KEY), office.app.workspace)
        if item.kind is not Kind.UPDATED
    ]
    assert (conflict.kind, conflict.edited) == (Kind.CONFLICT, "circa tre milioni di")
    fourth = office.draft()
    assert total_words(office.content(fourth))
    left = findings(fourth, office.app.store.drafts(KEY), office.app.workspace)
    assert all(item.kind is Kind.UPDATED for item in left)


def total_words(content: bytes) -> bool:
    return "è di circa tre milioni di euro" in document_text(content) and WORDS in document_text(content)


def plain() -> bytes:
    result = io.BytesIO()
    Document().save(result)
    return result.getvalue()


REFUSED: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "the draft as it was": (lambda content: content, "bozza.docx", "è uguale"),
    "a document of its own": (lambda content: plain(), "bozza.docx", "non è una bozza di questa scadenza"),
    "no document": (lambda content: b"%PDF-1.7\n", "bozza.pdf", "non è un documento Word"),
    "nothing": (lambda content: b"", "bozza.docx", ""),
    "cut off": (lambda content: content[:-300], "bozza.docx", ""),
    "with a field of the day": (
        lambda content: changed(content, lambda markup: markup.replace('" SEQ Tabella', '" DATE Tabella', 1)),
        "bozza.docx",
        "campo DATE",
    ),
    "markup that is none": (lambda content: changed(content, lambda markup: markup[:-20]), "bozza.docx", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_edited_draft_is_refused_and_nothing_is_recorded(office: Office, name: str) -> None:
    change, file, said = REFUSED[name]
    draft = office.draft()
    before = office.app.store.drafts(KEY), office.app.store.acts(KEY)
    with pytest.raises(UserError) as caught:
        office.give_back(change(office.content(draft)), file)
    assert {problem.where for problem in caught.value.problems} == {"edited"}
    assert said in str(caught.value)
    assert all(problem.remedy for problem in caught.value.problems)
    assert (office.app.store.drafts(KEY), office.app.store.acts(KEY)) == before


def test_a_draft_of_another_deadline_is_refused(office: Office) -> None:
    content = changed(office.content(office.draft()), with_words_or_not)
    with pytest.raises(UserError, match="non è una bozza di questa scadenza"):
        office.give_back(content, key="costi-personale-trimestrale/2024-Q4")


def with_words_or_not(markup: str) -> str:
    return markup.replace("Sintesi", "Sintesi nostra", 1)


def test_a_kept_file_that_is_damaged_is_named(office: Office) -> None:
    back = office.give_back(changed(office.content(office.draft()), with_words_or_not))
    path = office.app.workspace.var / back.path
    content = path.read_bytes()
    path.write_bytes(content[:1000])
    with pytest.raises(SourceError, match=path.name):
        office.draft()
    path.write_bytes(content)
    office.draft()


def test_a_draft_put_into_the_folder_is_taken_back_and_what_is_wrong_is_said_beside_it(office: Office) -> None:
    returns, folder = Returns(office.acts), office.app.workspace.root / "bozze"
    returns.take(office.now)
    assert not folder.exists()
    made = office.draft()
    human = changed(office.content(made), lambda markup: markup.replace("Sintesi", "Sintesi di tutti", 1))
    folder.mkdir()
    (folder / "bozza mia.docx").write_bytes(human)
    (folder / "altra.docx").write_bytes(plain())
    (folder / "a metà.docx").write_bytes(human[:5000])
    (folder / "~$bozza.docx").write_bytes(human)
    returns.take(office.now)
    back = [item for item in office.app.store.drafts(KEY) if item.document == DOCUMENT][-1]
    assert (back.version, office.content(back)) == (made.version + 1, human)
    assert back.rework
    assert back.rework.who == "cartella «bozze»"
    assert sorted(path.name for path in folder.glob("*.docx")) == ["a metà.docx", "~$bozza.docx"]
    [kept] = (folder / "registrate").iterdir()
    assert kept.read_bytes() == human
    [note] = (folder / "respinte").glob("*.txt")
    assert "non è una bozza di questa scadenza" in note.read_text("utf-8")
    (folder / "a metà.docx").write_bytes(human)
    returns.take(office.now)
    assert len(list((folder / "respinte").glob("*.docx"))) == 2, "it is the same as what was taken back"


def paragraphs(content: bytes, words: str) -> list[str]:
    """The markup of the paragraphs that hold some words."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = package.read("word/document.xml").decode()
    return [item for item in re.findall(r"<w:p>.*?</w:p>", body, re.DOTALL) if words in item]


def tables(content: bytes) -> list[list[tuple[str, ...]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [[row.texts for row in item.rows] for item in read(package.read("word/document.xml")).tables]


def test_a_draft_edited_in_libreoffice_keeps_its_text_and_gets_new_figures(office: Office, tmp_path: Path) -> None:
    soffice = program()
    if soffice is None:
        missing("LibreOffice")
        return
    key = "costi-personale-trimestrale/2024-Q4"  # nobody has edited it
    office.acts.draft(key, "prova", "Anna", None, office.now)
    [first] = [item for item in office.app.store.drafts(key) if item.document == DOCUMENT]
    gross = re.search(r"Retribuzioni lorde\n(\S+ €)", document_text(office.content(first)))
    assert gross
    words = "Scritto a mano: così è, e così resti."
    human = typed(soffice, tmp_path, office.content(first), "Testo da completare", words, gross[1], "poco meno")
    assert human[:2] == b"PK"
    office.give_back(human, key=key)

    office.raise_one_cost("data/costi/2024-Q4.xlsx")
    office.acts.draft(key, "dati nuovi", "Anna", None, office.now + timedelta(hours=1))
    second = [item for item in office.app.store.drafts(key) if item.document == DOCUMENT][-1]
    was, now, own = (document_text(item) for item in (human, office.content(second), office.own(second)))
    assert paragraphs(human, words) == paragraphs(office.content(second), words) != []
    assert total(office.content(second)) == total(office.own(second)) != total(human)
    assert f"{words} (bis)" in now
    assert "Retribuzioni lorde\npoco meno" in was
    assert "Retribuzioni lorde\npoco meno" in now
    found = findings(second, office.app.store.drafts(key), office.app.workspace)
    assert [item.edited for item in found if item.kind is Kind.CONFLICT] == ["poco meno"]
    assert tables(office.content(second)) == tables(office.own(second))
    assert own.count("€") == now.count("€") + 1
