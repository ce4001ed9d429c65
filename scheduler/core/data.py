"""Values of the office's data: what is declared of a table, and what was read or computed, with its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from scheduler.core.figures import FigureSpec


class ColumnType(StrEnum):
    """The types a column can declare; words of the office, as in `deadlines.yaml`."""

    TEXT = "testo"
    INTEGER = "intero"
    AMOUNT = "importo"  # EUR, two decimals
    NUMBER = "numero"
    PERCENT = "percentuale"  # 83,33 means 83.33 per cent
    DATE = "data"
    MONTH = "mese"  # 1 to 12
    TAX_CODE = "codice fiscale"  # of a person, or the 11 digits of a body
    PROJECT = "CUP"  # the code of a public project


@dataclass(frozen=True)
class Mark:
    """A value that says that there is no value: `n.r`, `n.d.`, `-`. Printed as the source writes it, never as 0."""

    text: str

    def __str__(self) -> str:
        return self.text


TO_CONFIRM = Mark("da confermare")
NOT_COMPUTABLE = Mark("n.c.")  # a share of nothing, the average of no rows
NOT_THERE = Mark("n.d.")  # of a period whose workbooks are not there

MARKS = ("n.r", "n.r.", "n.d", "n.d.", "-")  # those of a table that declares none

# One cell's or figure's value. None only for an empty cell of a column that is not required.
Value = str | int | Decimal | date | Mark | None

# Several values in one place of a row: an assigned amount per year, in the order of the years; a value per column of
# a pivot.
Series = tuple[int | Decimal | Mark, ...]


class Unit(StrEnum):
    """What a number in a cell counts; words of the office, as in `deadlines.yaml`."""

    THOUSANDS = "migliaia"
    MILLIONS = "milioni"
    POINTS = "punti"  # of a percentage: 83,33 means 83.33 per cent, and so does 0,8333 mean 0.8333
    FRACTION = "frazione"  # of a percentage: 0,8333 means 83.33 per cent


@dataclass(frozen=True)
class Column:
    """One declared column; `header` is empty for one that stands in no sheet: computed, or from the file's name."""

    name: str
    type: ColumnType
    header: str = ""  # may hold {year} {half} {quarter} {month} {key}
    required: bool = True
    unique: bool = False
    values: tuple[str, ...] = ()
    least: Decimal | date | None = None  # the allowed range, both ends included
    most: Decimal | date | None = None
    unit: Unit | None = None  # what the number of a cell counts, where it is not the type's own unit
    difference: tuple[str, str] | None = None  # (minuend column, subtrahend column)
    from_file: bool = False  # its value is what the `*` of the table's path stands for
    personal: bool | None = None  # about single people; None: as the type says

    @property
    def is_personal(self) -> bool:
        """Tell whether its values are about single people; a codice fiscale is, unless it is said to be of bodies."""
        return self.type is ColumnType.TAX_CODE if self.personal is None else self.personal


class Span(StrEnum):
    """Which part of time a table covers."""

    PERIOD = "period"
    YEAR_TO_DATE = "year_to_date"  # from 1 January of the period's last year to the period's end


class Totals(StrEnum):
    """What a row is that begins with `Totale`."""

    UNSAID = ""  # a total, if its numbers are the sums of the rows above; said in a warning
    CHECK = "check"  # a total: not counted, but compared with its rows
    ROWS = "rows"  # a row like the others


class HiddenRows(StrEnum):
    """What becomes of rows that are hidden in the sheet."""

    UNSAID = ""  # read; said in a warning
    READ = "read"
    SKIP = "skip"


BLANK_ROW = "riga vuota"  # in `TableSpec.end`: the first blank row


@dataclass(frozen=True)
class TableSpec:
    """A declared table: where its files are and what its columns mean."""

    name: str
    path: str  # relative to the workspace; may hold placeholders, and `*` for several files; .xlsx .xls .ods .csv
    columns: tuple[Column, ...]
    sheet: str = ""  # may hold placeholders; empty: the first sheet (and always for .csv)
    header: int = 1  # 1-based row of the header; the last one where it has several
    span: Span = Span.PERIOD
    marks: tuple[str, ...] = MARKS
    above: tuple[int, ...] = ()  # rows of the header above that one, each said of the columns that its cells span
    end: tuple[str, ...] = ()  # what the row below the last one begins with; `*` stands for anything
    totals: Totals = Totals.UNSAID
    hidden_rows: HiddenRows = HiddenRows.UNSAID
    values_only: bool = False  # True: a formula is an error
    sql: str = ""  # in place of a path: what a database is asked, with `:start`, `:end` and `:key`
    rules: tuple[tuple[str, bool], ...] = ()  # of suspicions that are chosen here: the code, and whether it only warns
    database: str = ""  # the name under which the environment knows that database
    covers: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (column, values that must all be there, for each stretch)
    months: tuple[str, str] | None = None  # the columns of month and year: every month of the period, and no other
    fresh_days: int | None = None  # its files must not have been changed longer ago than that

    def warns(self, code: str) -> bool | None:
        """Tell whether a suspicion is only a warning in this table; None where the table does not say."""
        return dict(self.rules).get(code)

    @property
    def header_rows(self) -> int:
        """How many rows the header has."""
        return len(self.above) + 1


@dataclass(frozen=True)
class AmountLine:
    """One line of money that an agreement assigns: EUR per year. A year that is absent was not stated."""

    line: str
    title: str
    years: Mapping[int, Decimal]
    match: tuple[str, ...] = ()  # values of the sources' column that belong to this line
    part_of: str = ""  # the line of which this is a "di cui"
    source: str = ""


@dataclass(frozen=True)
class Source:
    """One file that was read: path relative to the workspace, its sheet, and the fingerprint of its bytes."""

    path: str
    sheet: str
    sha256: str
    size: int  # bytes


@dataclass(frozen=True)
class Cell:
    """The address of one cell, e.g. `data/costi/2025-Q1.xlsx [Costi] F17`, or of a run of cells: `… F5:F859`."""

    source: Source
    address: str

    def __str__(self) -> str:
        sheet = f" [{self.source.sheet}]" if self.source.sheet else ""
        return f"{self.source.path}{sheet} {self.address}"


@dataclass(frozen=True)
class Row:
    """One row of a table: values by column name, and the cell each came from (none for a computed value)."""

    values: Mapping[str, Value | Series]
    source: Source | None = None
    line: int = 0  # 1-based row in the sheet
    letters: Mapping[str, str] = field(default_factory=dict)  # column name -> column letter; shared by all rows
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # computed column -> the columns it comes from
    parts: Mapping[str, tuple[Row, ...]] = field(default_factory=dict, compare=False, repr=False)
    # of a row put together from others: column -> the rows that its value was made from

    def cell(self, column: str) -> Cell | None:
        """The cell of one column, or None where the value was computed."""
        if self.source is None or column not in self.letters:
            return None
        return Cell(self.source, f"{self.letters[column]}{self.line}")


@dataclass(frozen=True)
class Table:
    """A typed table, in the order of its files and rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Ground:
    """The part of one table that a figure was made from: its rows, and the columns read of them."""

    table: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """All that a figure was made from, so that it can be explained and made again."""

    spec: FigureSpec
    grounds: tuple[Ground, ...] = ()
    operands: tuple[Figure, ...] = ()
    periods: tuple[str, ...] = ()  # those of the operands, by key, where they are of other periods
    lines: tuple[AmountLine, ...] = ()  # of the agreement, where it asks for them, and the year of their amounts
    year: int = 0


@dataclass(frozen=True)
class Figure:
    """One computed value: a scalar, or the rows of a small table, with the formula and every cell it comes from."""

    name: str
    value: Value | tuple[Row, ...] | list[int] | list[str]  # a list: the years of amounts, the columns of a pivot
    formula: str  # in words of the file: "sum(costi.totale)"
    cells: tuple[Cell, ...] = ()
    columns: tuple[str, ...] = ()  # of the rows, where the value is a table
    reason: str = ""  # why it has no value, where that is known
    origin: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Dataset:
    """What one occurrence's documents are filled with."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()  # every file read, once, in order
