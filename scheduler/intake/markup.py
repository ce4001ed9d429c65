"""What the XML of a workbook says and its reader of values does not: broken cells, and how far a sheet reaches.

The reader of values gives an error cell, and a formula that was never calculated, as an empty cell; and for one stray
cell at the sheet's far corner it asks for so much memory that the process ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from typing import Any
from zipfile import ZipFile

from scheduler.intake.raw import Broken, letter

MOST_CELLS = 2_000_000  # rows times columns

_REPEATED = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-"
_FORMULA = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}formula"
_NAME = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}name"
_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_KIND = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


@dataclass
class Markup:
    """The broken cells by 0-based (row, column), and how many rows and columns hold anything."""

    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0

    @property
    def far(self) -> str:
        """The address of the corner, where the sheet reaches too far to be read; else ''."""
        return f"{letter(self.columns - 1)}{self.rows}" if self.rows * self.columns > MOST_CELLS else ""

    def reach(self, row: int, column: int, times: int = 1) -> None:
        """Note that something stands at a 0-based row, in `times` columns from that column on."""
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + times)


def xlsx_markup(content: bytes, sheet: str) -> Markup:
    """Return the markup of one sheet of an .xlsx file; of a sheet that is not made of cells, an empty one."""
    with ZipFile(BytesIO(content)) as package:
        member = _member(package, sheet)
        if member not in package.namelist():
            return Markup()
        root = _tree(package.read(member))
    markup, row = Markup(), -1
    for element in root.iter("{*}row"):
        row = int(element.get("r", row + 2)) - 1
        for column, cell in _xlsx_cells(element):
            markup.reach(row, column)
            if broken := _xlsx_broken(cell):
                markup.broken[row, column] = broken
    return markup


def ods_markup(content: bytes, sheet: str) -> Markup:
    """Return the markup of one sheet of an .ods file."""
    with ZipFile(BytesIO(content)) as package:
        root = _tree(package.read("content.xml"))
    table = next(item for item in root.iter("{*}table") if item.get(_NAME) == sheet)
    markup, row = Markup(), 0
    for element in table.iter("{*}table-row"):
        repeated = int(element.get(f"{_REPEATED}rows-repeated", 1))
        for column, times, cell in _ods_cells(element):
            markup.reach(row + repeated - 1, column, times)
            if markup.far:
                return markup
            if broken := _ods_broken(cell):
                places = ((row + down, column + right) for down in range(repeated) for right in range(times))
                markup.broken |= dict.fromkeys(places, broken)
        row += repeated
    return markup


def _tree(content: bytes) -> Any:
    from openpyxl.xml.functions import fromstring

    return fromstring(content)  # it resolves no entities


def _member(package: ZipFile, sheet: str) -> str:
    """Return the package's member that holds a sheet, by way of its relation."""
    book = _tree(package.read("xl/workbook.xml"))
    found = next(item for item in book.iter("{*}sheet") if item.get("name") == sheet)
    relation = next(value for name, value in found.items() if name.endswith("}id"))
    relations = _tree(package.read("xl/_rels/workbook.xml.rels"))
    target = next(item.get("Target") for item in relations if item.get("Id") == relation)
    return normpath(join("xl", target)).lstrip("/")


def _xlsx_cells(row: Any) -> Iterator[tuple[int, Any]]:
    """Yield the cells of a row that hold something, each with its 0-based column."""
    column = -1
    for cell in row:
        address = cell.get("r")
        column = _column(address) if address else column + 1
        if len(cell):
            yield column, cell


def _column(address: str) -> int:
    column = 0
    for sign in address:
        if not sign.isalpha():
            break
        column = column * 26 + ord(sign.upper()) - 64
    return column - 1


def _xlsx_broken(cell: Any) -> Broken | None:
    kind = cell.get("t")
    if kind == "e":
        return Broken("cell.error", cell.findtext("{*}v") or "#?")
    formula = cell.find("{*}f")
    if formula is None or kind == "str" or cell.findtext("{*}v"):
        return None
    return Broken("cell.formula", f"={formula.text or '…'}")


def _ods_cells(row: Any) -> Iterator[tuple[int, int, Any]]:
    """Yield the cells of a row that hold something: 0-based column, how many times, and the cell."""
    column = 0
    for cell in row:
        times = int(cell.get(f"{_REPEATED}columns-repeated", 1))
        if len(cell) or cell.get(_FORMULA) or cell.get(_TYPE):
            yield column, times, cell
        column += times


def _ods_broken(cell: Any) -> Broken | None:
    if cell.get(_KIND) == "error":
        return Broken("cell.error", "".join(cell.itertext()) or "#?")
    if cell.get(_FORMULA) and not cell.get(_TYPE):
        return Broken("cell.formula", cell.get(_FORMULA).partition(":")[2] or "=…")
    return None
