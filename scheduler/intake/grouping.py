"""The rows of a table put together by the values of some columns: a small table of counts and sums."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from scheduler.core.data import Figure, Ground, Mark, Row, Table, Value
from scheduler.core.figures import FigureSpec
from scheduler.intake.selection import add_up, check_columns, different, read_from, value_of


def group(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    """Return a row for each combination of the `by` columns, sorted by them, with its count, distinct counts and sums.

    Raises:
        UserError: a column that the table does not have.
    """
    read = (*spec.by, *(column for _, column in spec.distinct), *spec.sums)
    check_columns(read, table, spec, lang)
    groups: dict[tuple[Value, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(value_of(row, column) for column in spec.by), []).append(row)
    made = tuple(_group_row(spec, key, groups[key]) for key in sorted(groups, key=_order))
    counted = (spec.count,) if spec.count else ()
    columns = (*spec.by, *counted, *(name for name, _ in spec.distinct), *spec.sums)
    return read_from(spec, made, Ground(table.name, tuple(rows), tuple(dict.fromkeys(read))), columns=columns)


def _group_row(spec: FigureSpec, key: tuple[Value, ...], rows: Sequence[Row]) -> Row:
    values: dict[str, Value] = dict(zip(spec.by, key, strict=True))
    if spec.count:
        values[spec.count] = len(rows)
    values |= {name: different(rows, column) for name, column in spec.distinct}
    values |= {column: add_up(value_of(row, column) for row in rows) for column in spec.sums}
    return Row(values, derived=_bases(spec), parts=dict.fromkeys(values, tuple(rows)))


def _bases(spec: FigureSpec) -> dict[str, tuple[str, ...]]:
    """Return, for each column of a group that is not a column of its rows, those that it comes from."""
    counted = {spec.count: spec.by} if spec.count else {}
    return counted | {name: (column,) for name, column in spec.distinct}


def _order(key: tuple[Value, ...]) -> tuple[tuple[int, str, int | Decimal], ...]:
    """Return what groups are sorted by: numbers by size, texts without regard to capitals, then what is missing."""
    return tuple(_rank(value) for value in key)


def _rank(value: Value) -> tuple[int, str, int | Decimal]:
    if isinstance(value, int | Decimal):
        return 0, "", value
    if value is None or isinstance(value, Mark):
        return 2, str(value or ""), 0
    return 1, str(value).casefold(), 0
