"""Tables: a grid of styled cells, and the tables that repeat a row for each item; nothing of what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docx.oxml.ns import qn
from docx.oxml.table import CT_Row, CT_Tc
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt
from docx.table import Table as WordTable
from docx.table import _Row as Row

from .element import border, element
from .paper import Paper
from .style import BLUE, RULE, TABLE_STYLE, TINT

Cell = tuple[str, str]  # text, style

TOTAL, PART = "totale", "di cui"  # the rows that are not plain

NO_DATA = "Nessun dato nel periodo di riferimento."


@dataclass(frozen=True)
class Column:
    """A column of a repeated row; `cell` and `total` are what its cells say, width in centimetres."""

    header: str
    cell: str
    width: float
    numeric: bool = False
    total: str = ""
    style: str = ""

    def styled(self, style: str) -> str:
        """The style of one of its cells, aligned as its values are."""
        return f"{style} numero" if self.numeric else style


@dataclass(frozen=True)
class ItemTable:
    """A table with one row for each item, named `item`, of `items`; `empty` is the sentence for when there is none."""

    caption: str
    item: str
    items: str
    columns: tuple[Column, ...]
    empty: str = NO_DATA
    kinds: tuple[tuple[str, str], ...] = ()  # conditions of rows that are not plain, and what they are
    dense: bool = False  # in smaller type
    long: bool = False  # may go on over pages; else it stays on one
    captioned: bool = True  # also where there is no item


class Grid:
    """A Word table being written row by row, as wide as its columns."""

    def __init__(self, paper: Paper, title: str, widths: Sequence[float]) -> None:
        """Begin a table; the title is what a screen reader says."""
        table: WordTable = paper.document.add_table(rows=0, cols=len(widths), style=TABLE_STYLE)
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        _describe(table, title, sum(widths))
        self._table = table

    def header(self, cells: Iterable[Cell]) -> None:
        """Append a header row, repeated on each page."""
        row = self.row(cells)
        row.get_or_add_trPr().append(element("tblHeader"))
        for cell in row.tc_lst:
            _shade(cell)
            cell.get_or_add_tcPr().append(element("vAlign", val="bottom"))

    def row(self, cells: Iterable[Cell]) -> CT_Row:
        """Append a row that does not split across pages."""
        row: Row = self._table.add_row()  # type: ignore[no-untyped-call]
        row._tr.get_or_add_trPr().append(element("cantSplit"))
        for cell, (text, style) in zip(row.cells, cells, strict=True):
            cell.paragraphs[0].style = style
            if text:
                cell.paragraphs[0].add_run(text)
        return row._tr

    def total(self, cells: Iterable[Cell]) -> None:
        """Append a total row."""
        for cell in self.row(cells).tc_lst:
            properties = cell.get_or_add_tcPr()
            properties.append(element("tcBorders", border("top", BLUE, 6)))
            _shade(cell)

    def space(self, cells: Iterable[Cell], points: float) -> None:
        """Append a row at least this high, to write in."""
        height = element("trHeight", val=round(points * 20), hRule="atLeast")
        self.row(cells).get_or_add_trPr().append(height)

    def enclose(self) -> None:
        """Draw a thin line on every side."""
        sides = (border(side, RULE, 4) for side in ("top", "left", "bottom", "right"))
        after = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption")
        self._table._tbl.tblPr.insert_element_before(element("tblBorders", *sides), *after)

    def tighten(self) -> None:
        """Leave less room above and below the text of each row."""
        margins = element("tblCellMar", *(element(side, w=25, type="dxa") for side in ("top", "bottom")))
        self._table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption")

    def keep_together(self) -> None:
        """Keep the rows written so far on one page, where they fit on one."""
        for cell in (cell for row in self._table.rows for cell in row.cells):
            cell.paragraphs[0].paragraph_format.keep_with_next = True

    def tag(self, text: str) -> None:
        """Append a row that only holds a tag."""
        count = len(self._table.columns)
        self.row([(f"{{%tr {text} %}}", "Cella"), *[("", "Cella")] * (count - 1)])


def add_item_table(paper: Paper, table: ItemTable) -> None:
    """Append the table with its caption, or the caption and the sentence for an empty one."""
    if table.captioned:
        paper.caption(table.caption)
    with paper.when(table.items):
        if not table.captioned:
            paper.caption(table.caption)
        grid = Grid(paper, table.caption, [column.width for column in table.columns])
        plain, head = ("Elenco", "Elenco intestazione") if table.dense else ("Cella", "Intestazione")
        grid.header((column.header, column.styled(head)) for column in table.columns)
        grid.tag(f"for {table.item} in {table.items}")
        _add_rows(grid, table, plain)
        grid.tag("endfor")
        if any(column.total for column in table.columns):
            grid.total((column.total, column.styled(f"{plain} {TOTAL}")) for column in table.columns)
        if not table.long:
            grid.keep_together()
        elif table.dense:
            grid.tighten()
        paper.add("", "Distanza")
        paper.otherwise(table.empty, "Segnaposto" if table.empty.startswith("[") else "Normal")


def add_label_table(paper: Paper, title: str, rows: Iterable[Cell | tuple[str, str, str]], label_width: float) -> None:
    """Append a table of labels and values, across the page; a third item is the condition of a row."""
    grid = Grid(paper, title, [label_width, paper.width - label_width])
    for label, value, *conditions in rows:
        for condition in conditions:
            grid.tag(f"if {condition}")
        grid.row([(label, "Etichetta"), (value, "Segnaposto cella" if value.startswith("[") else "Cella")])
        for _ in conditions:
            grid.tag("endif")
    grid.keep_together()


def add_figure_table(paper: Paper, caption: str, rows: Iterable[Cell]) -> None:
    """Append a table of single figures, each with what it counts."""
    paper.caption(caption)
    grid = Grid(paper, caption, [PAIR_LABEL, PAIR_VALUE])
    grid.header([("Dato", "Intestazione"), ("Valore", "Intestazione numero")])
    for label, value in rows:
        grid.row([(label, "Cella"), (value, "Cella numero")])
    grid.keep_together()
    paper.add("", "Distanza")


PAIR_LABEL, PAIR_VALUE = 8.5, 4.0


def _add_rows(grid: Grid, table: ItemTable, plain: str) -> None:
    for number, (condition, kind) in enumerate(table.kinds):
        grid.tag(f"{'elif' if number else 'if'} {condition}")
        cells = [(column.cell, column.styled(f"{plain} {kind}")) for column in table.columns]
        (grid.total if kind == TOTAL else grid.row)(cells)
    if table.kinds:
        grid.tag("else")
    grid.row((column.cell, column.style or column.styled(plain)) for column in table.columns)
    if table.kinds:
        grid.tag("endif")


def _describe(table: WordTable, title: str, width: float) -> None:
    properties = table._tbl.tblPr
    total = properties.find(qn("w:tblW"))
    if total is not None:
        total.set(qn("w:type"), "dxa")
        total.set(qn("w:w"), str(round(Cm(width) / Pt(1) * 20)))
    properties.append(element("tblCaption", val=title))


def _shade(cell: CT_Tc) -> None:
    shading: BaseOxmlElement = element("shd", val="clear", color="auto", fill=TINT)
    cell.get_or_add_tcPr().append(shading)
