"""Made-up data of the declared types, as awkward as real data get: what templates are tried with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from scheduler.core.data import (
    NOT_COMPUTABLE,
    NOT_THERE,
    AmountLine,
    Column,
    ColumnType,
    Dataset,
    Figure,
    Mark,
    Row,
    Source,
    Table,
    TableSpec,
    Value,
)
from scheduler.core.figures import AVERAGE_OF, OF_OTHER_PERIODS, SHARE_OF, FigureSpec, Operation
from scheduler.intake.combining import COMBINED
from scheduler.intake.figures import compute
from scheduler.intake.pivot import SERIES


@dataclass(frozen=True)
class Case:
    """One way in which data can be awkward."""

    name: str
    rows: int
    sign: int = 1
    reported: bool = True


CASES = (Case("one", 1), Case("none", 0), Case("many", 1000, sign=-1), Case("unreported", 2, reported=False))

NOT_REPORTED = Mark("n.r")
LONG = (
    'Società cooperativa «Ruggero D\'Àvila & Figli» <S.r.l. in liquidazione>, già "Città dei Mestieri" di Cassano '
    "d'Adda – sede di via Papa Giovanni XXIII n. 1/bis, {{ scala }} B %} 😀"
)
_TEXTS = (LONG, "È", "007", "A & B", "x" * 80)
_DECLARED = (Operation.CONSTANT, Operation.AMOUNTS, *COMBINED)
_COUNTED = (Operation.COUNT, Operation.COUNT_DISTINCT)


def invented(
    tables: Sequence[TableSpec], figures: Sequence[FigureSpec], lines: Sequence[AmountLine], year: int, case: Case
) -> Dataset:
    """Return a dataset of the shape that `load` gives for these declarations, without reading any workbook."""
    made = {spec.name: Table(spec.name, _names(spec.columns), _rows(spec.columns, case)) for spec in tables}
    columns = {spec.name: {column.name: column for column in spec.columns} for spec in tables}
    done: dict[str, Figure] = {}
    for spec in figures:
        if spec.operation in _DECLARED:
            done |= compute((spec,), {}, lines, year, known=done)
        elif spec.operation is Operation.PIVOT:
            done |= {figure.name: figure for figure in _pivot(spec, columns, case)}
        else:
            done[spec.name] = Figure(spec.name, _value(spec, columns, done, case), "")
    sources = tuple(Source(f"data/{spec.name} – {LONG[:40]}.xlsx", "Foglio 1", "0" * 64, 1) for spec in tables)
    return Dataset(made, done, sources)


def _value(
    spec: FigureSpec, columns: Mapping[str, Mapping[str, Column]], done: Mapping[str, Figure], case: Case
) -> Value | tuple[Row, ...]:
    if spec.operation in _COUNTED:
        return case.rows
    if spec.operation is Operation.SERIES:
        return _rows((Column("periodo", ColumnType.TEXT), Column("valore", ColumnType.NUMBER)), case)
    if spec.operation in OF_OTHER_PERIODS:
        value = done[spec.operands[0]].value
        return value if case.rows and not isinstance(value, list) else NOT_THERE
    table, _, column = spec.of.partition(".")
    known = columns[table]
    match spec.operation:
        case Operation.SUM:
            return _cell(known[column], case, 0) if case.rows else 0
        case Operation.AVERAGE:
            return _cell(known[column], case, 0) if case.rows else NOT_COMPUTABLE
        case Operation.PICK:
            return _cell(known[column], case, 0)
        case Operation.ROWS:
            return _rows(tuple(known.values()), case)
        case _:
            return _rows(tuple(_grouped(spec, known)), case)


def _grouped(spec: FigureSpec, known: Mapping[str, Column]) -> Iterator[Column]:
    """Yield the columns of a group or a statement."""
    if spec.operation is Operation.STATEMENT:
        yield Column("voce", ColumnType.TEXT)
        yield from (Column(name, ColumnType.AMOUNT) for name in ("assegnato", "nel_periodo", "rendicontato", "residuo"))
        return
    yield from (known[name] for name in (*spec.by, *spec.sums))
    counted = [name for name, _ in spec.distinct] + ([spec.count] if spec.count else [])
    yield from (Column(name, ColumnType.INTEGER) for name in counted)
    yield from (Column(AVERAGE_OF + name, ColumnType.NUMBER) for name in spec.averages)
    yield from (Column(SHARE_OF + name, ColumnType.NUMBER) for name in spec.shares)


def _pivot(spec: FigureSpec, columns: Mapping[str, Mapping[str, Column]], case: Case) -> Iterator[Figure]:
    """Yield a pivot of as many columns as it has rows, at most three, and their names."""
    known, width = columns[spec.of], min(case.rows, 3)
    amount = known[spec.sums[0]] if spec.sums else Column("", ColumnType.INTEGER)
    by, total = [known[name] for name in spec.by], Column(spec.columns[-1], amount.type)
    cells = [_cell(amount, case, line) for line in range(width)]
    series = tuple(cell for cell in cells if isinstance(cell, int | Decimal | Mark))
    rows = tuple(Row({**row.values, SERIES: series}) for row in _rows((*by, total), case))
    yield Figure(spec.name, rows, "", columns=spec.columns)
    yield Figure(f"{spec.name}_colonne", list((LONG, "È", "n.r")[:width]), "")


def _rows(columns: Sequence[Column], case: Case) -> tuple[Row, ...]:
    lines = ({column.name: _cell(column, case, line) for column in columns} for line in range(case.rows))
    return tuple(Row({"di_cui": False, **values} if "voce" in values else values) for values in lines)


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _cell(column: Column, case: Case, line: int) -> Value:
    if not case.reported:
        return NOT_REPORTED
    if line % 2 and not column.required:
        return None
    if column.type is ColumnType.TEXT:
        return (column.values or _TEXTS)[line % len(column.values or _TEXTS)]
    return _MADE[column.type](case, line)


def _amount(case: Case, line: int) -> Decimal:
    return case.sign * (Decimal("12345678.91") + line)


_MADE: Mapping[ColumnType, Callable[[Case, int], Value]] = {
    ColumnType.INTEGER: lambda case, line: case.sign * (line + 1),
    ColumnType.AMOUNT: _amount,
    ColumnType.NUMBER: _amount,
    ColumnType.PERCENT: lambda case, line: Decimal("83.33"),
    ColumnType.DATE: lambda case, line: date(2024, 12, 31) + timedelta(days=line),
    ColumnType.MONTH: lambda case, line: line % 12 + 1,
    ColumnType.TAX_CODE: lambda case, line: "AAAAAA00A00A000A",
    ColumnType.PROJECT: lambda case, line: "A00B24000000000",
}
