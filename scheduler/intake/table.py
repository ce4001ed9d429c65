"""Raw sheets → one typed table: cells parsed, the columns' rules held, differences computed, all problems at once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from scheduler.core.data import Cell, Column, Mark, Row, Source, Table, TableSpec, Value
from scheduler.errors import Problem, SourceError
from scheduler.intake.columns import Located, folded, locate
from scheduler.intake.messages import problem, suggestion
from scheduler.intake.parse import CellError
from scheduler.intake.places import Place
from scheduler.intake.raw import RawSheet, is_empty
from scheduler.intake.sheet import SheetCache

MOST_PROBLEMS = 50


def read_table(spec: TableSpec, places: Sequence[Place], workspace: Path, cache: SheetCache, lang: str = "it") -> Table:
    """Return the rows of all places, in their order; blank rows are left out, and each row knows its cells.

    Raises:
        SourceError: with the problems of all cells of all places; the first 50, and how many more.
    """
    key = (spec, tuple((place.path, place.sheet, *place.headers.items()) for place in places))
    paths = [workspace / place.path for place in places]
    return cache.table((workspace, *key), paths, lambda: _table(spec, places, workspace, cache, lang))


def _table(spec: TableSpec, places: Sequence[Place], workspace: Path, cache: SheetCache, lang: str) -> Table:
    rows: list[Row] = []
    sources: list[Source] = []
    problems: list[Problem] = []
    for place in places:
        try:
            sheet = cache.sheet(workspace / place.path, place.path, place.sheet, lang)
            rows += _Reading(spec, sheet, locate(spec, place, sheet, lang), lang).rows()
            sources.append(sheet.source)
        except SourceError as error:
            problems += error.problems
    if problems:
        raise SourceError(_capped(problems, lang))
    return Table(spec.name, tuple(column.name for column in spec.columns), tuple(rows), tuple(sources))


def _capped(problems: Sequence[Problem], lang: str) -> tuple[Problem, ...]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return tuple(problems)
    place = problems[MOST_PROBLEMS].where.rpartition(" ")[0]
    return (*problems[:MOST_PROBLEMS], problem(lang, place, "table.more", count=more))


class _Reading:
    """One sheet being read, row by row: what its columns require, and what is wrong so far."""

    def __init__(self, spec: TableSpec, sheet: RawSheet, located: Sequence[Located], lang: str) -> None:
        self.spec, self.sheet, self.located, self.lang = spec, sheet, located, lang
        self.computed = [column for column in spec.columns if column.difference]
        self.letters = {item.column.name: item.letter for item in located}
        self.derived = _derived(self.computed)
        self.first: dict[tuple[str, str], str] = {}  # (unique column, folded value) -> where it stands first
        self.problems: list[Problem] = []

    def rows(self) -> list[Row]:
        """Return the rows below the header; raises SourceError with what is wrong with their cells."""
        found: list[Row] = []
        indexes = [item.index for item in self.located]
        for line, raw in enumerate(self.sheet.rows[self.spec.header :], self.spec.header + 1):
            cells = [raw[index] for index in indexes]
            if not all(map(is_empty, cells)):
                found.append(Row(self._values(line, cells), self.sheet.source, line, self.letters, self.derived))
        if not found:
            where = str(Cell(self.sheet.source, str(self.spec.header)))
            self.problems.append(problem(self.lang, where, "table.empty"))
        if self.problems:
            raise SourceError(tuple(self.problems))
        return found

    def _values(self, line: int, cells: Sequence[object]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for item, cell in zip(self.located, cells, strict=True):
            column = item.column
            value: Value = None
            try:
                value = item.parse(cell)
            except CellError as error:
                self._add(item, line, error.code, value=error.value)
            else:
                if value is None:
                    if column.required:
                        self._add(item, line, "cell.required")
                elif item.choices or column.unique:
                    value = self._ruled(item, line, value)
            values[column.name] = value
        for column in self.computed:
            values[column.name] = _difference(column, values)
        return values

    def _ruled(self, item: Located, line: int, value: Value) -> Value:
        """Return a value spelt as it is declared; notes one that is not admitted, or is there twice."""
        if isinstance(value, Mark):
            return value
        text = folded(value)
        if item.choices and text not in item.choices:
            known, where = list(item.column.values), self._where(item, line)
            found = suggestion(self.lang, where, "cell.choice", text, known, header=item.header, value=value)
            self.problems.append(found)
        if item.column.unique:
            first = self.first.setdefault((item.column.name, text), f"{item.letter}{line}")
            if first != f"{item.letter}{line}":
                self._add(item, line, "cell.duplicate", value=value, first=first)
        return item.choices.get(text, value)

    def _add(self, item: Located, line: int, code: str, **facts: object) -> None:
        where = self._where(item, line)
        expected = problem(self.lang, where, f"type.{item.column.type}").what
        self.problems.append(problem(self.lang, where, code, header=item.header, expected=expected, **facts))

    def _where(self, item: Located, line: int) -> str:
        return str(Cell(self.sheet.source, f"{item.letter}{line}"))


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
