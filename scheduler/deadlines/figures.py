"""Figures: from the file's shape to values; what they name is checked in `references`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scheduler.core.data import TableSpec
from scheduler.core.expression import ExpressionError, Formula, formula
from scheduler.core.figures import OF_OTHER_PERIODS, FigureSpec, Operation
from scheduler.core.obligation import Agreement
from scheduler.core.period import Frequency
from scheduler.deadlines.figure_shape import Figure
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.references import OF_FIGURES, References, is_number
from scheduler.deadlines.source import Location

_OF_TABLES = {  # what a table is made into beside the operation's own key
    Operation.GROUP: (Operation.COUNT, Operation.SUM, Operation.AVERAGE),
    Operation.PIVOT: (Operation.COUNT, Operation.SUM),
}
_TAKES = {  # the options of each operation; those that read a table have `where` as well
    **dict.fromkeys((*OF_FIGURES, Operation.CONSTANT, Operation.AMOUNTS, *OF_OTHER_PERIODS), ()),
    Operation.CALC: ("decimals",),
    Operation.EARLIER: ("periods", "decimals"),
    Operation.SERIES: ("periods",),
    Operation.PARTS: ("every",),
    Operation.AVERAGE: ("where", "decimals"),
    Operation.ROWS: ("where", "order", "top"),
    Operation.GROUP: ("where", "by", "distinct", "share", "order", "top", "others", "decimals"),
    Operation.PIVOT: ("where", "by", "across"),
    Operation.STATEMENT: ("where", "by", "to_date"),
}
_OPTIONS = ("where", "by", "across", "distinct", "share", "order", "top", "others", "to_date", "decimals", "periods")


def figures_of(
    models: Mapping[str, Figure],
    tables: Mapping[str, TableSpec],
    agreements: Iterable[Agreement],
    frequency: Frequency,
    location: Location,
    problems: Problems,
) -> tuple[FigureSpec, ...]:
    """Return the figures of one obligation, in the order of the file; `tables` are the ones it uses."""
    lines = [line.line for agreement in agreements for line in agreement.amounts]
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
        References(spec, tables, lines, place, problems).check(before, specs, frequency)
        specs.append(spec)
        before[name] = is_number(spec, tables)
    return tuple(specs)


def _figure(name: str, model: Figure, place: Location, problems: Problems) -> FigureSpec | None:
    said = [item for item in Operation if getattr(model, item) is not None]
    for operation, within in _OF_TABLES.items():
        if operation in said:
            said = [item for item in said if item not in within]
    if len(said) != 1:
        problems.add(place, "figure.operation", value=", ".join(said) or "–", known=", ".join(Operation))
        return None
    operation = said[0]
    expression = _formula(model, place, problems) if operation is Operation.CALC else Formula("")
    return None if expression is None else _spec(name, operation, model, expression)


def _formula(model: Figure, place: Location, problems: Problems) -> Formula | None:
    try:
        return formula(model.calc or "")
    except ExpressionError as error:
        problems.add((*place, "calc"), f"check.{error.code}", column=error.column, value=error.value)
        return None


def _spec(name: str, operation: Operation, model: Figure, expression: Formula) -> FigureSpec:
    argument = getattr(model, operation)
    within = _OF_TABLES.get(operation, ())
    to_figures = operation in (*OF_FIGURES, *OF_OTHER_PERIODS) and operation is not Operation.CALC
    to_table = operation not in (*OF_FIGURES, *OF_OTHER_PERIODS, Operation.CONSTANT, Operation.AMOUNTS)
    return FigureSpec(
        name=name,
        operation=operation,
        of=argument if to_table and isinstance(argument, str) else "",
        where=tuple((column, tuple(texts)) for column, texts in model.where.items()),
        by=tuple(model.by),
        count=(model.count or "") if within else "",
        distinct=tuple(model.distinct.items()),
        sums=_texts(model.sum) if within else (),
        averages=_texts(model.average) if Operation.AVERAGE in within else (),
        shares=tuple(model.share),
        order=model.order,
        top=model.top,
        others=model.others,
        across=model.across,
        operands=_texts(argument) if to_figures else expression.names,
        value=model.constant,
        source=model.source,
        to_date=model.to_date,
        expression=expression.text,
        assigned=expression.lines,
        decimals=model.decimals,
        periods=model.periods,
        every=Frequency(model.every) if model.every else None,
    )


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()


def _check_options(spec: FigureSpec, model: Figure, place: Location, problems: Problems) -> None:
    operation = str(spec.operation)
    for option in (*_OPTIONS, "every"):
        if getattr(model, option) not in ("", None, [], {}) and option not in _TAKES.get(spec.operation, ("where",)):
            problems.add((*place, option), "figure.option", value=option, operation=operation)
    if spec.operation in (Operation.STATEMENT, Operation.GROUP, Operation.PIVOT) and not spec.by:
        problems.add(place, "figure.by", operation=operation)
    if spec.operation is Operation.STATEMENT and len(spec.by) > 1:
        problems.add((*place, "by"), "figure.by-one", value=len(spec.by), operation=operation)
    if spec.operation is Operation.CONSTANT and not spec.source:
        problems.add(place, "figure.source")
    if spec.operation is Operation.PIVOT and (not spec.across or len(spec.sums) + bool(spec.count) != 1):
        problems.add(place, "figure.pivot")
    if spec.top and not spec.order:
        problems.add(place, "figure.top")
    if spec.others and not spec.top:
        problems.add(place, "figure.others")
    if spec.operation in (Operation.EARLIER, Operation.SERIES) and not spec.periods:
        problems.add(place, "figure.periods")
