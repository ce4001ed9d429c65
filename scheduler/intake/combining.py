"""Figures made from figures: of this period, of others, and with what the agreement assigns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Context, Decimal
from itertools import dropwhile

from scheduler.core.data import (
    NOT_COMPUTABLE,
    NOT_THERE,
    TO_CONFIRM,
    AmountLine,
    Figure,
    Ground,
    Mark,
    Origin,
    Row,
    Value,
)
from scheduler.core.figures import FigureSpec, Operation
from scheduler.core.period import period_from_key
from scheduler.intake.messages import user_error
from scheduler.intake.reckoning import evaluate, rounded
from scheduler.locale.words import period_label

Number = int | Decimal | Mark | None
Other = tuple[str, Figure]  # the key of another period, and a figure of it

_QUOTIENT = Context(prec=28)
_SIGNS = {Operation.DIFFERENCE: " − ", Operation.ADD: " + ", Operation.RATIO: " / "}
COMBINED = (*_SIGNS, Operation.CALC)


def combined(spec: FigureSpec, operands: Sequence[Figure], lines: Sequence[AmountLine], year: int, lang: str) -> Figure:
    """Return a figure of figures of the same period; one of them that has no value gives its mark and its reason.

    Raises:
        UserError: an operand is not a number, or there are too few.
    """
    values = [_number(figure, spec, lang) for figure in operands]
    if spec.operation is Operation.CALC:
        value = _calculated(spec, values, {line.line: line.years[year] for line in lines if year in line.years})
        origin = Origin(spec, operands=tuple(operands), lines=tuple(lines), year=year)
        return _figure(spec, value, spec.expression, origin)
    if not operands or (spec.operation is not Operation.ADD and len(operands) != 2):
        raise user_error(lang, f"figures.{spec.name}", "figure.two", value=len(operands))
    text = _SIGNS[spec.operation].join(spec.operands)
    return _figure(spec, arithmetic(spec.operation, values), text, Origin(spec, operands=tuple(operands)))


def elsewhere(spec: FigureSpec, others: Sequence[Other], lang: str) -> Figure:
    """Return a figure of other periods, of which `others` has what was computed there.

    The average of earlier ones passes over those without a value; a sum of parts does not.
    """
    periods, operands = [key for key, _ in others], [figure for _, figure in others]
    values = [_number(figure, spec, lang) for figure in operands]
    origin = Origin(spec, operands=tuple(operands), periods=tuple(periods))
    [name] = spec.operands
    if spec.operation is Operation.SERIES:
        rows = tuple(_in_series(key, figure, _number(figure, spec, lang)) for key, figure in _begun(others))
        cells = tuple(dict.fromkeys(cell for figure in operands for cell in figure.cells))
        text = f"{spec.operation}({name}; {', '.join(periods)})"
        return Figure(spec.name, rows, text, cells, spec.columns, origin=origin)
    if spec.operation is Operation.EARLIER:
        numbers = [value for value in values if isinstance(value, int | Decimal)]
        average = mean(numbers, spec.decimals) if numbers else NOT_THERE
        return _figure(spec, average, f"{spec.operation}({name}; {', '.join(periods)})", origin)
    text = " + ".join(f"{name} ({key})" for key in periods)
    return _figure(spec, arithmetic(Operation.ADD, values), text, origin)


def _begun(others: Sequence[Other]) -> Sequence[Other]:
    """Return the periods from the first one on that has data."""
    return list(dropwhile(lambda item: item[1].value == NOT_THERE, others))


def _in_series(key: str, figure: Figure, value: Number) -> Row:
    """Return the row of a period, which knows the rows that its value is made from."""
    grounds = list(_grounds(figure))
    rows = tuple(row for ground in grounds for row in ground.rows)
    columns = tuple(dict.fromkeys(column for ground in grounds for column in ground.columns))
    values: dict[str, Value] = {"periodo": period_label("it", period_from_key(key)), "valore": value}
    return Row(values, parts={"periodo": (), "valore": rows}, derived={"valore": columns})


def _grounds(figure: Figure) -> Iterator[Ground]:
    if figure.origin is not None:
        yield from figure.origin.grounds
        for operand in figure.origin.operands:
            yield from _grounds(operand)


def arithmetic(operation: Operation, values: Sequence[Number]) -> Number:
    """Return the result; a mark among the operands is the result, and nothing where one is empty."""
    numbers: list[int | Decimal] = []
    for value in values:
        if isinstance(value, Mark):
            return value
        if value is not None:
            numbers.append(value)
    if len(numbers) < len(values):
        return None
    if operation is Operation.ADD:
        return sum(numbers, start=0)
    first, second = numbers
    if operation is Operation.DIFFERENCE:
        return first - second
    return _QUOTIENT.divide(Decimal(first), Decimal(second)) if second else NOT_COMPUTABLE


def mean(numbers: Sequence[int | Decimal], decimals: int | None = None) -> Decimal | Mark:
    """Return the average, rounded where decimals are declared; a mark where there is nothing to divide."""
    if not numbers:
        return NOT_COMPUTABLE
    total = Decimal(sum(numbers, start=0))
    return rounded(total / len(numbers), decimals) if decimals is not None else _QUOTIENT.divide(total, len(numbers))


def _calculated(spec: FigureSpec, values: Sequence[Number], assigned: dict[str, Decimal]) -> Number:
    if any(value is None or isinstance(value, Mark) for value in values):
        return arithmetic(Operation.ADD, values)
    if any(line not in assigned for line in spec.assigned):
        return TO_CONFIRM
    numbers = {name: Decimal(value) for name, value in zip(spec.operands, values, strict=True) if value is not None}  # type: ignore[arg-type]  # no marks are left
    value = evaluate(spec.expression, numbers, assigned)
    if isinstance(value, Mark):
        return value
    value = value if spec.decimals is None else rounded(value, spec.decimals)
    return int(value) if value.as_tuple().exponent >= 0 else value  # type: ignore[operator]  # it is finite


def _number(figure: Figure, spec: FigureSpec, lang: str) -> Number:
    if figure.value is None or isinstance(figure.value, int | Decimal | Mark):
        return figure.value
    raise user_error(lang, f"figures.{spec.name}", "figure.not-numeric", value=figure.name)


def _figure(spec: FigureSpec, value: Value, text: str, origin: Origin) -> Figure:
    cells = tuple(dict.fromkeys(cell for figure in origin.operands for cell in figure.cells))
    made = Figure(spec.name, value, text, cells, origin=origin)
    blank = value is None or isinstance(value, Mark)
    reasons = [figure.reason for figure in origin.operands if figure.reason and figure.value == value]
    return replace(made, reason=reasons[0]) if blank and reasons else made
