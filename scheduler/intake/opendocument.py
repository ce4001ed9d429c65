"""What the XML of an .ods file says of a sheet beside its values. Nothing of the values themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from scheduler.intake.raw import Broken, Markup, Place

_COLUMNS = 16_384  # of any sheet
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_KIND = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def ods_markup(content: bytes, sheet: str) -> Markup:
    """Return the markup of one sheet of an .ods file."""
    from openpyxl.xml.functions import fromstring

    with ZipFile(BytesIO(content)) as package:
        root = fromstring(package.read("content.xml"))  # it resolves no entities
    table = next(item for item in root.iter(f"{_TABLE}table") if item.get(f"{_TABLE}name") == sheet)
    markup, row = Markup(), 0
    markup.hidden_columns = set(_hidden_columns(table))
    for element in table.iter(f"{_TABLE}table-row"):
        repeated = int(element.get(f"{_TABLE}number-rows-repeated", 1))
        for column, times, cell in _cells(element):
            markup.reach(row + repeated - 1, column, times)
            if markup.far:
                return markup
            places = [(row + down, column + right) for down in range(repeated) for right in range(times)]
            _note(markup, cell, places)
        if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            markup.hidden_rows.update(range(row, min(row + repeated, markup.rows)))
        row += repeated
    return markup


def _hidden_columns(table: Any) -> Iterator[int]:
    at = 0
    for element in table.iter(f"{_TABLE}table-column"):
        following = min(at + int(element.get(f"{_TABLE}number-columns-repeated", 1)), _COLUMNS)
        if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            yield from range(at, following)
        at = following


def _cells(row: Any) -> Iterator[tuple[int, int, Any]]:
    """Yield the cells of a row that hold something: 0-based column, how many times, and the cell."""
    column = 0
    for cell in row:
        times = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if len(cell) or cell.get(f"{_TABLE}formula") or cell.get(f"{_OFFICE}value-type"):
            yield column, times, cell
        column += times


def _note(markup: Markup, cell: Any, places: Iterable[Place]) -> None:
    """Note what one cell says, for every place that it is repeated at."""
    broken, kind, shown = _broken(cell), cell.get(f"{_OFFICE}value-type"), _shown(cell)
    down, right = (int(cell.get(f"{_TABLE}number-{name}-spanned", 1)) - 1 for name in ("rows", "columns"))
    for row, column in places:
        if broken:
            markup.broken[row, column] = broken
        if formula := cell.get(f"{_TABLE}formula"):
            markup.formulas[row, column] = formula.partition(":")[2]
        if kind == "percentage":
            markup.percents.add((row, column))
        if kind == "float" and shown.isdigit() and shown.startswith("0"):
            markup.padded[row, column] = len(shown)
        if down or right:
            markup.merged.append(((row, column), (row + down, column + right)))


def _broken(cell: Any) -> Broken | None:
    if cell.get(_KIND) == "error":
        return Broken("cell.error", _shown(cell) or "#?")
    formula = cell.get(f"{_TABLE}formula")
    if formula and not cell.get(f"{_OFFICE}value-type"):
        return Broken("cell.formula", formula.partition(":")[2] or "=…")
    return None


def _shown(cell: Any) -> str:
    """Return the text of a cell, without that of its comment."""
    return "\n".join("".join(line.itertext()) for line in cell.iterfind(f"{_TEXT}p"))
