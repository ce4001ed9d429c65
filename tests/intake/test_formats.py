"""The same sheet as .xlsx, .ods and .xls, converted by a real office program: the same values at the same cells."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from scheduler.core.data import Mark
from scheduler.errors import SourceError
from scheduler.intake.raw import Broken
from scheduler.intake.sheet import read as read_sheet
from tests.conftest import missing

from .workbooks import column, read, table, write

FORMATS = ("xlsx", "ods", "xls")
COLUMNS = (
    column("codice"),
    column("provincia"),
    column("importo", "importo"),
    column("quota", "numero"),
    column("unita", "intero"),
    column("dal", "data"),
    column("note", required=False),
)
ROWS = [
    ["Codice", "Provincia", "Importo", "Quota", "Unita", "Dal", "Note"],
    ["007", "NA", 8972346.42, 73.8, 41285, date(2025, 4, 5), None],
    [7, "MI", "1.234,56", "n.r", "41.285", "5/4/2025", "vista"],
    ["8", "MI", "-", 0.1, 0, date(2024, 2, 29), None],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks `buono` and `rotto` in the three formats."""
    if shutil.which("soffice") is None:
        missing("LibreOffice")
    made = tmp_path_factory.mktemp("formati")
    write(made / "buono.xlsx", ROWS, start=4)
    write(made / "rotto.xlsx", [*ROWS[:2], ["8", "#REF!", 1, 1, 1, date(2024, 2, 29), "#REF!"]])
    profile = f"-env:UserInstallation=file://{made / 'profilo'}"
    for kind in FORMATS[1:]:
        sources = [made / "buono.xlsx", made / "rotto.xlsx"]
        command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", made, *sources]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return made


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_table(folder: Path, kind: str) -> None:
    found = read(table(*COLUMNS, path=f"buono.{kind}", header=4), folder)
    assert [tuple(row.values.values()) for row in found.rows] == [
        ("007", "NA", Decimal("8972346.42"), Decimal("73.8"), 41285, date(2025, 4, 5), None),
        ("7", "MI", Decimal("1234.56"), Mark("n.r"), 41285, date(2025, 4, 5), "vista"),
        ("8", "MI", Mark("-"), Decimal("0.1"), 0, date(2024, 2, 29), None),
    ]
    assert str(found.rows[1].cell("importo")) == f"buono.{kind} [Dati] C6"


@pytest.mark.parametrize("kind", FORMATS)
def test_errors_are_seen(folder: Path, kind: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(table(*COLUMNS, path=f"rotto.{kind}"), folder)
    assert [str(problem).partition(";")[0] for problem in caught.value.problems] == [
        f"rotto.{kind} [Dati] B3: «Provincia»: la cella contiene l'errore #REF!",
        f"rotto.{kind} [Dati] G3: «Note»: la cella contiene l'errore #REF!",
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_file_is_refused_whatever_its_reader_does(folder: Path, tmp_path: Path, kind: str) -> None:
    content, path = (folder / f"buono.{kind}").read_bytes(), tmp_path / f"a.{kind}"
    for size in range(600, len(content) - 600, len(content) // 40):
        path.write_bytes(content[:size])
        with pytest.raises(SourceError):
            read_sheet(path, path.name, "Dati")


def opendocument(path: Path, body: str) -> Path:
    """An .ods of one sheet `Dati` with the rows given as XML."""
    spaces: Mapping[str, str] = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Dati">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr("content.xml", content)
    return path


TEXT = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'


def test_an_uncalculated_formula_of_an_ods_is_seen_at_its_cell(tmp_path: Path) -> None:
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    gap = '<table:table-cell table:number-columns-repeated="3"/>'
    blank = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    row = f"<table:table-row>{TEXT}{gap}{formula}</table:table-row>"
    found = read_sheet(opendocument(tmp_path / "a.ods", f"{blank}{row}"), "a.ods", "Dati")
    assert found.rows[2] == ("x", "", "", "", Broken("cell.formula", "=1+1"))


def test_a_stray_cell_far_away_in_an_ods_is_refused(tmp_path: Path) -> None:
    blank = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
    far = f'<table:table-row><table:table-cell table:number-columns-repeated="16383"/>{TEXT}</table:table-row>'
    with pytest.raises(SourceError, match="fino alla cella XFD1048575"):
        read_sheet(opendocument(tmp_path / "a.ods", f"{blank}{far}"), "a.ods", "")
