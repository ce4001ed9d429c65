"""Charts of one obligation: from the file's shape to values, each name checked against what is declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scheduler.core.chart import MOST_SERIES, ChartKind, ChartSpec
from scheduler.core.data import ColumnType, TableSpec
from scheduler.core.figures import STATEMENT_COLUMNS, FigureSpec, Operation
from scheduler.deadlines import shape
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.references import is_number
from scheduler.deadlines.source import Location
from scheduler.deadlines.tables import NUMERIC, check_numeric

_AXES = {ColumnType.INTEGER: ColumnType.NUMBER}  # what may stand on one axis

Types = Mapping[str, ColumnType]


def charts_of(
    model: shape.Obligation,
    figures: Sequence[FigureSpec],
    tables: Mapping[str, TableSpec],
    location: Location,
    problems: Problems,
) -> tuple[ChartSpec, ...]:
    """Return the charts of one obligation, in the order of the file; `figures` are those that were read."""
    unread = set(model.figures) - {figure.name for figure in figures}  # told once, as figures
    found: list[ChartSpec] = []
    for name, item in model.charts.items():
        place: Location = (*location, name)
        if unread.isdisjoint(item.of):
            of_figures = len(item.of) == 2 and item.kind == "progress"
            read = _of_figures if of_figures else _of_table
            found.append(read(name, item, figures, tables, place, problems))
    return tuple(found)


def row_types(figures: Sequence[FigureSpec], tables: Mapping[str, TableSpec]) -> dict[str, Types]:
    """Return the columns with their types of everything that has rows: the tables, and the figures that are tables."""
    found: dict[str, Types] = {name: _types(spec) for name, spec in tables.items()}
    for figure in figures:
        types = found.get(figure.of, {})
        match figure.operation:
            case Operation.ROWS:
                found[figure.name] = types
            case Operation.GROUP:
                counted = [name for name, _ in figure.distinct] + ([figure.count] if figure.count else [])
                kept = {name: types[name] for name in (*figure.by, *figure.sums) if name in types}
                reckoned = dict.fromkeys(figure.columns, ColumnType.NUMBER)  # averages and shares
                found[figure.name] = {**reckoned, **kept, **dict.fromkeys(counted, ColumnType.INTEGER)}
            case Operation.SERIES:
                found[figure.name] = {"periodo": ColumnType.TEXT, "valore": ColumnType.NUMBER}
            case Operation.STATEMENT:
                amounts = dict.fromkeys(STATEMENT_COLUMNS, ColumnType.AMOUNT)
                found[figure.name] = {**amounts, "voce": ColumnType.TEXT}
    return found


def _types(spec: TableSpec) -> Types:
    return {column.name: column.type for column in spec.columns}


def _of_figures(
    name: str,
    item: shape.Chart,
    figures: Sequence[FigureSpec],
    tables: Mapping[str, TableSpec],
    place: Location,
    problems: Problems,
) -> ChartSpec:
    """Return the progress of one figure towards another."""
    known = {figure.name: figure for figure in figures}
    for value in item.of:
        if value not in known:
            problems.add_unknown((*place, "of"), "figure-of-all", value, known)
        elif not is_number(known[value], tables):
            problems.add((*place, "of"), "figure.not-number", value=value)
    if item.label or item.values:
        problems.add(place, "chart.two-figures")
    types = {_type(known[value], tables) for value in item.of if value in known}
    kind = ColumnType.AMOUNT if ColumnType.AMOUNT in types else ColumnType.NUMBER
    return ChartSpec(name, ChartKind.PROGRESS, tuple(item.of), item.alt, item.title, type=kind)


def _type(figure: FigureSpec, tables: Mapping[str, TableSpec]) -> ColumnType:
    table, _, column = figure.of.partition(".")
    return _types(tables[table]).get(column, ColumnType.NUMBER) if table in tables else ColumnType.NUMBER


def _of_table(
    name: str,
    item: shape.Chart,
    figures: Sequence[FigureSpec],
    tables: Mapping[str, TableSpec],
    place: Location,
    problems: Problems,
) -> ChartSpec:
    rows, kind = row_types(figures, tables), ChartKind(item.kind)
    table = item.of[0] if len(item.of) == 1 else ""
    if not table:
        problems.add((*place, "of"), "chart.of", value=", ".join(item.of) or "–")
    elif table not in rows:
        problems.add_unknown((*place, "of"), "rows", table, rows)
    types = rows.get(table)
    if types is not None:
        _check_columns(item, types, place, problems)
    if kind is ChartKind.PROGRESS and not (item.label and len(item.values) == 2):
        problems.add(place, "chart.progress-columns", value=len(item.values))
    elif not item.label or not 1 <= len(item.values) <= MOST_SERIES:
        problems.add(place, "chart.columns", most=MOST_SERIES, value=len(item.values))
    of_type = next((types[value] for value in item.values if value in types), None) if types else None
    label = types.get(item.label, ColumnType.TEXT) if types else ColumnType.TEXT
    values = tuple(item.values)
    return ChartSpec(
        name, kind, (table,), item.alt, item.title, item.label, values, of_type or ColumnType.NUMBER, label
    )


def _check_columns(item: shape.Chart, types: Types, place: Location, problems: Problems) -> None:
    if item.label and item.label not in types:
        problems.add_unknown((*place, "label"), "column", item.label, types)
    for value in item.values:
        check_numeric(value, types, "column", (*place, "values"), problems)
    kinds = {types[value]: value for value in item.values if types.get(value) in NUMERIC}
    axes = {_AXES.get(kind, kind) for kind in kinds}
    if len(axes) > 1:
        told = ", ".join(f"{value} ({kind})" for kind, value in kinds.items())
        problems.add((*place, "values"), "chart.types", value=told)
