"""Tables: from the file's shape to values, each name checked against what is declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath, PureWindowsPath

from scheduler.core.data import (
    MARKS,
    Column,
    ColumnType,
    HiddenRows,
    Span,
    TableSpec,
    Totals,
    Unit,
)
from scheduler.core.rules import RULES
from scheduler.deadlines import shape
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.source import Location

ANY = "*"  # in a path: any characters within one name
PLACEHOLDERS = ("year", "half", "quarter", "month", "key")
PARAMETERS = ("start", "end", "key")  # of a query
_QUERY = re.compile(r"\s*(select|with)\b[^;]*", re.I)
_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_OF_FILES = {"path", "sheet", "header", "header_rows", "end", "totals", "hidden_rows", "values_only"}
MONTHS = "months"  # in `covers`: the months of the period, instead of a column's values
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")
NUMERIC = (ColumnType.INTEGER, ColumnType.AMOUNT, ColumnType.NUMBER, ColumnType.PERCENT)
_UNITS = {
    **dict.fromkeys((Unit.THOUSANDS, Unit.MILLIONS), (ColumnType.AMOUNT, ColumnType.NUMBER)),
    **dict.fromkeys((Unit.POINTS, Unit.FRACTION), (ColumnType.PERCENT,)),
}


def tables_of(models: Mapping[str, shape.Table], problems: Problems) -> dict[str, TableSpec]:
    """Return the declared tables by name."""
    return {name: _table(name, model, ("tables", name), problems) for name, model in models.items()}


def _table(name: str, model: shape.Table, location: Location, problems: Problems) -> TableSpec:
    if model.sql or model.database is not None or model.path is None:
        _check_query(model, location, problems)
    else:
        _check_path(model.path, (*location, "path"), problems)
    _check_placeholders(model.sheet, (*location, "sheet"), problems)
    if model.header_rows > model.header:
        problems.add((*location, "header_rows"), "table.header-rows", value=model.header_rows, header=model.header)
    columns: list[Column] = []
    for column_name, column in model.columns.items():
        place: Location = (*location, "columns", column_name)
        if column.from_ and (model.path or "").count(ANY) != 1:
            problems.add((*place, "from"), "column.from-path", value=model.path or "–")
        if model.sql and not column.header and not column.difference:
            column.header = column_name  # what a database gives has the names that the query gives it
        columns.append(_column(column_name, column, columns, place, problems))
    covers, months = _coverage(model.covers, columns, (*location, "covers"), problems)
    return TableSpec(
        name,
        model.path or "",
        tuple(columns),
        model.sheet,
        model.header,
        Span(model.span),
        MARKS if model.marks is None else tuple(model.marks),
        above=tuple(range(model.header - model.header_rows + 1, model.header)),
        end=tuple(model.end),
        totals=Totals(model.totals or ""),
        hidden_rows=HiddenRows(model.hidden_rows or ""),
        values_only=model.values_only,
        rules=_rules(model, location, problems),
        sql=model.sql,
        database=model.database or "",
        covers=covers,
        months=months,
        fresh_days=model.fresh,
    )


def _coverage(
    said: Mapping[str, list[str]], columns: Iterable[Column], location: Location, problems: Problems
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[str, str] | None]:
    """Return the values that columns must hold, and the two columns that hold every month of the period."""
    read = {column.name: column for column in columns if column.header}
    values: list[tuple[str, tuple[str, ...]]] = []
    for name, wanted in said.items():
        place: Location = (*location, name)
        if name == MONTHS:
            continue
        if name not in read:
            problems.add_unknown(place, "column", name, [*read, MONTHS])
        elif not wanted:
            problems.add(place, "shape.empty")
        for value in wanted if name in read and read[name].values else ():
            if value not in read[name].values:
                problems.add_unknown(place, "value", value, read[name].values)
        values.append((name, tuple(wanted)))
    return tuple(values), _months(said.get(MONTHS), read, (*location, MONTHS), problems)


def _months(
    said: list[str] | None, columns: Mapping[str, Column], location: Location, problems: Problems
) -> tuple[str, str] | None:
    if said is None:
        return None
    types = [columns[name].type if name in columns else None for name in said]
    if types not in ([ColumnType.INTEGER] * 2, [ColumnType.MONTH, ColumnType.INTEGER]):
        problems.add(location, "table.months", value=", ".join(said))
        return None
    return said[0], said[1]


def _rules(model: shape.Table, location: Location, problems: Problems) -> tuple[tuple[str, bool], ...]:
    for code in model.rules:
        if code not in RULES:
            problems.add_unknown((*location, "rules", code), "rule", code, RULES)
    return tuple((code, severity == "warning") for code, severity in model.rules.items())


def _check_query(model: shape.Table, location: Location, problems: Problems) -> None:
    """Hold that what a database is asked is one query with our parameters, and that nothing is said of a file."""
    if model.path is None and not model.sql:
        problems.add(location, "table.nowhere")
        return
    if not model.sql or model.database is None:
        problems.add(location, "table.database")
    for key in sorted(model.model_fields_set & _OF_FILES):
        problems.add((*location, key), "table.not-of-query", value=key)
    if model.sql and not _QUERY.fullmatch(model.sql):
        problems.add((*location, "sql"), "table.query")
    for name in dict.fromkeys(_PARAMETER.findall(model.sql)):
        if name not in PARAMETERS:
            problems.add_unknown((*location, "sql"), "parameter", name, PARAMETERS)


def _check_path(path: str, location: Location, problems: Problems) -> None:
    _check_placeholders(path, location, problems)
    check_inside(path, SUFFIXES, location, problems)


def check_inside(path: str, suffixes: tuple[str, ...], location: Location, problems: Problems) -> None:
    """Add a problem where a path leads out of the workspace, or to a file of another kind; an empty one is none."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or PureWindowsPath(path).drive or "\\" in path:
        problems.add(location, "table.path", value=path)
    elif "**" in path:
        problems.add(location, "table.any", value=path)
    elif path and pure.suffix.lower() not in suffixes:
        problems.add(location, "table.suffix", value=pure.suffix or "–", known=", ".join(suffixes))


def _check_placeholders(value: str, location: Location, problems: Problems) -> None:
    for name in re.findall(r"\{([^}]*)\}", value):
        if name not in PLACEHOLDERS:
            problems.add_unknown(location, "placeholder", name, PLACEHOLDERS)


def _column(name: str, model: shape.Column, before: list[Column], location: Location, problems: Problems) -> Column:
    kind = ColumnType(model.type or "testo")
    if model.from_:
        if model.model_fields_set - {"from_", "values", "personal"}:
            problems.add(location, "column.from-file")
        return Column(name, ColumnType.TEXT, values=tuple(model.values), from_file=True, personal=model.personal)
    if model.difference is not None:
        return _computed(name, model, model.difference, before, location, problems)
    if not model.header or model.type is None:
        problems.add(location, "column.incomplete")
    _check_placeholders(model.header, (*location, "header"), problems)
    _check_limits(model, kind, location, problems)
    if model.unit and kind not in _UNITS[Unit(model.unit)]:
        problems.add((*location, "unit"), "column.unit", value=model.unit, type=str(kind))
    return Column(
        name,
        kind,
        model.header,
        model.required,
        model.unique,
        tuple(model.values),
        model.min,
        model.max,
        Unit(model.unit) if model.unit else None,
        personal=model.personal,
    )


def _computed(
    name: str,
    model: shape.Column,
    operands: Sequence[str],
    before: list[Column],
    location: Location,
    problems: Problems,
) -> Column:
    if model.unit or model.min is not None or model.max is not None:
        problems.add(location, "column.computed")
    if model.header or model.type is not None:
        problems.add(location, "column.both")
    types = {column.name: column.type for column in before}
    for operand in operands:
        check_numeric(operand, types, "column-before", (*location, "difference"), problems)
    minuend = types.get(operands[0], ColumnType.NUMBER)
    return Column(name, minuend, required=False, difference=(operands[0], operands[1]), personal=model.personal)


def _check_limits(model: shape.Column, kind: ColumnType, location: Location, problems: Problems) -> None:
    fitting = date if kind is ColumnType.DATE else Decimal if kind in NUMERIC else ()
    limits = {"min": model.min, "max": model.max}
    wrong = {key: limit for key, limit in limits.items() if limit is not None and not isinstance(limit, fitting)}
    for key, limit in wrong.items():
        problems.add((*location, key), "column.limit", value=str(limit), type=str(kind))
    if not wrong and None not in limits.values() and model.min > model.max:  # type: ignore[operator]  # of one type
        problems.add((*location, "min"), "column.limits", value=str(model.min), most=str(model.max))


def check_numeric(
    name: str, types: Mapping[str, ColumnType], kind: str, location: Location, problems: Problems
) -> None:
    """Add a problem where a name is no column, or one of a type that cannot be reckoned with."""
    if name not in types:
        problems.add_unknown(location, kind, name, types)
    elif types[name] not in NUMERIC:
        problems.add(location, "column.not-numeric", value=name, type=str(types[name]))
