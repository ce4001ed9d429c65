"""What is declared of figures and of the checks on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from scheduler.core.period import Frequency

AVERAGE_OF, SHARE_OF = "media_", "quota_"  # what the columns of averages and shares begin with


class Operation(StrEnum):
    """How a figure comes about."""

    COUNT = "count"  # of: table
    COUNT_DISTINCT = "count_distinct"  # of: table.column
    SUM = "sum"  # of: table.column
    PICK = "pick"  # of: table.column, exactly one row after `where`
    CONSTANT = "constant"  # value, with its source
    DIFFERENCE = "difference"  # operands: two figures
    ADD = "add"  # operands: figures
    RATIO = "ratio"  # operands: two figures; a fraction, 0.5 = 50 %
    CALC = "calc"  # expression: arithmetic on figures and assigned amounts; decimals
    AVERAGE = "average"  # of: table.column; decimals
    ROWS = "rows"  # of: table; the rows after `where`; order, top
    GROUP = "group"  # of: table; by, count/distinct/sum/average/share; order, top, others
    PIVOT = "pivot"  # of: table; by × across, count or sum; `x_colonne` are the values found in `across`
    STATEMENT = "statement"  # of: table.column by a column; assegnato / rendicontato / residuo per line
    AMOUNTS = "amounts"  # the agreement's assigned amounts, one row per line, one column per year
    PREVIOUS = "previous"  # operands: a figure of this obligation, of the period before this one
    YEAR_BEFORE = "year_before"  # the same, of the same period of the year before
    EARLIER = "earlier"  # the same, its average in those of the last `periods` periods that have data
    SERIES = "series"  # the same, a row for each of the last `periods` periods, this one included
    PARTS = "parts"  # the same, its sum over the months or quarters (`every`) of this period


OF_OTHER_PERIODS = (Operation.PREVIOUS, Operation.YEAR_BEFORE, Operation.EARLIER, Operation.SERIES, Operation.PARTS)
OF_SEVERAL_ROWS = (
    Operation.ROWS,
    Operation.GROUP,
    Operation.PIVOT,
    Operation.STATEMENT,
    Operation.AMOUNTS,
    Operation.SERIES,
)
STATEMENT_COLUMNS = ("voce", "di_cui", "assegnato", "nel_periodo", "rendicontato", "residuo")
SERIES_COLUMNS = ("periodo", "valore")
DECIMALS = 2  # of an average that declares none


@dataclass(frozen=True)
class FigureSpec:
    """A declared figure. Fields not used by its operation keep their defaults."""

    name: str
    operation: Operation
    of: str = ""  # "table" or "table.column"
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (column, allowed texts); ("*",) = any that is not empty
    by: tuple[str, ...] = ()
    count: str = ""  # name of the column that receives the number of rows
    distinct: tuple[tuple[str, str], ...] = ()  # (name, column): number of different values
    sums: tuple[str, ...] = ()
    averages: tuple[str, ...] = ()  # columns; the average of `lordo` is `media_lordo`
    shares: tuple[str, ...] = ()  # of the counts or sums of the same group; that of `lordo` is `quota_lordo`
    order: str = ""  # the column whose largest values come first
    top: int | None = None  # how many rows are kept
    others: str = ""  # how the row is called that puts the others together; empty: they are left out
    across: str = ""  # the column whose values are the columns of a pivot
    operands: tuple[str, ...] = ()
    value: Decimal | None = None
    source: str = ""
    to_date: str = ""  # "table.column" with the values since 1 January
    expression: str = ""  # "lordo + oneri - round(irap, 2)"
    assigned: tuple[str, ...] = ()  # the lines of the agreement's amounts that the expression names
    decimals: int | None = None  # that the result is rounded to, halves away from zero
    periods: int | None = None  # how many earlier ones
    every: Frequency | None = None  # which parts of the period

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the rows of a group, a pivot or a series."""
        if self.operation is Operation.SERIES:
            return SERIES_COLUMNS
        if self.operation is Operation.PIVOT:
            return (*self.by, "valori", *((self.count,) if self.count else self.sums))
        counted = ((self.count,) if self.count else ()) + tuple(name for name, _ in self.distinct)
        averages, shares = (AVERAGE_OF + name for name in self.averages), (SHARE_OF + name for name in self.shares)
        return (*self.by, *counted, *self.sums, *averages, *shares)


def behind(names: Iterable[str], specs: Sequence[FigureSpec]) -> tuple[FigureSpec, ...]:
    """Return what these figures are made from in their own period, themselves included, in the order of `specs`."""
    wanted = set(names)
    for spec in reversed(specs):  # a figure names only those before it
        if spec.name in wanted and spec.operation not in OF_OTHER_PERIODS:
            wanted.update(spec.operands)
    return tuple(spec for spec in specs if spec.name in wanted)


def tables_behind(specs: Iterable[FigureSpec]) -> tuple[str, ...]:
    """Return the names of the tables that figures read."""
    references = [reference for spec in specs for reference in (spec.of, spec.to_date) if reference]
    return tuple(dict.fromkeys(reference.partition(".")[0] for reference in references))


@dataclass(frozen=True)
class CheckSpec:
    """A declared rule that the figures must keep to: a comparison of two expressions."""

    id: str
    text: str  # the rule as a sentence
    left: str
    sign: str  # == != < <= > >=
    right: str
    names: tuple[str, ...] = ()  # the figures of both sides
    lines: tuple[str, ...] = ()  # the lines of the agreement's amounts, of both sides
    warns: bool = False  # True: it keeps nobody from going on
    since: date | None = None  # it only warns for periods that begin before
    tolerance: Decimal = Decimal(0)  # how much two sides may differ that should be equal
    usual: FigureSpec | None = None  # of an outlier: the average of earlier periods, which is the right side
    beyond: Decimal | None = None  # of an outlier: by which part of the usual value it may differ; 0.3 = 30 %
