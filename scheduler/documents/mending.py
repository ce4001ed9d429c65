"""What docxtpl does to a part after Jinja, done only where it is due: line breaks, table grids, drawings; and cells."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from docxtpl import DocxTemplate

LAYOUT = "\t\n\a\f"
TIE = "<w:sdt><w:sdtPr><w:alias"  # how a value's content control begins, which stands inside a paragraph
_CELL_CONTROL = re.compile(r"%\}\s*<w:tc[ >/]|(?:</w:tc>|</w:trPr>|<w:tr>|<w:tr [^>]*>)\s*\{[%{]")
_FILLED_SPAN = re.compile(r"<w:gridSpan[^>]*\{")
_SPAN = re.compile(r'<w:gridSpan w:val="(\d+)"')
_COLUMN = "<w:gridCol "
_TABLE, _TABLE_END, _ROW_END, _CELL_END, _PARAGRAPH_END = "<w:tbl>", "</w:tbl>", "</w:tr>", "</w:tc>", "</w:p>"
_DRAWING = "<wp:docPr "
_NUMBER = re.compile(r'((?:^|[^>]*?\s)id=")[^"]*')
_NUMBERED = re.compile(r'<wp:docPr((?:\s+\w+="[^"]*")+?)(\s+id="[^"]*")')
_FIRST_DRAWING = 1001
_BEFORE_PARAGRAPHS = ("<w:tc>", "<w:tc ", "</w:tcPr>", "</w:tbl>", "<w:tbl/>")
_PARAGRAPH = re.compile(r"</w:p>|<w:p(?: [^>]*)?/>|</w:sdt>")
_EMPTY_CELL = re.compile(r"<w:tc(?: [^>]*)?/>")


@dataclass(frozen=True)
class Frame:
    """The root of what is rendered: its bare start tag, and the same with the namespaces that a parser needs."""

    bare: str  # <w:body>
    full: str  # <w:body xmlns:w="…">
    end: str  # </w:body>

    def around(self, markup: str) -> str:
        """Return markup as a document that can be parsed."""
        return f"{self.full}{markup}{self.end}"

    def inside(self, document: str) -> str:
        """Return the markup of a document that was serialised; the frame holds nothing else."""
        return document[document.index(">") + 1 : document.rindex("<")] if self.end in document else ""


def lines(xml: str) -> str:
    """Return the part with tabs, line, paragraph and page breaks of its texts as elements."""
    if not any(character in xml for character in LAYOUT):
        return xml
    resolve = DocxTemplate(io.BytesIO()).resolve_listing
    # docxtpl looks from each start of a paragraph to the next end of one, so the ends are where it can be cut.
    pieces = xml.split(_PARAGRAPH_END)
    last = pieces.pop()
    return "".join([*(_resolved(piece + _PARAGRAPH_END, resolve) for piece in pieces), last])


def _resolved(piece: str, resolve: Callable[[str], str]) -> str:
    return resolve(piece) if any(character in piece for character in LAYOUT) else piece


def recovered(xml: str, frame: Frame) -> str:
    """Return the body as docxtpl makes it well-formed again, its tables mended."""
    document = DocxTemplate(io.BytesIO())
    tree = document.fix_tables(frame.around(xml))
    return frame.inside(document.xml_to_string(tree))


def regular(source: str) -> bool:
    """Tell whether the grid of every table fits its rows whatever the data, as the template stands."""
    return all(map(_regular, outermost_tables(source)))


def _regular(table: str) -> bool:
    """Tell whether the first row is always there and as wide as the grid, and whether no cells come and go."""
    before, _, _ = table.partition("<w:tr ")[0].partition("<w:tr>")
    if "{%" in before or _CELL_CONTROL.search(table) or _FILLED_SPAN.search(table) or not _fits(table):
        return False
    return _width(table.partition(_ROW_END)[0]) == table.count(_COLUMN)


def tables(xml: str, frame: Frame) -> str:
    """Return the body with the grid of each table as wide as its widest row."""
    pieces: list[str] = []
    done = 0
    for table in outermost_tables(xml):
        start = xml.index(table, done)
        if not _fits(table):
            pieces += xml[done:start], recovered(table, frame)
            done = start + len(table)
    return "".join([*pieces, xml[done:]]) if pieces else xml


def outermost_tables(xml: str) -> Iterator[str]:
    """Yield the tables that stand in no other."""
    at = 0
    while (start := xml.find(_TABLE, at)) >= 0:
        at = _behind(xml, start)
        while at < len(xml) and xml.count(_TABLE, start, at) > xml.count(_TABLE_END, start, at):
            at = _behind(xml, at)
        yield xml[start:at]


def _behind(xml: str, at: int) -> int:
    """Return where the next table is closed; the end, where none is."""
    end = xml.find(_TABLE_END, at)
    return len(xml) if end < 0 else end + len(_TABLE_END)


def _fits(table: str) -> bool:
    """Tell whether docxtpl would leave a table's grid alone; those that are not plain are left for it to judge."""
    if table.count(_TABLE) > 1 or table.count("<w:sdt>") > table.count(TIE) or _EMPTY_CELL.search(table):
        return False
    return max(map(_width, table.split(_ROW_END)[:-1]), default=0) == table.count(_COLUMN)


def _width(row: str) -> int:
    """Return how many columns a row takes."""
    cells = row.count(_CELL_END)
    return cells + sum(int(span) - 1 for span in _SPAN.findall(row)) if "<w:gridSpan" in row else cells


def numbers() -> Iterator[int]:
    """Return the numbers that the drawings of a body get, as docxtpl gives them."""
    return itertools.count(_FIRST_DRAWING)


def numbered(xml: str, numbers: Iterator[int]) -> str:
    """Return the body, or its next piece, with its drawings numbered, so that no number is there twice."""
    before, *drawings = xml.split(_DRAWING)
    return _DRAWING.join([before, *(_renumbered(drawing, numbers) for drawing in drawings)])


def number_first(source: str) -> str:
    """Return the template with the number of each drawing as its first attribute, where no value can part them."""
    return _NUMBERED.sub(r"<wp:docPr\2\1", source)


def _renumbered(drawing: str, numbers: Iterator[int]) -> str:
    found = _NUMBER.match(drawing)
    return f"{found[1]}{next(numbers)}{drawing[found.end() :]}" if found else drawing


def ends_in_paragraphs(source: str) -> bool:
    """Tell whether every cell ends in a paragraph whatever the data, as the template stands."""
    return not _EMPTY_CELL.search(source) and source.count(_CELL_END) == source.count(_PARAGRAPH_END + _CELL_END)


def cells(xml: str) -> str:
    """Return the part with an empty paragraph in each cell that has none at its end; Word refuses those."""
    if ends_in_paragraphs(xml):
        return xml
    xml = _EMPTY_CELL.sub(lambda match: f"{match[0][:-2]}><w:p/></w:tc>", xml)
    *pieces, last = xml.split(_CELL_END)
    return "".join([*(_ended(piece) for piece in pieces), last])


def _ended(piece: str) -> str:
    """Return what stands before the end of a cell with that end, and with a paragraph between if there is none."""
    start = max(map(piece.rfind, _BEFORE_PARAGRAPHS))
    return f"{piece}{_CELL_END}" if _PARAGRAPH.search(piece, max(start, 0)) else f"{piece}<w:p/>{_CELL_END}"
