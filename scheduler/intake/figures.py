"""Declared figures → values: exact decimals, marks that spread, and the formula and the cells of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext

from scheduler.core.data import AmountLine, Figure, Ground, Origin, Row, Table
from scheduler.core.figures import OF_OTHER_PERIODS, FigureSpec, Operation
from scheduler.errors import Problem, SourceError, UserError
from scheduler.intake.combining import COMBINED, Other, combined, elsewhere
from scheduler.intake.grouping import average, group, largest_first
from scheduler.intake.messages import source_error, suggestion
from scheduler.intake.pivot import pivot
from scheduler.intake.reckoning import EXACT
from scheduler.intake.selection import (
    add_up,
    cells_of,
    check_columns,
    column_of,
    different,
    read_from,
    selected,
    table_of,
    value_of,
    where_text,
)
from scheduler.intake.statement import amounts, statement

NOTHING: Mapping[str, Figure] = {}

NO_OTHERS: Mapping[str, Sequence[Other]] = {}


def compute(
    specs: Sequence[FigureSpec],
    tables: Mapping[str, Table],
    lines: Sequence[AmountLine],
    year: int,
    lang: str = "it",
    known: Mapping[str, Figure] = NOTHING,
    others: Mapping[str, Sequence[Other]] = NO_OTHERS,
) -> dict[str, Figure]:
    """Return the figures by name, in their order, after those that are `known` already.

    A figure of assigned amounts `x` brings with it `x_anni`, the list of their years, and a pivot `x_colonne`.

    Args:
        specs: what is declared of them, each after those that it is made from.
        tables: what they read, by name.
        lines: the agreement's amounts; `year` is the year whose amounts count.
        year: see `lines`.
        lang: the language of the sentences.
        known: figures made before.
        others: for each figure of other periods, what was computed in them.

    Raises:
        SourceError: the data do not give these figures; with the problems of all of them.
        UserError: a name that nothing declares.
    """
    work = _Work(tables, lines, year, lang, dict(known), others)
    problems: list[Problem] = []
    failed: set[str] = set()
    with localcontext(EXACT):
        for spec in specs:
            if failed.intersection(spec.operands):
                failed.add(spec.name)
                continue
            try:
                work.done |= {figure.name: figure for figure in work.figures(spec)}
            except SourceError as error:
                failed.add(spec.name)
                problems += error.problems
    if problems:
        raise SourceError(tuple(dict.fromkeys(problems)))
    return work.done


@dataclass
class _Work:
    """What figures are made from, and those made so far."""

    tables: Mapping[str, Table]
    lines: Sequence[AmountLine]
    year: int
    lang: str
    done: dict[str, Figure]
    others: Mapping[str, Sequence[Other]]

    def figures(self, spec: FigureSpec) -> tuple[Figure, ...]:
        """Return the figure of a declaration; of assigned amounts also their years."""
        if spec.operation is Operation.AMOUNTS:
            return amounts(spec, self.lines)
        if spec.operation is Operation.CONSTANT:
            return (_constant(spec),)
        if spec.operation in OF_OTHER_PERIODS:
            return (elsewhere(spec, self.others[spec.name], self.lang),)
        if spec.operation in COMBINED:
            operands = [self._operand(name, spec) for name in spec.operands]
            return (combined(spec, operands, self.lines, self.year, self.lang),)
        table = table_of(spec.of, self.tables, spec, self.lang)
        if spec.operation is Operation.STATEMENT:
            return (statement(spec, table, self._since_january(spec), self.lines, self.year, self.lang),)
        if spec.operation is Operation.PIVOT:
            return pivot(spec, table, selected(table, spec, self.lang), self.lang)
        return (_MAKERS[spec.operation](spec, table, selected(table, spec, self.lang), self.lang),)

    def _since_january(self, spec: FigureSpec) -> Table:
        return table_of(spec.to_date or spec.of, self.tables, spec, self.lang)

    def _operand(self, name: str, spec: FigureSpec) -> Figure:
        if name not in self.done:
            known = list(self.done)
            raise UserError((suggestion(self.lang, f"figures.{spec.name}", "figure.operand", name, known, value=name),))
        return self.done[name]


def _constant(spec: FigureSpec) -> Figure:
    whole = spec.value is not None and spec.value == spec.value.to_integral_value()
    source = f" ({spec.source})" if spec.source else ""
    value = int(spec.value) if spec.value is not None and whole else spec.value
    return Figure(spec.name, value, f"{spec.value}{source}", origin=Origin(spec))


def _count(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    columns = [column for column, _ in spec.where] or table.columns[:1]
    return read_from(spec, len(rows), Ground(table.name, tuple(rows), tuple(columns)))


def _distinct(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    column = column_of(spec.of, table, spec, lang)
    return read_from(spec, different(rows, column), Ground(table.name, tuple(rows), (column,)))


def _sum(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    column = column_of(spec.of, table, spec, lang)
    total = add_up(value_of(row, column) for row in rows)
    return read_from(spec, total, Ground(table.name, tuple(rows), (column,)))


def _average(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    column = column_of(spec.of, table, spec, lang)
    value = average((value_of(row, column) for row in rows), spec.decimals)
    return read_from(spec, value, Ground(table.name, tuple(rows), (column,)))


def _pick(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    column = column_of(spec.of, table, spec, lang)
    if len(rows) != 1:
        raise _not_one(spec, table, rows, lang)
    return read_from(spec, value_of(rows[0], column), Ground(table.name, tuple(rows), (column,)))


def _not_one(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> SourceError:
    """Return the error of a pick: the cells that it found, or, where it found none, the values that are there."""
    columns = [column for column, _ in spec.where]
    where = ", ".join(f"{source.path} [{source.sheet}]" for source in table.sources) or table.name
    if rows:
        cells = ", ".join(str(cell) for cell in cells_of(rows, columns or [column_of(spec.of, table, spec, lang)])[:5])
        return source_error(lang, where, "pick.many", count=len(rows), condition=where_text(spec) or "–", known=cells)
    there = dict.fromkeys(
        str(row.values[column]) for column in columns for row in table.rows if row.values[column] is not None
    )
    known = ", ".join(f"«{text}»" for text in list(there)[:8]) or "–"
    return source_error(lang, where, "pick.none", condition=where_text(spec), known=known)


def _rows(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    check_columns([spec.order] if spec.order else [], table, spec, lang)
    ground = Ground(table.name, largest_first(rows, spec), table.columns)
    return read_from(spec, ground.rows, ground, columns=table.columns)


_MAKERS: dict[Operation, Callable[[FigureSpec, Table, Sequence[Row], str], Figure]] = {
    Operation.COUNT: _count,
    Operation.COUNT_DISTINCT: _distinct,
    Operation.SUM: _sum,
    Operation.AVERAGE: _average,
    Operation.PICK: _pick,
    Operation.ROWS: _rows,
    Operation.GROUP: group,
}
