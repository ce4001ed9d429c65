"""What the records of an .xls file say of a sheet beside its values. Nothing of the values themselves.

The reader of values gives an error cell as an empty one. Source: [MS-XLS], Excel Binary File Format.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

from scheduler.intake.compound import Compound
from scheduler.intake.openxml import is_percent, shown_width
from scheduler.intake.raw import Broken, Markup

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_FORMULA, _FILE_END, _BOUND_SHEET = 0x0006, 0x000A, 0x0085
_COLUMNS = 0x007D
_MANY_NUMBERS, _STYLE, _MERGED = 0x00BD, 0x00E0, 0x00E5
_NUMBER, _ERROR, _ROW, _SHORT_NUMBER, _FORMAT = 0x0203, 0x0205, 0x0208, 0x027E, 0x041E
_PERCENTS = (9, 10)  # the formats that every workbook has

Record = tuple[int, bytes]


def xls_markup(content: bytes, number: int) -> Markup:
    """Return the markup of one sheet of an .xls file, by its 0-based number among all sheets."""
    compound = Compound(content)
    stream = compound.stream("Workbook" if "Workbook" in compound.names else "Book")
    reader, starts = _Reader(), []
    for kind, body in _records(stream, 0):
        if kind == _BOUND_SHEET:
            starts.append(unpack_from("<I", body)[0])
        reader.read_style(kind, body)
    for kind, body in _records(stream, starts[number]):
        reader.read_cell(kind, body)
    return reader.markup


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """Yield the records of one part of a workbook, up to its end; charts inside it are left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        depth += (kind in (0x0809, 0x0409, 0x0209, 0x0009)) - (kind == _FILE_END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


class _Reader:
    """Goes through the records: first those of the workbook, then those of one sheet."""

    def __init__(self) -> None:
        self.markup = Markup()
        self.codes: dict[int, str] = {}
        self.formats: list[int] = []  # by the number of the cell style

    def read_style(self, kind: int, body: bytes) -> None:
        """Take in a record of the workbook."""
        if kind == _FORMAT:
            wide = len(body) > 4 and body[4] & 1
            self.codes[unpack_from("<H", body)[0]] = body[5:].decode("utf-16-le" if wide else "latin-1", "replace")
        elif kind == _STYLE:
            self.formats.append(unpack_from("<H", body, 2)[0])

    def read_cell(self, kind: int, body: bytes) -> None:
        """Take in a record of the sheet."""
        if kind == _ROW:
            if unpack_from("<H", body, 12)[0] & 0x20:
                self.markup.hidden_rows.add(unpack_from("<H", body)[0])
        elif kind == _COLUMNS:
            first, last, _, _, flags = unpack_from("<5H", body)
            self.markup.hidden_columns.update(range(first, last + 1) if flags & 1 else ())
        elif kind == _MERGED:
            for at in range(2, 2 + 8 * unpack_from("<H", body)[0], 8):
                top, bottom, left, right = unpack_from("<4H", body, at)
                self.markup.merged.append(((top, left), (bottom, right)))
        elif kind == _MANY_NUMBERS:
            row, column = unpack_from("<HH", body)
            for right, at in enumerate(range(4, len(body) - 2, 6)):
                self._number(row, column + right, unpack_from("<H", body, at)[0])
        elif kind in (_FORMULA, _NUMBER, _SHORT_NUMBER, _ERROR):
            row, column, style = unpack_from("<3H", body)
            self._number(row, column, style)
            self._result(kind, row, column, body)

    def _number(self, row: int, column: int, style: int) -> None:
        self.markup.reach(row, column)
        identity = self.formats[style] if style < len(self.formats) else 0
        code = self.codes.get(identity, "")
        if identity in _PERCENTS or is_percent(code):
            self.markup.percents.add((row, column))
        elif width := shown_width(code):
            self.markup.padded[row, column] = width

    def _result(self, kind: int, row: int, column: int, body: bytes) -> None:
        fault = None
        if kind == _FORMULA:
            self.markup.formulas[row, column] = ""
            fault = body[8] if body[12:14] == b"\xff\xff" and body[6] == 2 else None
        elif kind == _ERROR and body[7]:
            fault = body[6]
        if fault is not None:
            self.markup.broken[row, column] = Broken("cell.error", _ERRORS.get(fault, "#?"))
