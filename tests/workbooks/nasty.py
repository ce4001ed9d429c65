"""The form of a nasty workbook: how it is made, how it is declared, and what must be read or said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from scheduler.core.data import Column, ColumnType, TableSpec

Rows = Sequence[Sequence[object]]
Touch = Callable[[Any], object]  # changes a sheet after its cells were written
Edit = tuple[str, bytes, bytes]  # member of the package, old bytes, new bytes

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"


@dataclass(frozen=True)
class Nasty:
    """One workbook: its cells, what is done to it, its declaration, and what is expected.

    `values`: the rows that are read; None: it is refused. `says`: each problem, without file, sheet and remedy.
    """

    name: str
    rows: Rows | bytes  # bytes: the content of a text file
    columns: str = "Nome:testo, Importo:importo"
    values: Sequence[tuple[object, ...]] | None = None
    says: Sequence[str] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)  # of the table
    of_columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    touch: Touch | None = None
    edits: Sequence[Edit] = ()
    spoil: Callable[[bytes], bytes] | None = None  # what becomes of the finished file
    suffix: str = ".xlsx"

    def spec(self, suffix: str = "") -> TableSpec:
        """Return its declaration."""
        names = [pair.rsplit(":", 1) for pair in self.columns.split(", ")]
        columns = tuple(
            Column(header.lower(), ColumnType(kind), header, **self.of_columns.get(header, {}))
            for header, kind in names
        )
        return TableSpec("dati", f"{self.name}{suffix or self.suffix}", columns, **self.rules)

    def make(self, folder: Path) -> Path:
        """Write the file."""
        path = folder / f"{self.name}{self.suffix}"
        if isinstance(self.rows, bytes):
            path.write_bytes(self.rows)
        else:
            _write(path, self.rows, self.touch)
        if self.edits:
            _edit(path, self.edits)
        if self.spoil:
            path.write_bytes(self.spoil(path.read_bytes()))
        return path


def _write(path: Path, rows: Rows, touch: Touch | None) -> None:
    book = Workbook()
    page: Any = book.active
    page.title = "Dati"
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                page.cell(line, column, value)
    if touch:
        touch(page)
    book.save(path)


def _edit(path: Path, edits: Sequence[Edit]) -> None:
    """Put other bytes into members of a package; a member that is not there yet is added."""
    with ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, old, new in edits:
        assert old in parts.get(name, b""), (name, old)
        parts[name] = parts.get(name, b"").replace(old, new) if old else new
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def shown_as(code: str, *addresses: str) -> Touch:
    """Give cells a number format."""

    def touch(page: Any) -> None:
        for address in addresses:
            page[address].number_format = code

    return touch


def hide(*lines: int) -> Touch:
    """Hide rows."""

    def touch(page: Any) -> None:
        for line in lines:
            page.row_dimensions[line].hidden = True

    return touch


def hide_columns(*letters: str) -> Touch:
    """Hide columns."""

    def touch(page: Any) -> None:
        for letter in letters:
            page.column_dimensions[letter].hidden = True

    return touch


def merge(*ranges: str) -> Touch:
    """Merge cells."""

    def touch(page: Any) -> None:
        for cells in ranges:
            page.merge_cells(cells)

    return touch


def hidden_sheet(page: Any) -> None:
    """Hide the sheet, behind another one."""
    page.parent.create_sheet("Altro")["A1"] = "x"
    page.sheet_state = "hidden"
    page.parent.active = 1
