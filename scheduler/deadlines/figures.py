"""Figures: from the file's shape to values, each name checked against what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scheduler.core.data import ColumnType, TableSpec
from scheduler.core.figures import FigureSpec, Operation
from scheduler.core.obligation import Agreement
from scheduler.deadlines import shape
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.source import Location
from scheduler.deadlines.tables import NUMERIC, check_numeric

_TO_COLUMN = (Operation.SUM, Operation.PICK, Operation.COUNT_DISTINCT, Operation.STATEMENT)
_TO_FIGURES = (Operation.DIFFERENCE, Operation.ADD, Operation.RATIO)
_WITHOUT_TABLE = (*_TO_FIGURES, Operation.CONSTANT, Operation.AMOUNTS)
_OF_SEVERAL_ROWS = (Operation.ROWS, Operation.GROUP, Operation.STATEMENT, Operation.AMOUNTS)
_OPTIONS = {  # what may stand beside an operation; `where` beside all others that read a table
    **dict.fromkeys(_WITHOUT_TABLE, ()),
    Operation.GROUP: ("where", "by", "distinct"),
    Operation.STATEMENT: ("where", "by", "to_date"),
}


def figures_of(
    models: Mapping[str, shape.Figure],
    tables: Mapping[str, TableSpec],
    agreements: Iterable[Agreement],
    location: Location,
    problems: Problems,
) -> tuple[FigureSpec, ...]:
    """Return the figures of one obligation, in the order of the file; `tables` are the ones it uses."""
    lines = [line for agreement in agreements for line in agreement.amounts]
    specs: list[FigureSpec] = []
    before: dict[str, bool] = {}  # the figures declared so far, and whether each is a number
    for name, model in models.items():
        place: Location = (*location, name)
        if name in tables:
            problems.add(place, "figure.name", value=name)
        spec = _figure(name, model, place, problems)
        if spec is None:
            before[name] = True  # its fault is told once; what builds on it is not to blame
            continue
        _check_options(spec, model, place, problems)
        _check_columns(spec, tables, place, problems)
        _check_operands(spec, before, place, problems)
        if spec.operation in (Operation.STATEMENT, Operation.AMOUNTS) and not lines:
            problems.add(place, "figure.no-amounts")
        specs.append(spec)
        before[name] = is_number(spec, tables)
    return tuple(specs)


def _figure(name: str, model: shape.Figure, place: Location, problems: Problems) -> FigureSpec | None:
    said = [item for item in Operation if getattr(model, item) is not None]
    if Operation.GROUP in said:
        said = [item for item in said if item not in (Operation.COUNT, Operation.SUM)]
    if len(said) != 1:
        problems.add(place, "figure.operation", value=", ".join(said) or "–", known=", ".join(Operation))
        return None
    operation = said[0]
    argument = getattr(model, operation)
    grouped = operation is Operation.GROUP
    return FigureSpec(
        name=name,
        operation=operation,
        of=argument if isinstance(argument, str) and operation is not Operation.AMOUNTS else "",
        where=tuple((column, tuple(texts)) for column, texts in model.where.items()),
        by=tuple(model.by),
        count=(model.count or "") if grouped else "",
        distinct=tuple(model.distinct.items()),
        sums=_texts(model.sum) if grouped else (),
        operands=_texts(argument) if operation in _TO_FIGURES else (),
        value=model.constant,
        source=model.source,
        to_date=model.to_date,
    )


def _texts(value: str | list[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _check_options(spec: FigureSpec, model: shape.Figure, place: Location, problems: Problems) -> None:
    for option in ("where", "by", "distinct", "to_date"):
        if getattr(model, option) and option not in _OPTIONS.get(spec.operation, ("where",)):
            problems.add((*place, option), "figure.option", value=option, operation=str(spec.operation))
    if spec.operation in (Operation.STATEMENT, Operation.GROUP) and not spec.by:
        problems.add(place, "figure.by", operation=str(spec.operation))
    if spec.operation is Operation.STATEMENT and len(spec.by) > 1:
        problems.add((*place, "by"), "figure.by-one", value=len(spec.by), operation=str(spec.operation))
    if spec.operation is Operation.CONSTANT and not spec.source:
        problems.add(place, "figure.source")


def _check_columns(spec: FigureSpec, tables: Mapping[str, TableSpec], place: Location, problems: Problems) -> None:
    if spec.operation in _WITHOUT_TABLE:
        return
    references = {str(spec.operation): spec.of}
    if spec.operation is Operation.STATEMENT and spec.to_date:
        references["to_date"] = spec.to_date
    for option, reference in references.items():
        here: Location = (*place, option)
        table, _, column = reference.partition(".")
        if not reference or bool(column) != (spec.operation in _TO_COLUMN):
            problems.add(here, "figure.reference", value=reference or "–", operation=str(spec.operation))
        elif table not in tables:
            problems.add_unknown(here, "table-in-data", table, tables)
        else:
            types = {item.name: item.type for item in tables[table].columns}
            _check_used(spec, column, types, here, problems)


def _check_used(
    spec: FigureSpec, column: str, types: Mapping[str, ColumnType], here: Location, problems: Problems
) -> None:
    """Check every column that a figure takes from one table; `here` is where the figure names that table."""
    place = here[:-1]
    used: list[tuple[Location, str]] = [((*place, "where", name), name) for name, _ in spec.where]
    used += [((*place, "by"), name) for name in spec.by]
    used += [((*place, "distinct", name), counted) for name, counted in spec.distinct]
    added: list[tuple[Location, str]] = [((*place, "sum"), name) for name in spec.sums]
    if column:
        (added if spec.operation in (Operation.SUM, Operation.STATEMENT) else used).append((here, column))
    for location, name in used:
        if name not in types:
            problems.add_unknown(location, "column", name, types)
    for location, name in added:
        check_numeric(name, types, "column", location, problems)


def is_number(spec: FigureSpec, tables: Mapping[str, TableSpec]) -> bool:
    """Tell whether a figure can be reckoned with; a picked value can where its column can."""
    if spec.operation is not Operation.PICK:
        return spec.operation not in _OF_SEVERAL_ROWS
    table, _, name = spec.of.partition(".")
    types = {column.name: column.type for column in tables[table].columns} if table in tables else {}
    return types.get(name, ColumnType.NUMBER) in NUMERIC


def _check_operands(spec: FigureSpec, before: Mapping[str, bool], place: Location, problems: Problems) -> None:
    if spec.operation not in _TO_FIGURES:
        return
    here: Location = (*place, str(spec.operation))
    count = len(spec.operands)
    if count < 2 or (count > 2 and spec.operation is not Operation.ADD):
        problems.add(here, "figure.two", operation=str(spec.operation), value=count)
    for operand in spec.operands:
        if operand not in before:
            problems.add_unknown(here, "figure", operand, before)
        elif not before[operand]:
            problems.add(here, "figure.not-number", value=operand)
