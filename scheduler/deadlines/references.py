"""What a figure names, against what is declared: tables, columns, figures before it, lines of money, periods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scheduler.core.data import ColumnType, TableSpec
from scheduler.core.figures import OF_OTHER_PERIODS, OF_SEVERAL_ROWS, FigureSpec, Operation, behind, tables_behind
from scheduler.core.period import MONTHS, Frequency
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.source import Location
from scheduler.deadlines.tables import NUMERIC, check_numeric

OF_FIGURES = (Operation.DIFFERENCE, Operation.ADD, Operation.RATIO, Operation.CALC)
_OF_TWO = (Operation.DIFFERENCE, Operation.RATIO)
_TO_COLUMN = (Operation.SUM, Operation.PICK, Operation.AVERAGE, Operation.COUNT_DISTINCT, Operation.STATEMENT)
_ADDING_UP = (Operation.SUM, Operation.AVERAGE, Operation.STATEMENT)
_WITHOUT_TABLE = (*OF_FIGURES, *OF_OTHER_PERIODS, Operation.CONSTANT, Operation.AMOUNTS)
_SPANS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "key": 1}  # placeholder → how many months it stands for


def is_number(spec: FigureSpec, tables: Mapping[str, TableSpec]) -> bool:
    """Tell whether a figure can be reckoned with; a picked value can where its column can."""
    if spec.operation is not Operation.PICK:
        return spec.operation not in OF_SEVERAL_ROWS
    table, _, name = spec.of.partition(".")
    types = {column.name: column.type for column in tables[table].columns} if table in tables else {}
    return types.get(name, ColumnType.NUMBER) in NUMERIC


@dataclass(frozen=True)
class References:
    """All that one figure names; `lines` are those of the obligation's agreements."""

    spec: FigureSpec
    tables: Mapping[str, TableSpec]
    lines: Sequence[str]
    place: Location
    problems: Problems
    key: str = ""  # under which the file names its operands; empty: the operation's own

    def check(self, before: Mapping[str, bool], specs: Sequence[FigureSpec], frequency: Frequency) -> None:
        """Add a problem for each name that does not fit.

        Args:
            before: the figures declared before, and whether each is a number.
            specs: those of them that could be read.
            frequency: the obligation's.
        """
        if self.spec.operation not in _WITHOUT_TABLE:
            self._check_tables()
        elif self.spec.operands or self.spec.operation in OF_FIGURES:
            self._check_operands(before)
        if self.spec.operation in OF_OTHER_PERIODS:
            self._check_periods(specs, frequency)
        if self.spec.operation in (Operation.STATEMENT, Operation.AMOUNTS) and not self.lines:
            self.problems.add(self.place, "figure.no-amounts")
        for line in self.spec.assigned:
            if line not in self.lines:
                self.problems.add_unknown((*self.place, "calc"), "amount-line", line, self.lines)

    def _check_tables(self) -> None:
        spec = self.spec
        references = {str(spec.operation): spec.of}
        if spec.operation is Operation.STATEMENT and spec.to_date:
            references["to_date"] = spec.to_date
        for option, reference in references.items():
            here: Location = (*self.place, option)
            table, _, column = reference.partition(".")
            if not reference or bool(column) != (spec.operation in _TO_COLUMN):
                self.problems.add(here, "figure.reference", value=reference or "–", operation=str(spec.operation))
            elif table not in self.tables:
                self.problems.add_unknown(here, "table-in-data", table, self.tables)
            else:
                self._check_columns(column, {item.name: item.type for item in self.tables[table].columns}, here)

    def _check_columns(self, column: str, types: Mapping[str, ColumnType], here: Location) -> None:
        """Check every column that the figure takes from one table; `here` is where it names that table."""
        spec, place = self.spec, self.place
        used: list[tuple[Location, str]] = [((*place, "where", name), name) for name, _ in spec.where]
        used += [((*place, "by"), name) for name in spec.by]
        used += [((*place, "across"), spec.across)] if spec.across else []
        used += [((*place, "distinct", name), counted) for name, counted in spec.distinct]
        added: list[tuple[Location, str]] = [((*place, "sum"), name) for name in spec.sums]
        added += [((*place, "average"), name) for name in spec.averages]
        if column:
            (added if spec.operation in _ADDING_UP else used).append((here, column))
        if spec.order and spec.operation is Operation.ROWS:
            added.append(((*place, "order"), spec.order))
        for location, name in used:
            if name not in types:
                self.problems.add_unknown(location, "column", name, types)
        for location, name in added:
            check_numeric(name, types, "column", location, self.problems)
        if spec.operation is Operation.GROUP:
            self._check_made()

    def _check_made(self) -> None:
        """Check what a group names of its own columns."""
        made = [name for name in self.spec.columns if name not in self.spec.by]
        whole = [name for name in (self.spec.count, *self.spec.sums) if name]
        for name in self.spec.shares:
            if name not in whole:
                self.problems.add_unknown((*self.place, "share"), "column-of-group", name, whole)
        if self.spec.order and self.spec.order not in made:
            self.problems.add_unknown((*self.place, "order"), "column-of-group", self.spec.order, made)

    def _check_operands(self, before: Mapping[str, bool]) -> None:
        here: Location = (*self.place, self.key or str(self.spec.operation))
        count = len(self.spec.operands)
        if (count < 2 and self.spec.operation is Operation.ADD) or (count != 2 and self.spec.operation in _OF_TWO):
            self.problems.add(here, "figure.two", operation=str(self.spec.operation), value=count)
        for operand in self.spec.operands:
            if operand not in before:
                self.problems.add_unknown(here, "figure", operand, before)
            elif not before[operand]:
                self.problems.add(here, "figure.not-number", value=operand)

    def _check_periods(self, specs: Sequence[FigureSpec], frequency: Frequency) -> None:
        """Check that the other periods are there, and have workbooks of their own."""
        spec, place = self.spec, self.place
        if frequency is Frequency.ONCE:
            self.problems.add(place, "figure.once", operation=str(spec.operation))
            return
        months = MONTHS[frequency]
        if spec.operation is Operation.PARTS:
            if spec.every is None or MONTHS[spec.every] >= months:
                self.problems.add(place, "figure.every", value=spec.every or "–", frequency=str(frequency))
                return
            months = MONTHS[spec.every]
        elif spec.operation is Operation.YEAR_BEFORE:
            months = MONTHS[Frequency.YEAR]
        for name in tables_behind(behind(spec.operands, specs)):
            if name in self.tables and _months(self.tables[name]) > months:
                self.problems.add((*place, self.key or str(spec.operation)), "figure.same-file", value=name)


def _months(table: TableSpec) -> int:
    """Return after how many months a table is another one; more than any period has where it never is."""
    texts = [table.path, table.sheet, *(column.header for column in table.columns)]
    names = [name for text in texts for name in re.findall(r"\{([^}]*)\}", text)]
    return min((_SPANS[name] for name in names if name in _SPANS), default=MONTHS[Frequency.YEAR] + 1)
