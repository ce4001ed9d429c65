"""The rows of a table put together by the values of some columns: counts, sums, averages, shares; the largest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from scheduler.core.data import Figure, Ground, Mark, Row, Table, Value
from scheduler.core.figures import AVERAGE_OF, DECIMALS, SHARE_OF, FigureSpec, Operation
from scheduler.intake.combining import arithmetic, mean
from scheduler.intake.selection import add_up, check_columns, different, read_from, value_of

Key = tuple[Value, ...]


def group(spec: FigureSpec, table: Table, rows: Sequence[Row], lang: str) -> Figure:
    """Return a row for each combination of the `by` columns, with what is counted, added up and averaged in it.

    They are sorted by those columns, or, where an order is declared, with the largest first; of a `top` only so many
    are kept, and `others` is the name of a last row that puts the rest together.

    Raises:
        UserError: a column that the table does not have.
    """
    read = dict.fromkeys((*spec.by, *(column for _, column in spec.distinct), *spec.sums, *spec.averages))
    check_columns(read, table, spec, lang)
    groups = grouped(rows, spec.by)
    whole = _group_row(spec, (), rows, ())
    made = largest_first([_group_row(spec, key, groups[key], (whole,)) for key in groups], spec)
    kept = {tuple(row.values[column] for column in spec.by) for row in made}
    rest = [row for key, found in groups.items() if key not in kept for row in found]
    if spec.others and rest:
        blank: Key = (None,) * (len(spec.by) - 1)
        made = (*made, _group_row(spec, (spec.others, *blank), rest, (whole,)))
    return read_from(spec, made, Ground(table.name, tuple(rows), tuple(read)), columns=spec.columns)


def grouped(rows: Iterable[Row], by: Sequence[str]) -> dict[Key, list[Row]]:
    """Return the rows by their values in some columns, sorted by these."""
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(value_of(row, column) for column in by), []).append(row)
    return {key: groups[key] for key in sorted(groups, key=_order)}


def largest_first(rows: Sequence[Row], spec: FigureSpec) -> tuple[Row, ...]:
    """Return the rows in the declared order, and as many as are declared; equal ones stay as they were.

    What has no value comes last.
    """
    found = sorted(rows, key=lambda row: _size(row.values[spec.order])) if spec.order else rows
    return tuple(found[: spec.top])


def average(values: Iterable[Value], decimals: int | None) -> Decimal | Mark:
    """Return the average of the cells that are not empty. A mark among them is the result."""
    found = list(values)
    total = add_up(found)
    if isinstance(total, Mark):
        return total
    numbers = [value for value in found if isinstance(value, int | Decimal)]
    return mean(numbers, DECIMALS if decimals is None else decimals)


def _group_row(spec: FigureSpec, key: Key, rows: Sequence[Row], whole: Sequence[Row]) -> Row:
    values: dict[str, Value] = dict(zip(spec.by, key, strict=False))
    if spec.count:
        values[spec.count] = len(rows)
    values |= {name: different(rows, column) for name, column in spec.distinct}
    values |= {column: add_up(value_of(row, column) for row in rows) for column in spec.sums}
    averages = {column: average((value_of(row, column) for row in rows), spec.decimals) for column in spec.averages}
    values |= {AVERAGE_OF + column: value for column, value in averages.items()}
    parts = dict.fromkeys(values, tuple(rows))
    for all_rows in whole:
        for name in spec.shares:
            values[SHARE_OF + name] = _share(values[name], value_of(all_rows, name))
            parts[SHARE_OF + name] = all_rows.parts[name]
    return Row(values, derived=_bases(spec), parts=parts)


def _share(part: Value, whole: Value) -> Value:
    return arithmetic(Operation.RATIO, [item for item in (part, whole) if isinstance(item, int | Decimal | Mark)])


def _bases(spec: FigureSpec) -> dict[str, tuple[str, ...]]:
    """Return, for each column of a group that is not a column of its rows, those that it comes from."""
    counted = {spec.count: spec.by} if spec.count else {}
    averaged = {AVERAGE_OF + column: (column,) for column in spec.averages}
    shared = {SHARE_OF + name: spec.by if name == spec.count else (name,) for name in spec.shares}
    return counted | {name: (column,) for name, column in spec.distinct} | averaged | shared


def _size(value: object) -> tuple[int, int | Decimal]:
    return (0, -value) if isinstance(value, int | Decimal) else (1, 0)


def _order(key: Key) -> tuple[tuple[int, str, int | Decimal], ...]:
    """Return what groups are sorted by: numbers by size, texts without regard to capitals, then what is missing."""
    return tuple(_rank(value) for value in key)


def _rank(value: Value) -> tuple[int, str, int | Decimal]:
    if isinstance(value, int | Decimal):
        return 0, "", value
    if value is None or isinstance(value, Mark):
        return 2, str(value or ""), 0
    return 1, str(value).casefold(), 0
