"""One sheet as the office lays it out, and the bytes of a workbook; nothing of what the sheets say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from folder import members
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

Value = str | int | Decimal | date | None

EXAMPLE = "Dati di esempio: persone ed enti sono inventati"
TO_COMPLETE = "Dati non rilevati: da completare a cura dell'ufficio"

TEXT = "@"
INTEGER = "#,##0"
AMOUNT = "#,##0.00"
DATE = "dd/mm/yyyy"
GENERAL = "General"

HEADER_ROW = 4

_MADE_AT = datetime(2024, 1, 1)  # noqa: DTZ001 - workbook properties hold no zone
_NO_APPLICATION = b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
_TITLE_FONT = Font(name="Calibri", size=14, bold=True)
_NOTE_FONT = Font(name="Calibri", size=11, italic=True, color="595959")
_HEADER_FONT = Font(name="Calibri", size=11, bold=True)
_HEADER_FILL = PatternFill("solid", start_color="D9E2F3")
_TEXT_HEADER = Alignment(vertical="center", wrap_text=True)
_NUMBER_HEADER = Alignment(horizontal="right", vertical="center", wrap_text=True)
_NUMBER = Alignment(horizontal="right")  # also where a number or a date was typed as text
_HEADER_BORDER = Border(bottom=Side(style="thin", color="808080"))


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its header, its width in characters, its number format."""

    header: str
    width: float
    format: str = TEXT


@dataclass(frozen=True)
class Sheet:
    """A sheet: title in row 1, note in row 2, header in row 4, then the rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    note: str = EXAMPLE


def workbook_bytes(*sheets: Sheet) -> bytes:
    """Return the .xlsx file with these sheets; the same sheets give the same bytes."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for sheet in sheets:
        _fill(workbook.create_sheet(sheet.name), sheet)
    workbook.properties.title = sheets[0].title
    workbook.properties.creator = "Ufficio di esempio"
    workbook.properties.language = "it-IT"
    workbook.properties.created = _MADE_AT
    raw = BytesIO()
    workbook.save(raw)
    workbook.properties.modified = _MADE_AT  # save() has put the present moment there
    properties = tostring(workbook.properties.to_tree())
    return _repacked(raw, {"docProps/core.xml": properties, "docProps/app.xml": _NO_APPLICATION})


def _fill(worksheet: Any, sheet: Sheet) -> None:
    worksheet.cell(1, 1, sheet.title).font = _TITLE_FONT
    worksheet.cell(2, 1, sheet.note).font = _NOTE_FONT
    for index, column in enumerate(sheet.columns, start=1):
        _write_header(worksheet.cell(HEADER_ROW, index), column)
        worksheet.column_dimensions[get_column_letter(index)].width = column.width
    for line, row in enumerate(sheet.rows, start=HEADER_ROW + 1):
        for index, (column, value) in enumerate(zip(sheet.columns, row, strict=True), start=1):
            if value is not None:
                _write_value(worksheet.cell(line, index, value), column)
    _arrange(worksheet, len(sheet.columns), HEADER_ROW + len(sheet.rows))


def _write_value(cell: Any, column: Column) -> None:
    cell.number_format = column.format
    if column.format != TEXT:
        cell.alignment = _NUMBER


def _write_header(cell: Any, column: Column) -> None:
    cell.value = column.header
    cell.font = _HEADER_FONT
    cell.fill = _HEADER_FILL
    cell.alignment = _TEXT_HEADER if column.format == TEXT else _NUMBER_HEADER
    cell.border = _HEADER_BORDER


def _arrange(worksheet: Any, columns: int, last_row: int) -> None:
    worksheet.row_dimensions[HEADER_ROW].height = 32
    worksheet.freeze_panes = f"A{HEADER_ROW + 1}"
    worksheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(columns)}{last_row}"
    worksheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = worksheet.PAPERSIZE_A4
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True


def _repacked(raw: BytesIO, replaced: Mapping[str, bytes]) -> bytes:
    """Return the archive with fixed times, and without what tells when, where and with which version it was made."""
    packed = BytesIO()
    with ZipFile(packed, "w") as target:
        for name, content in members(raw.getvalue()):
            entry = ZipInfo(name, _MADE_AT.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, replaced.get(name, content), compresslevel=9)
    return packed.getvalue()
