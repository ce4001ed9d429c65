"""Drafts made again from what was kept with them, when files, templates and `deadlines.yaml` are gone or others."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.commands.acting import acts
from scheduler.commands.reproducing import reproduce
from scheduler.commands.simulation import simulation
from scheduler.core.kept import input_path
from scheduler.core.ledger import Act, ActKind, Draft
from scheduler.core.making import Annex
from scheduler.documents.package import document_text
from scheduler.errors import SourceError, UserError
from scheduler.ledger import database
from scheduler.service.reproduction import Likeness, Reproducer
from scheduler.service.workspace import Workspace
from scheduler.settings import read_settings
from tests.conftest import ROOT
from tests.processes import run
from tests.service.offices import make_counting_office

BEGIN, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
EXTENDED, TO = "cabina-regia-afol/2025-01", date(2025, 2, 27)


@dataclass(frozen=True)
class Office:
    """What is left of an office: its state, and nothing of its own files."""

    root: Path
    drafts: tuple[Draft, ...]
    app: App

    def reproducer(self, root: Path | None = None) -> Reproducer:
        return Reproducer(Workspace(root or self.root), self.app.store, self.app.press, "it")


def _copied(root: Path) -> Path:
    root.mkdir()
    for part in ("templates", "data"):
        shutil.copytree(ROOT / part, root / part)
    shutil.copy2(ROOT / "deadlines.yaml", root)
    return root


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The shipped office after the first quarter of 2025, on a false clock; then all it declared was deleted."""
    root = _copied(tmp_path_factory.mktemp("quarter") / "office")
    app = App(read_settings({}, root), lambda: BEGIN)
    app.store.record_act(Act(ActKind.EXTENSION, EXTENDED, BEGIN, "ada", TO, reason="nota"))
    database.close(app.store.alias)
    lived = simulation(app, BEGIN, root / "var", root / "var/ledger.sqlite3", filed_on_target=True)
    for _ in lived.run(END):
        pass
    for name in ("templates", "data", "var/good"):
        shutil.rmtree(root / name, ignore_errors=True)
    (root / "deadlines.yaml").unlink()
    later = App(read_settings({"SCADENZARIO_LANGUAGE": "it"}, root))
    drafts = tuple(item for key in sorted(later.store.drafted()) for item in later.store.drafts(key))
    yield Office(root, drafts, later)
    later.press.close()
    app.press.close()
    database.close(later.store.alias)


def test_every_document_of_a_quarter_is_made_again_to_the_byte(office: Office) -> None:
    made = {item.path: office.reproducer().reproduce(item) for item in office.drafts}
    assert {item.likeness for item in made.values()} == {Likeness.IDENTICAL}
    for path, item in made.items():
        assert item.content == (office.root / "var" / path).read_bytes()
    documents = {item.document for item in office.drafts}
    assert {"costi-personale-annuale", "elenco-personale-mensile", "richiesta-dati", "nota-trasmissione"} <= documents
    assert len(office.drafts) > 30


def test_what_drafts_depend_on_beside_files_was_kept(office: Office) -> None:
    makings = [item.making for item in office.drafts if item.making]
    assert len(makings) == len(office.drafts)
    assert any(isinstance(annex, Annex) for item in makings for annex in item.annexes), "a letter lists its annexes"
    assert any(item.request_by for item in makings), "a letter says by when"
    assert {item.extended_to for item in makings} == {None, TO}
    kept = {path.name for path in (office.root / "var/inputs").iterdir()}
    assert kept == {sha256 for item in office.drafts for sha256 in item.made_of}, "each once, and nothing else"
    for path in (office.root / "var/inputs").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_another_process_makes_the_same_with_no_file_of_the_office(office: Office) -> None:
    draft = next(item for item in office.drafts if item.document == "nota-trasmissione")
    result = run(["reproduce", draft.occurrence_key, "1", "--workspace", str(office.root)], {})
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == len([item for item in office.drafts if item.occurrence_key == draft.occurrence_key])
    assert all("identica al byte" in line for line in lines)


def test_one_document_can_be_written_out(office: Office, tmp_path: Path) -> None:
    draft = next(item for item in office.drafts if item.document == "nota-trasmissione")
    out = tmp_path / "x.docx"
    with pytest.raises(UserError, match="--document"):
        reproduce(office.root, draft.occurrence_key, 1, "", out)
    assert reproduce(office.root, draft.occurrence_key, 1, draft.document, out) == 0
    assert out.read_bytes() == (office.root / "var" / draft.path).read_bytes()
    with pytest.raises(UserError, match="di gol-avanzamento/1999-Q1 non c'è una bozza in versione 7"):
        reproduce(office.root, "gol-avanzamento/1999-Q1", 7, "", None)


@pytest.fixture
def damaged(office: Office, tmp_path: Path) -> Path:
    """The same state, where something can be done to it."""
    shutil.copytree(office.root, tmp_path / "office")
    return tmp_path / "office"


def _of_costs(office: Office) -> Draft:
    return next(item for item in office.drafts if item.inputs and item.document == "costi-personale-annuale")


def test_kept_bytes_that_are_gone_or_changed_are_all_named(office: Office, damaged: Path) -> None:
    draft = _of_costs(office)
    assert draft.making is not None
    (damaged / "var" / input_path(draft.making.register)).unlink()
    (damaged / "var" / input_path(draft.inputs[0].sha256)).write_bytes(b"other")
    with pytest.raises(SourceError) as caught:
        office.reproducer(damaged).reproduce(draft)
    said = {problem.where: problem.what for problem in caught.value.problems}
    assert set(said) == {"deadlines.yaml", draft.inputs[0].path}
    assert "non ci sono più" in said["deadlines.yaml"]
    assert "sono cambiati" in said[draft.inputs[0].path]


def test_a_draft_of_before_anything_was_kept_is_told_apart(office: Office) -> None:
    with pytest.raises(SourceError, match="non veniva ancora conservato"):
        office.reproducer().reproduce(replace(office.drafts[0], making=None))


def test_a_place_outside_the_workspace_is_refused(office: Office) -> None:
    draft = _of_costs(office)
    outside = replace(draft, inputs=(replace(draft.inputs[0], path="../outside.xlsx"),))
    with pytest.raises(SourceError, match="fuori dalla cartella"):
        office.reproducer().reproduce(outside)


def test_the_same_parts_compressed_otherwise_are_the_same_content(office: Office, damaged: Path) -> None:
    draft = _of_costs(office)
    path, packed = damaged / "var" / draft.path, io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
    path.write_bytes(packed.getvalue())
    other = replace(draft, sha256=hashlib.sha256(packed.getvalue()).hexdigest())
    assert office.reproducer(damaged).reproduce(other).likeness is Likeness.SAME


def test_what_differs_is_told_by_part_and_by_words(office: Office) -> None:
    draft, later, *_ = (item for item in office.drafts if item.document == "elenco-personale-mensile")
    found = office.reproducer().reproduce(replace(draft, sha256=later.sha256, path=later.path))
    assert found.likeness is Likeness.DIFFERENT
    assert "word/document.xml" in found.parts
    assert any(later.occurrence_key.partition("/")[2] in item.before for item in found.texts)


def test_other_bytes_than_a_file_that_is_gone_are_not_called_equal(office: Office, damaged: Path) -> None:
    draft = _of_costs(office)
    (damaged / "var" / draft.path).unlink()
    assert office.reproducer(damaged).reproduce(draft).likeness is Likeness.IDENTICAL, "the fingerprint is enough"
    assert office.reproducer(damaged).reproduce(replace(draft, sha256="0" * 64)).likeness is Likeness.UNKNOWN


def test_a_draft_of_released_data_is_made_again_with_who_answers_for_them(tmp_path: Path) -> None:
    root = make_counting_office(tmp_path / "office", {"2026-01": "Importo;Persona\n10;Ada\n"})
    declared = (root / "deadlines.yaml").read_text("utf-8")
    strict = declared.replace("    path: data/", "    covers: {persona: [Ada, Ugo]}\n    path: data/")
    (root / "deadlines.yaml").write_text(strict, "utf-8")
    now = datetime(2026, 2, 5, 9, tzinfo=UTC)
    app = App(read_settings({}, root), lambda: now)
    acts(app).release("spese/2026-01", "Ugo arriva a marzo", "ada", None, now)
    [made] = acts(app).draft("spese/2026-01", "serve subito", "ada", None, now)
    assert made.draft.making is not None
    assert made.draft.making.release == made.release
    assert made.release is not None
    for name in ("data", "templates"):
        shutil.rmtree(root / name)
    [draft] = app.store.drafts("spese/2026-01")
    found = Reproducer(app.workspace, app.store, app.press, "it").reproduce(draft)
    app.press.close()
    assert draft == made.draft
    assert found.likeness is Likeness.IDENTICAL
    assert "Ugo arriva a marzo" in document_text(found.content)
    app.store.rest()
