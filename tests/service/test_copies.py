"""Documents as PDF by the real LibreOffice; and where it is missing, fails without saying so, or hangs."""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scheduler.documents.wholeness import lost_words
from scheduler.errors import UserError
from scheduler.service.backup_form import left_out
from scheduler.service.copies import KEPT, Form, Printer, program
from scheduler.service.workspace import Workspace
from tests.conftest import missing
from tests.documents.test_compared import written

SHIPPED = Path(__file__).parents[2] / "templates"
DOCUMENT = written(["Relazione", "perché no"])


@pytest.fixture
def soffice() -> Path:
    found = program()
    if found is None:
        missing("LibreOffice")
        raise AssertionError
    return found


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def fake(folder: Path, script: str) -> Path:
    """A program in LibreOffice's place."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_document_becomes_a_pdf_that_is_kept_and_used_again(place: Workspace, soffice: Path) -> None:
    made = Printer(place, "it", soffice).copy(DOCUMENT, Form.PDF)
    assert made.startswith(b"%PDF-")
    [kept] = (place.var / "copies").iterdir()
    assert re.fullmatch(r"[0-9a-f]{64}\.pdf", kept.name)
    assert kept.read_bytes() == made
    assert left_out(f"var/copies/{kept.name}"), "a backup leaves out what is made anew by itself"
    assert Printer(place, "it", None).copy(DOCUMENT, Form.PDF) == made, "without LibreOffice too"


@pytest.mark.parametrize(("form", "start"), [(Form.ARCHIVE, b"%PDF-1."), (Form.ODT, b"PK")])
def test_a_shipped_draft_becomes_each_form_with_all_its_words(
    place: Workspace, soffice: Path, form: Form, start: bytes
) -> None:
    template = (SHIPPED / "costi-personale-annuale.docx").read_bytes()
    made = Printer(place, "it", soffice).copy(template, form)
    assert made.startswith(start)
    assert lost_words(template, form.read(made)) == ()
    assert lost_words(written(["Costi e appendice"]), form.read(made)) == ("appendice",)


def test_a_plain_pdf_is_not_taken_for_one_of_the_archive(place: Workspace, soffice: Path) -> None:
    plain = Printer(place, "it", soffice).copy(DOCUMENT, Form.PDF)
    with pytest.raises(ValueError, match="no PDF/A-2"):
        Form.ARCHIVE.read(plain)


def test_a_copy_that_lacks_words_is_not_given_out(place: Workspace, soffice: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(Printer(place, "it", soffice).copy(DOCUMENT, Form.PDF))
    script = f"mkdir -p out; cp {other} out/document.pdf"
    with pytest.raises(UserError, match="ne mancano 2 parole, la prima è «bella»"):
        Printer(place, "it", fake(tmp_path, script)).copy(
            written(["Relazione", "perché no", "bella giornata"]), Form.PDF
        )


def test_the_oldest_copies_go(place: Workspace, soffice: Path) -> None:
    for number in range(KEPT + 3):
        place.keep(f"copies/{number:03}.pdf", b"%PDF")
        os.utime(place.var / f"copies/{number:03}.pdf", (number, number))
    Printer(place, "it", soffice).copy(DOCUMENT, Form.PDF)
    kept = sorted(path.name for path in (place.var / "copies").iterdir())
    assert len(kept) == KEPT
    assert kept[0] == "004.pdf"


def test_what_is_kept_but_cut_off_is_made_anew(place: Workspace, soffice: Path) -> None:
    printer = Printer(place, "it", soffice)
    printer.copy(DOCUMENT, Form.PDF)
    [kept] = (place.var / "copies").iterdir()
    kept.write_bytes(b"")
    assert printer.copy(DOCUMENT, Form.PDF).startswith(b"%PDF-")


def test_several_at_once_do_not_hinder_each_other(place: Workspace, soffice: Path) -> None:
    documents = [DOCUMENT, DOCUMENT, written(["altro"])]
    with ThreadPoolExecutor(3) as pool:  # two printers, as two processes would have
        made = list(pool.map(lambda pair: pair[0].copy(pair[1], Form.PDF), zip(
            [Printer(place, "it", soffice) for _ in range(3)], documents, strict=True)))  # fmt: skip
    assert all(item.startswith(b"%PDF-") for item in made)
    assert len([path for path in (place.var / "copies").iterdir() if path.suffix == ".pdf"]) == 2


def test_a_document_that_cannot_be_read_is_said(place: Workspace, soffice: Path) -> None:
    with pytest.raises(UserError, match="LibreOffice non ha potuto fare il PDF"):
        Printer(place, "it", soffice).copy(b"PK\3\4 not a document", Form.PDF)
    assert not (place.var / "copies").exists()


FAULTS = {
    "it says that all is well and makes nothing": ("exit 0", "LibreOffice non ha potuto fare il PDF (–)"),
    "it says why": ("echo 'source file could not be loaded' >&2", "source file could not be loaded"),
    "it makes something else": ('mkdir -p out; echo no > out/document.pdf; echo "$@"', "non ha potuto fare il PDF"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_only_the_file_tells(place: Workspace, tmp_path: Path, name: str) -> None:
    script, said = FAULTS[name]
    with pytest.raises(UserError) as caught:
        Printer(place, "it", fake(tmp_path, script)).copy(DOCUMENT, Form.PDF)
    [problem] = caught.value.problems
    assert said in problem.what
    assert problem.remedy


def test_where_it_is_not_installed_a_sentence_says_what_to_do(place: Workspace) -> None:
    with pytest.raises(UserError, match="LibreOffice non è installato; scaricare il documento Word"):
        Printer(place, "it", None).copy(DOCUMENT, Form.PDF)


def test_what_hangs_is_ended_with_all_that_it_has_started(place: Workspace, tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/child; wait"
    begun = time.monotonic()
    with pytest.raises(UserError, match=r"non ha finito il PDF in 0\.5 secondi"):
        Printer(place, "it", fake(tmp_path, script), seconds=0.5).copy(DOCUMENT, Form.PDF)
    assert time.monotonic() - begun < 30
    child = int((tmp_path / "child").read_text())
    assert not _runs(child)


def test_nobody_waits_for_ever_for_their_turn(place: Workspace, tmp_path: Path) -> None:
    printer = Printer(place, "it", fake(tmp_path, "exit 0"), seconds=0.1)
    with printer.turn, pytest.raises(UserError, match=r"0\.1 secondi"):
        printer.copy(DOCUMENT, Form.PDF)
    with pytest.raises(UserError, match="non"):
        printer.copy(DOCUMENT, Form.PDF)
    assert not printer.turn.locked()


def _runs(number: int) -> bool:
    """Tell whether a process lives; one that has ended and is waited for by nobody does not."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        os.sched_yield()
    return True
