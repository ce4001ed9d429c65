"""What the XML of an .xlsx file says of a sheet beside its values, read as a stream. Nothing of the values themselves.

The reader of values gives an error cell, and a formula that was never calculated, as an empty cell; and for one stray
cell at the sheet's far corner it asks for so much memory that the process ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

from scheduler.intake.raw import Broken, Markup, Place, column_of

_COLUMNS = 16_384  # of any sheet
_TRUE = ("1", "true")
_PERCENTS = {"9": True, "10": True}  # the formats that every workbook has
_SPELT_OUT = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')  # in a format: text, and what is no digit
_ZEROS = re.compile(r"00+")


@dataclass
class _Styles:
    """Which of a workbook's cell styles (their numbers, as the cells write them) change what the reader sees."""

    percents: set[str] = field(default_factory=set)
    widths: dict[str, int] = field(default_factory=dict)


def is_percent(code: str) -> bool:
    """Tell whether a number format shows percentages."""
    return "%" in _SPELT_OUT.sub("", code)


def shown_width(code: str) -> int:
    """Return how many digits a format of zeros alone shows at least; 0 for every other format."""
    return len(code) if _ZEROS.fullmatch(code) else 0


def xlsx_markup(content: bytes, sheet: str) -> Markup:
    """Return the markup of one sheet of an .xlsx file; of a sheet that is not made of cells, an empty one."""
    with ZipFile(BytesIO(content)) as package:
        book = _tree(package.read("xl/workbook.xml"))
        member = _member(package, book, sheet)
        if member not in package.namelist():
            return Markup()
        calculation = book.find("{*}calcPr")
        uncalculated = calculation is not None and calculation.get("fullCalcOnLoad") in _TRUE
        reader = _Reader(_styles(package), uncalculated=uncalculated)
        with package.open(member) as stream:
            reader.parser.ParseFile(stream)
    return reader.markup


def _tree(content: bytes) -> Any:
    from openpyxl.xml.functions import fromstring

    return fromstring(content)  # it resolves no entities


def _member(package: ZipFile, book: Any, sheet: str) -> str:
    """Return the package's member that holds a sheet, by way of its relation."""
    found = next(item for item in book.iter("{*}sheet") if item.get("name") == sheet)
    relation = next(value for name, value in found.items() if name.endswith("}id"))
    relations = _tree(package.read("xl/_rels/workbook.xml.rels"))
    target = next(item.get("Target") for item in relations if item.get("Id") == relation)
    return normpath(join("xl", target)).lstrip("/")


def _styles(package: ZipFile) -> _Styles:
    found = _Styles()
    if "xl/styles.xml" not in package.namelist():
        return found
    root = _tree(package.read("xl/styles.xml"))
    codes = {item.get("numFmtId"): item.get("formatCode", "") for item in root.iter("{*}numFmt")}
    formats = root.find("{*}cellXfs")
    for number, style in enumerate(() if formats is None else formats):
        identity = style.get("numFmtId", "0")
        if is_percent(codes.get(identity, "")) or identity in _PERCENTS:
            found.percents.add(str(number))
        if width := shown_width(codes.get(identity, "")):
            found.widths[str(number)] = width
    return found


class _Reader:
    """Reads one sheet as a stream: a sheet of a million cells, as a tree, would fill the memory."""

    def __init__(self, styles: _Styles, *, uncalculated: bool) -> None:
        self.markup, self.styles, self.uncalculated = Markup(), styles, uncalculated
        self.row = -1
        self.column = -1
        self.cell: Mapping[str, str] = {}
        self.open = False  # inside the cells
        self.letters: dict[str, int] = {}
        self.texts: dict[str, str] | None = None  # of a cell that is looked at closely, by element
        self.inside = ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EntityDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise ValueError("an entity is declared")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "is") and self.open:
            self._hold()
        elif name == "f" and self.open:
            self._look_closely()
            self.markup.formulas[self.row, self.column] = ""
        elif name == "row":
            self._start_row(attributes)
        elif name == "mergeCell":
            first, _, last = attributes["ref"].partition(":")
            self.markup.merged.append((self._place(first), self._place(last or first)))
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self.markup.hidden_columns.update(range(int(attributes["min"]) - 1, min(int(attributes["max"]), _COLUMNS)))
        elif name == "extLst":  # it has formulas of its own, which belong to no cell
            self.open = False
        self.inside = name

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
        self.column = -1
        if attributes.get("hidden") in _TRUE:
            self.markup.hidden_rows.add(self.row)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self.cell, self.open = attributes, True
        address = attributes.get("r")
        self.column = self._place(address)[1] if address else self.column + 1
        if attributes.get("t") == "e":
            self._look_closely()

    def _hold(self) -> None:
        """Note that the present cell holds something, and what its style makes of it."""
        self.markup.reach(self.row, self.column)
        style = self.cell.get("s", "")
        if style in self.styles.percents:
            self.markup.percents.add((self.row, self.column))
        elif style in self.styles.widths:
            self.markup.padded[self.row, self.column] = self.styles.widths[style]

    def _look_closely(self) -> None:
        self.markup.reach(self.row, self.column)
        self.texts = self.texts or {}
        self.parser.CharacterDataHandler = self._characters
        self.parser.EndElementHandler = self._end

    def _characters(self, text: str) -> None:
        if self.texts is not None:
            self.texts[self.inside] = self.texts.get(self.inside, "") + text

    def _end(self, name: str) -> None:
        self.inside = ""
        if name.rpartition(":")[2] != "c" or self.texts is None:
            return
        if "f" in self.texts:
            self.markup.formulas[self.row, self.column] = self.texts["f"]
        if broken := self._broken(self.texts):
            self.markup.broken[self.row, self.column] = broken
        self.texts = None
        self.parser.CharacterDataHandler = None
        self.parser.EndElementHandler = None

    def _broken(self, texts: Mapping[str, str]) -> Broken | None:
        """Return what is broken; a program that leaves the reckoning to Excel writes nothing, or 0, as the result."""
        kind, value = self.cell.get("t"), texts.get("v", "")
        if kind == "e":
            return Broken("cell.error", value or "#?")
        if kind == "str" or (value and not (self.uncalculated and value == "0")):
            return None
        return Broken("cell.formula", f"={texts.get('f') or '…'}")

    def _place(self, address: str) -> Place:
        letters = address.rstrip("0123456789")
        if letters not in self.letters:
            self.letters[letters] = column_of(letters.replace("$", ""))
        return int(address[len(letters) :] or 0) - 1, self.letters[letters]
