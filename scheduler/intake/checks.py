"""Declared checks on figures → what does not hold, with both sides' values and the cells behind them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from scheduler.core.data import NOT_THERE, TO_CONFIRM, AmountLine, Cell, Figure, Mark
from scheduler.core.expression import ASSIGNED
from scheduler.core.figures import CheckSpec
from scheduler.errors import Problem
from scheduler.intake.messages import problem
from scheduler.intake.reckoning import EXACT, evaluate, rounded

CELLS_SHOWN = 5

_MOST_DECIMALS_SHOWN = 10
_AVERAGE_DECIMALS = 4  # enough for a share, few enough to read
_FAILED = {True: "check.warned", False: "check.failed"}
_MORE = {"it": "e altre {}", "en": "and {} more"}
_HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Known:
    """What an expression can name: the figures, and what the agreement assigns in the year."""

    figures: Mapping[str, Figure]
    assigned: Mapping[str, Decimal]  # by line; a line whose amount no act states is absent


def failures(
    checks: Sequence[CheckSpec],
    figures: Mapping[str, Figure],
    lines: Sequence[AmountLine],
    *,
    year: int,
    start: date,
    lang: str,
) -> tuple[Problem, ...]:
    """Return what does not hold and what could not be compared, errors first.

    A value is not unusual where there is none of an earlier period.

    Args:
        checks: the declared checks; the figures that they name are among `figures`.
        figures: all computed figures, by name.
        lines: the agreement's amounts.
        year: the year of the assigned amounts.
        start: the period's first day, from which a check's severity follows.
        lang: the language of the sentences.
    """
    known = Known(figures, {line.line: line.years[year] for line in lines if year in line.years})
    comparable = [check for check in checks if not check.usual or figures[check.usual.name].value != NOT_THERE]
    found = [problem for check in comparable for problem in _failure(check, known, start, lang)]
    return tuple(sorted(found, key=lambda problem: problem.warning))


def _failure(check: CheckSpec, known: Known, start: date, lang: str) -> Iterator[Problem]:
    """Yield the problem of one check, or none where it holds."""
    cells = _cells(check, known.figures)
    where = str(cells[0]).rpartition(" ")[0] if cells else f"checks.{check.id}"
    facts: dict[str, object] = {"check": check.id, "text": check.text}
    gap = _gap(check, known)
    if gap is not None:
        yield problem(lang, where, gap.code, **facts, name=gap.name, value=gap.mark, reason=gap.reason)
        return
    numbers = {name: _number(known.figures[name]) for name in check.names}
    left, right = _sides(check, numbers, known)
    for side, value in ((check.left, left), (check.right, right)):
        if isinstance(value, Mark):
            yield problem(lang, where, "check.undone", **facts, name=side, value=value)
            return
    if isinstance(left, Mark) or isinstance(right, Mark) or _holds(check, left, right):
        return
    sides = {"left": check.left, "value": written(left), "right": check.right, "known": written(right)}
    if check.beyond is not None:
        sides |= {
            "known": written(rounded(right, _AVERAGE_DECIMALS)),
            "beyond": written((check.beyond * 100).normalize()),
        }
    warns = check.warns or (check.since is not None and start < check.since)
    code = ("check.unusual" if warns else "check.outlier") if check.usual else _FAILED[warns]
    yield problem(lang, where, code, **facts, **sides, cells=_shown(cells, lang))


@dataclass(frozen=True)
class Gap:
    """What a check names and that has no value, what stands in its place, and why, where that is known."""

    name: str
    mark: Mark
    reason: str = ""

    @property
    def code(self) -> str:
        """The code of its sentence."""
        if self.reason:
            return "check.missing"
        return "check.unstated" if self.mark is TO_CONFIRM else "check.undone"


def _gap(check: CheckSpec, known: Known) -> Gap | None:
    """Return the first thing that a check names and that has no value."""
    for name in check.names:
        figure = known.figures[name]
        if isinstance(figure.value, Mark) or figure.value is None:
            return Gap(name, figure.value or Mark("–"), figure.reason)
    unstated = [line for line in check.lines if line not in known.assigned]
    return Gap(f"{ASSIGNED}('{unstated[0]}')", TO_CONFIRM) if unstated else None


def _sides(check: CheckSpec, numbers: Mapping[str, Decimal], known: Known) -> Sequence[Decimal | Mark]:
    if check.usual:
        return [numbers[name] for name in check.names]
    return [evaluate(side, numbers, known.assigned) for side in (check.left, check.right)]


def _number(figure: Figure) -> Decimal:
    if isinstance(figure.value, int | Decimal):
        return Decimal(figure.value)
    raise TypeError(figure.name)  # the reader of the file lets no check name what is not a number


def _holds(check: CheckSpec, left: Decimal, right: Decimal) -> bool:
    if check.beyond is not None:
        return abs(EXACT.subtract(left, right)) <= EXACT.multiply(check.beyond, abs(right))
    if check.sign == "==":
        return abs(EXACT.subtract(left, right)) <= check.tolerance
    return _HOLDS[check.sign](left, right)


def _cells(check: CheckSpec, figures: Mapping[str, Figure]) -> list[Cell]:
    """Return the cells of all figures; of an outlier those of both in turn, so that the first are not of one alone."""
    sides = [figures[name].cells for name in check.names]
    turns = zip_longest(*sides) if check.usual else sides
    return list(dict.fromkeys(cell for turn in turns for cell in turn if cell is not None))


def _shown(cells: Sequence[Cell], lang: str) -> str:
    shown = ", ".join(str(cell) for cell in cells[:CELLS_SHOWN]) or "–"
    more = len(cells) - CELLS_SHOWN
    return f"{shown} {_MORE.get(lang, _MORE['it']).format(more)}" if more > 0 else shown


def written(value: Decimal) -> str:
    """Return a number as the office writes it: `8.305.352,69`; no zeros after the cents, at most ten decimals."""
    whole, _, decimals = f"{value:,.{_MOST_DECIMALS_SHOWN}f}".partition(".")
    least = min(2, max(0, -int(value.as_tuple().exponent)))
    decimals = decimals[:least] + decimals[least:].rstrip("0")
    return whole.replace(",", ".") + (f",{decimals}" if decimals else "")
