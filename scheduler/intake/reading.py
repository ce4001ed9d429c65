"""One sheet → typed rows: cells parsed, the columns' rules held, differences computed; all problems of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from scheduler.core.data import Cell, Column, HiddenRows, Mark, Row, TableSpec, Totals, Value
from scheduler.errors import Problem
from scheduler.intake.columns import Located, folded
from scheduler.intake.examples import example
from scheduler.intake.messages import HIDDEN, problem, suggestion
from scheduler.intake.parse import CellError, seen
from scheduler.intake.raw import RawSheet, is_empty
from scheduler.intake.totals import Difference, TotalRows, ends, first_of


@dataclass(frozen=True)
class RawRow:
    """A row of data before it is parsed: its 1-based line, and the cells of the declared columns."""

    line: int
    cells: Sequence[object]


class Reading:
    """One sheet being read, row by row: what its columns require, and what is wrong so far."""

    def __init__(
        self, spec: TableSpec, sheet: RawSheet, located: Sequence[Located], lang: str, stands_for: str = ""
    ) -> None:
        """`stands_for`: what stands in the file's name in place of the `*` of the table's path."""
        self.spec, self.sheet, self.located, self.lang = spec, sheet, located, lang
        self.problems: list[Problem] = []
        self.rows: list[Row] = []
        self.raw: list[RawRow] = []  # beside `rows`
        self.blank: list[int] = []  # 1-based lines between rows of data
        self.hidden: list[int] = []
        self._of_file = self._from_file(stands_for)
        self._computed = [column for column in spec.columns if column.difference]
        self._letters = {item.column.name: item.letter for item in located}
        self._derived = _derived(self._computed)
        self._first: dict[tuple[str, str], str] = {}  # (unique column, folded value) -> where it stands first
        self._totals = TotalRows(spec, located)
        self._ruled_columns = {id(item) for item in located if _has_rules(item)}

    def read(self) -> None:
        """Read the rows below the header, up to the table's end."""
        indexes = [item.index for item in self.located]
        blank: list[int] = []
        for line, raw in enumerate(self.sheet.rows[self.spec.header :], self.spec.header + 1):
            cells = [raw[index] for index in indexes]
            is_blank, first = all(map(is_empty, cells)), first_of(raw)
            if self.spec.end and ends(self.spec, first, blank=is_blank):
                self._look_below(line, indexes)
                break
            if is_blank:
                blank.append(line)
            elif line - 1 in self.sheet.markup.hidden_rows and self.spec.hidden_rows is HiddenRows.SKIP:
                continue
            elif self._totals.is_total(first, cells):
                self._add_total(line, cells)
            else:
                self.blank += blank
                blank = []
                self._add_row(line, cells)
        if not self.rows:
            self._say(str(self.spec.header), "table.empty")

    def where(self, item: Located, line: int) -> str:
        """Return the address of one cell; in what a database gave, its row and the name of its column."""
        address = f"{self._row(line)}, {item.header}" if self.spec.sql else f"{item.letter}{line}"
        return str(Cell(self.sheet.source, address))

    def where_row(self, address: str) -> str:
        """Return the address of a row, or of several."""
        return str(Cell(self.sheet.source, self._row(address) if self.spec.sql else address))

    def _row(self, line: int | str) -> str:
        return problem(self.lang, "", "sql.row", line=line).what

    def add(self, item: Located, line: int, code: str, **facts: object) -> None:
        """Note what is wrong with one cell."""
        where = self.where(item, line)
        expected = problem(self.lang, where, f"type.{item.column.type}").what
        known = {**facts, **HIDDEN} if item.column.is_personal else facts
        found = self.problem(where, code, header=item.header, expected=expected, **known)
        self.problems.append(replace(found, example=example(item.column)))

    def problem(self, where: str, code: str, **facts: object) -> Problem:
        """Return what is wrong at a place, as severe as the table says."""
        return problem(self.lang, where, code, self.spec.warns(code), **facts)

    def say_of_file(self, code: str, **facts: object) -> None:
        """Note what is wrong with the file as such."""
        self.problems.append(problem(self.lang, self.sheet.source.path, code, **facts))

    def _say(self, address: str, code: str, **facts: object) -> None:
        self.problems.append(self.problem(self.where_row(address), code, **facts))

    def _add_row(self, line: int, cells: Sequence[object]) -> None:
        if line - 1 in self.sheet.markup.hidden_rows:
            self.hidden.append(line)
        self.rows.append(Row(self._values(line, cells), self.sheet.source, line, self._letters, self._derived))
        self.raw.append(RawRow(line, cells))

    def _add_total(self, line: int, cells: Sequence[object]) -> None:
        broken = list(self._totals.broken(cells))
        for item, error in broken:
            self.add(item, line, error.code, value=error.value)
        differences = list(self._totals.differences(cells, self.rows))
        for found in differences:
            self._add_difference(line, found)
        if not differences and not broken and self.spec.totals is Totals.UNSAID:
            self._say(str(line), "row.total")

    def _add_difference(self, line: int, found: Difference) -> None:
        letter = found.item.letter
        rows = f"{letter}{found.first}:{letter}{found.last}"
        value, known = seen(_plain(found.value)), seen(_plain(found.sum))
        self.add(found.item, line, "total.differs", value=value, known=known, rows=rows)

    def _look_below(self, line: int, indexes: Sequence[int]) -> None:
        """Note rows below the table's end that look like rows of it: nothing is left out in silence."""
        required = [at for at, item in enumerate(self.located) if item.column.required]
        for below, raw in enumerate(self.sheet.rows[line:], line + 1):
            cells = [raw[index] for index in indexes]
            full = required and not any(is_empty(cells[at]) for at in required)
            if full and not self._totals.is_total(first_of(raw), cells):
                self._say(str(below), "row.below", line=line)
                return

    def _values(self, line: int, cells: Sequence[object]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for item, cell in zip(self.located, cells, strict=True):
            column = item.column
            value: Value = None
            try:
                value = item.parse(cell)
            except CellError as error:
                self.add(item, line, error.code, value=error.value, anchor=error.value)
            else:
                if value is None:
                    if column.required:
                        self.add(item, line, "cell.required")
                elif id(item) in self._ruled_columns:
                    value = self._ruled(item, line, value)
            values[column.name] = value
        values.update(self._of_file)
        for column in self._computed:
            values[column.name] = _difference(column, values)
        return values

    def _from_file(self, stands_for: str) -> dict[str, Value]:
        """Return the values that the file's name gives to each of its rows; notes one that is not admitted."""
        found: dict[str, Value] = {}
        for column in self.spec.columns:
            if column.from_file:
                choices = {folded(value): value for value in column.values}
                found[column.name] = choices.get(folded(stands_for), stands_for)
                if choices and folded(stands_for) not in choices:
                    facts = {"column": column.name, "value": stands_for}
                    where, known = self.sheet.source.path, list(column.values)
                    self.problems.append(suggestion(self.lang, where, "file.choice", stands_for, known, **facts))
        return found

    def _ruled(self, item: Located, line: int, value: Value) -> Value:
        """Return a value spelt as it is declared; notes one that is not admitted, or is there twice."""
        if isinstance(value, Mark):
            return value
        text, column = folded(value), item.column
        if item.choices and text not in item.choices:
            where = self.where(item, line)
            known = list(column.values)
            shown = HIDDEN["value"] if column.is_personal else value
            found = suggestion(self.lang, where, "cell.choice", text, known, header=item.header, value=shown)
            self.problems.append(replace(found, example=example(column)))
        if column.unique:
            first = self._first.setdefault((column.name, text), f"{item.letter}{line}")
            if first != f"{item.letter}{line}":
                self.add(item, line, "cell.duplicate", value=value, first=first)
        if not _in_range(column, value):
            limits = [seen(_plain(limit)) or "…" for limit in (column.least, column.most)]
            self.add(item, line, "cell.range", value=seen(_plain(value)), least=limits[0], most=limits[1])
        return item.choices.get(text, value)


def _has_rules(item: Located) -> bool:
    column = item.column
    return bool(item.choices or column.unique or column.least is not None or column.most is not None)


def _in_range(column: Column, value: Value) -> bool:
    too_little = column.least is not None and value < column.least  # type: ignore[operator]  # of the column's type
    return not too_little and not (column.most is not None and value > column.most)  # type: ignore[operator]


def _plain(value: object) -> object:
    """Return a decimal as the number that a cell would hold, for showing it; nothing as an empty text."""
    return float(value) if isinstance(value, Decimal) else "" if value is None else value


def _derived(computed: Sequence[Column]) -> dict[str, tuple[str, ...]]:
    """Return, for each computed column, the columns of the sheet that it comes from."""
    found: dict[str, tuple[str, ...]] = {}
    for column in computed:
        pair = column.difference or ()
        found[column.name] = tuple(base for name in pair for base in found.get(name, (name,)))
    return found


def _difference(column: Column, values: dict[str, Value]) -> Value:
    """Return minuend − subtrahend; a mark in place of either is the result, and nothing where either is empty."""
    first, second = (values[name] for name in column.difference or ())
    for value in (first, second):
        if isinstance(value, Mark):
            return value
    if isinstance(first, int | Decimal) and isinstance(second, int | Decimal):
        return first - second
    return None
