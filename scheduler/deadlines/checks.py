"""Checks of one obligation: from the file's shape to values, each expression read and its names looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from scheduler.core.data import TableSpec
from scheduler.core.expression import Comparison, ExpressionError, comparison
from scheduler.core.figures import CheckSpec, FigureSpec, Operation
from scheduler.core.obligation import Agreement
from scheduler.core.period import Frequency
from scheduler.deadlines import shape
from scheduler.deadlines.figure_shape import Check
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.references import References, is_number
from scheduler.deadlines.source import Location


def checks_of(
    model: shape.Obligation,
    figures: Sequence[FigureSpec],
    tables: Mapping[str, TableSpec],
    agreements: Iterable[Agreement],
    frequency: Frequency,
    location: Location,
    problems: Problems,
) -> tuple[CheckSpec, ...]:
    """Return the checks of one obligation, in the order of the file; `figures` are those that were read."""
    numbers = dict.fromkeys(model.figures, True)  # a figure that was not read is told once, as a figure
    numbers |= {figure.name: is_number(figure, tables) for figure in figures}
    lines = {line.line for agreement in agreements for line in agreement.amounts}
    found: list[CheckSpec] = []
    for index, item in enumerate(model.checks):
        here: Location = (*location, index)
        if item.id in [earlier.id for earlier in model.checks[:index]]:
            problems.add((*here, "id"), "duplicate.id", value=item.id)
        if (item.that is None) == (item.outlier is None):
            problems.add(here, "check.one")
        elif item.outlier is not None:
            found += _outlier(item, item.outlier, figures, tables, frequency, here, problems)
        elif (said := _comparison(item.that or "", (*here, "that"), problems)) is not None:
            _check_names(said, numbers, lines, (*here, "that"), problems)
            found.append(_spec(item, said, here, problems))
    return tuple(found)


def _outlier(
    item: Check,
    name: str,
    figures: Sequence[FigureSpec],
    tables: Mapping[str, TableSpec],
    frequency: Frequency,
    here: Location,
    problems: Problems,
) -> Iterator[CheckSpec]:
    """Yield the check that a figure is not far from what it was in earlier periods, on average."""
    if item.periods is None or item.beyond is None:
        problems.add(here, "check.outlier-incomplete")
        return
    if item.tolerance is not None:
        problems.add((*here, "tolerance"), "check.tolerance", value=item.tolerance, sign="outlier")
    usual = FigureSpec(f"{name} … {item.periods}", Operation.EARLIER, operands=(name,), periods=item.periods)
    numbers = {figure.name: is_number(figure, tables) for figure in figures}
    References(usual, tables, (), here, problems, "outlier").check(numbers, figures, frequency)
    yield CheckSpec(
        item.id,
        item.text,
        name,
        "",
        usual.name,
        (name, usual.name),
        warns=item.severity != "error",
        since=item.from_,
        usual=usual,
        beyond=item.beyond,
    )


def _comparison(that: str, place: Location, problems: Problems) -> Comparison | None:
    try:
        return comparison(that)
    except ExpressionError as error:
        problems.add(place, f"check.{error.code}", column=error.column, value=error.value)
        return None


def _check_names(
    said: Comparison, numbers: Mapping[str, bool], lines: Iterable[str], place: Location, problems: Problems
) -> None:
    for name in said.names:
        if name not in numbers:
            problems.add_unknown(place, "figure-of-all", name, numbers)
        elif not numbers[name]:
            problems.add(place, "figure.not-number", value=name)
    for line in said.lines:
        if line not in lines:
            problems.add_unknown(place, "amount-line", line, lines)


def _spec(item: Check, said: Comparison, here: Location, problems: Problems) -> CheckSpec:
    if item.tolerance is not None and (item.tolerance < 0 or said.sign != "=="):
        problems.add((*here, "tolerance"), "check.tolerance", value=item.tolerance, sign=said.sign)
    return CheckSpec(
        item.id,
        item.text,
        said.left,
        said.sign,
        said.right,
        said.names,
        said.lines,
        warns=item.severity == "warning",
        since=item.from_,
        tolerance=item.tolerance or Decimal(0),
    )
