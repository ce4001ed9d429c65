"""The workbook inside a chart that Word has drawn: one sheet with the names below A1 and a column for each series."""

from __future__ import annotations

import html
from dataclasses import dataclass
from decimal import Decimal

from scheduler.documents.archive import Archive, deflated
from scheduler.documents.charts import Shown
from scheduler.documents.sandbox import plain

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIXED = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


@dataclass(frozen=True)
class Sheet:
    """What the workbook says."""

    name: str
    labels: tuple[str, ...]
    titles: tuple[str, ...]  # of the series
    series: tuple[tuple[Shown, ...], ...]

    def reference(self, column: int, first: int, last: int) -> str:
        """Return `Foglio1!$B$2:$B$4`, given a column (0 is the names') and rows from 1."""
        name = self.name if self.name.isidentifier() else "'{}'".format(self.name.replace("'", "''"))
        letter = chr(ord("A") + column)
        end = f":${letter}${last}" if last > first else ""
        return f"{name}!${letter}${first}{end}"


def workbook(sheet: Sheet) -> bytes:
    """Return the .xlsx; a value that was not reported is an empty cell, because a text would be drawn as 0."""
    lines = [("", *sheet.titles), *zip(sheet.labels, *sheet.series, strict=True)]
    rows = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{html.escape(sheet.name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    parts = {
        **_FIXED,
        "xl/workbook.xml": book,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    return Archive(()).written(deflated(name, f"{_DECLARATION}{text}".encode()) for name, text in parts.items())


def _cell(value: Shown | str) -> str:
    if isinstance(value, Decimal):
        return f"<c><v>{value:f}</v></c>"
    if isinstance(value, str) and value:
        return f'<c t="inlineStr"><is><t xml:space="preserve">{html.escape(plain(value))}</t></is></c>'
    return "<c/>"
