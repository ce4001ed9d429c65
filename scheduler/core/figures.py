"""What is declared of figures and of the checks on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


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
    ROWS = "rows"  # of: table; the rows after `where`
    GROUP = "group"  # of: table; by, count/distinct/sum
    STATEMENT = "statement"  # of: table.column by a column; assegnato / rendicontato / residuo per line
    AMOUNTS = "amounts"  # the agreement's assigned amounts, one row per line, one column per year


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
    operands: tuple[str, ...] = ()
    value: Decimal | None = None
    source: str = ""
    to_date: str = ""  # "table.column" with the values since 1 January


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
