"""Where a figure comes from: its cells with their values, its filter and formula, and the same value made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from scheduler.core.data import Cell, Dataset, Figure, Mark, Origin, Row, Series, Table, Value
from scheduler.intake.figures import compute
from scheduler.intake.pivot import place
from scheduler.intake.selection import where_text

Found = Value | Series | tuple[Row, ...] | list[int] | list[str]


@dataclass(frozen=True)
class CellValue:
    """One cell that was read, and what was read in it."""

    cell: Cell
    value: Value


@dataclass(frozen=True)
class Provenance:
    """Where one value comes from. `again` is the value made anew from the cells alone: it must be the same."""

    figure: str
    value: Found
    again: Found
    formula: str  # in words of the file: "sum(costi.totale; ente = CMM)"
    where: str = ""  # the filter alone
    cells: tuple[CellValue, ...] = ()
    children: tuple[str, ...] = ()  # the figures that it was made from


def provenance(
    dataset: Dataset, name: str, row: int | None = None, column: str = "", position: int | None = None
) -> Provenance:
    """Return where a figure comes from; of one with rows, also where a column of one of its rows does.

    Args:
        dataset: what `load` returned.
        name: of a figure, or, with a row and a column, of a table.
        row: the row's index, from 0.
        column: the column's name.
        position: which value, where the column has several, from 0.

    Raises:
        LookupError: there is no such figure, row or column.
    """
    if name in dataset.tables and row is not None:
        return _read(dataset.tables[name], row, column)
    figure = dataset.figures[name]
    again, origin = made_again(figure).value, figure.origin
    where = where_text(origin.spec) if origin else ""
    children = _children(origin) if origin else ()
    if row is None:
        cells = tuple(dict.fromkeys(_all_cells(figure)))
        return Provenance(name, figure.value, again, figure.formula, where, cells, children)
    at = _row_of(figure.value, row)
    part = column if position is None else place(column, position)
    cells = tuple(_cells(at.parts.get(part, (at,)), at.derived.get(part, (column,))))
    value, anew = (_value_at(item, column, position) for item in (at, _row_of(again, row)))
    return Provenance(name, value, anew, figure.formula, where, cells, children)


def _children(origin: Origin) -> tuple[str, ...]:
    names = [operand.name for operand in origin.operands]
    if not origin.periods:
        return tuple(names)
    return tuple(f"{name} ({key})" for name, key in zip(names, origin.periods, strict=True))


def _value_at(row: Row, column: str, position: int | None) -> Value | Series:
    value = row.values[column]
    return value[position] if isinstance(value, tuple) and position is not None else value


def _read(table: Table, row: int, column: str) -> Provenance:
    at = table.rows[row]
    again = _narrow(at, [column]).values[column]
    return Provenance(
        table.name, at.values[column], again, f"{table.name}.{column}", cells=tuple(_cells([at], [column]))
    )


def made_again(figure: Figure) -> Figure:
    """Return a figure reckoned once more from nothing but the values of its cells, and the agreement's amounts."""
    origin = figure.origin
    if origin is None:
        return figure
    operands = [made_again(operand) for operand in origin.operands]
    known = {operand.name: operand for operand in operands}
    others = {figure.name: list(zip(origin.periods, operands, strict=False))}
    tables = {table.name: table for table in _tables(origin)}
    spec = replace(origin.spec, where=())  # the rows are those that it let through
    return compute((spec,), tables, origin.lines, origin.year, known=known, others=others)[figure.name]


def _tables(origin: Origin) -> Iterator[Table]:
    """Yield the tables of a figure, with nothing in them but what was read for it."""
    for name in dict.fromkeys(ground.table for ground in origin.grounds):
        grounds = [ground for ground in origin.grounds if ground.table == name]
        columns = tuple(dict.fromkeys(column for ground in grounds for column in ground.columns))
        yield Table(name, columns, tuple(_narrow(row, columns) for row in grounds[0].rows))


def _narrow(row: Row, columns: Sequence[str]) -> Row:
    """Return a row with only these columns, a difference of two cells reckoned once more."""
    values = {column: row.values[column] for column in columns}
    for column in columns:
        bases = row.derived.get(column, ())
        if len(bases) == 2:
            values[column] = _difference(row.values[bases[0]], row.values[bases[1]])
    return replace(row, values=values)


def _difference(first: Value | Series, second: Value | Series) -> Value:
    for value in (first, second):
        if isinstance(value, Mark):
            return value
    if isinstance(first, int | Decimal) and isinstance(second, int | Decimal):
        return first - second
    return None


def _all_cells(figure: Figure) -> Iterator[CellValue]:
    if figure.origin is None:
        return
    for ground in figure.origin.grounds:
        yield from _cells(ground.rows, ground.columns)
    for operand in figure.origin.operands:
        yield from _all_cells(operand)


def _cells(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[CellValue]:
    for row in rows:
        for column in dict.fromkeys(base for name in columns for base in row.derived.get(name, (name,))):
            cell, value = row.cell(column), row.values[column]
            if cell is not None and not isinstance(value, tuple):
                yield CellValue(cell, value)


def _row_of(value: Found, row: int) -> Row:
    rows = [item for item in value if isinstance(item, Row)] if isinstance(value, tuple) else []
    return rows[row]
