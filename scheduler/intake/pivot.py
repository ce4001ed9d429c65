"""A table with two ways in: a row for each value of some columns, a column for each value of another."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from scheduler.core.data import Figure, Ground, Mark, Row, Series, Table, Value
from scheduler.core.figures import FigureSpec
from scheduler.intake.grouping import Key, grouped
from scheduler.intake.selection import add_up, check_columns, read_from, value_of
from scheduler.intake.statement import TOTAL

SERIES = "valori"
NOTHING = "–"  # in place of a column's name where the cell is empty


def pivot(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> tuple[Figure, Figure]:
    """Return the rows, each with its values in the order of the columns and their total, then a row of totals.

    The second figure has the names of the columns.

    Raises:
        UserError: a column that the table does not have.
    """
    read = dict.fromkeys((*spec.by, spec.across, *spec.sums))
    check_columns(read, table, spec, lang)
    columns = [key for (key,) in grouped(rows, (spec.across,))]
    made = [_row(spec, key, found, columns) for key, found in grouped(rows, spec.by).items()]
    blank: Key = (None,) * (len(spec.by) - 1)
    made.append(_row(spec, (TOTAL, *blank), rows, columns))
    figure = read_from(spec, tuple(made), Ground(table.name, tuple(rows), tuple(read)), columns=spec.columns)
    names = [NOTHING if column is None else str(column) for column in columns]
    return figure, Figure(f"{spec.name}_colonne", names, figure.formula, figure.cells, origin=figure.origin)


def place(column: str, position: int) -> str:
    """Return the name, among a row's parts, of one of the values of a column that has several."""
    return f"{column}.{position}"


def _row(spec: FigureSpec, key: Key, rows: Sequence[Row], columns: Sequence[Value]) -> Row:
    found = grouped(rows, (spec.across,))
    cells = [tuple(found.get((column,), ())) for column in columns]
    series: Series = tuple(_amount(spec, cell) for cell in cells)
    total = spec.columns[-1]
    values: dict[str, Value | Series] = {**dict(zip(spec.by, key, strict=True))}
    values |= {SERIES: series, total: _amount(spec, rows)}
    places = {place(SERIES, position): cell for position, cell in enumerate(cells)}
    base = spec.sums or (*spec.by, spec.across)
    derived = dict.fromkeys((*places, SERIES, total), base)
    return Row(values, derived=derived, parts=dict.fromkeys(values, tuple(rows)) | places)


def _amount(spec: FigureSpec, rows: Sequence[Row]) -> int | Decimal | Mark:
    [column] = spec.sums or ("",)
    return add_up(value_of(row, column) for row in rows) if column else len(rows)
