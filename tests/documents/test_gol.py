"""The GOL report of 2023 has the published table to the character, `n.r` included, also when LibreOffice reads it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from scheduler.app import App
from scheduler.commands.clock import occurrence
from scheduler.settings import read_settings
from tests.conftest import missing

TABLE = """
|Obiettivi 2023|Realizzato|Da realizzare entro il 31.12.2023
Numero tot. PSP GOL|41.285|14.320|26.965
Numero tot. persone avviate in formazione|13.079|2.201|10.878
di cui avviate in formazione digitale|5.847|313|5.534
Numero tot. persone con formazione conclusa|10.652|n.r|n.r
Numero tot. persone con formazione digitale conclusa|3.906|n.r|n.r
"""


def drafted(workspace: Path) -> bytes:
    app = App(read_settings({}, workspace))
    [document] = app.drafter.documents(occurrence(app, "gol-avanzamento/2023"), (), app.clock()).documents
    return document.content


def cells(path: Path) -> list[list[str]]:
    """The table whose header speaks of 2023's targets, as another program wrote it out."""
    from docx import Document

    for table in Document(str(path)).tables:
        rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]
        if rows[0][1:2] == ["Obiettivi 2023"]:
            return rows
    raise AssertionError("no such table")


def test_the_table_is_the_published_one(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "gol.docx"
    path.write_bytes(drafted(workspace))
    assert cells(path) == [line.split("|") for line in TABLE.strip("\n").splitlines()]


def test_another_program_opens_the_draft_and_finds_every_value(workspace: Path, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        missing("LibreOffice")
        return
    (tmp_path / "gol.docx").write_bytes(drafted(workspace))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, "--headless", profile, "--convert-to", "txt:Text", "--outdir", tmp_path, tmp_path / "gol.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    seen = (tmp_path / "gol.txt").read_text("utf-8-sig")
    for line in TABLE.strip("\n").splitlines():
        for value in filter(None, line.split("|")):
            assert value in seen
