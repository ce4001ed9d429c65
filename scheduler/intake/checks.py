"""Declared checks on figures → what does not hold, with both sides' values and the cells behind them."""

from __future__ import annotations

import operator
from ast import AST, Add, BinOp, Call, Constant, Div, Mult, Name, Sub, UAdd, UnaryOp, USub, expr
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from scheduler.core.data import TO_CONFIRM, AmountLine, Cell, Figure, Mark
from scheduler.core.expression import ASSIGNED, arithmetic
from scheduler.core.figures import CheckSpec
from scheduler.errors import Problem
from scheduler.intake.figures import NOT_COMPUTABLE
from scheduler.intake.messages import problem

CELLS_SHOWN = 5

_EXACT = Context(prec=60)  # digits: more than any sum of an office's amounts can have
_MOST_DECIMALS_SHOWN = 10
_MORE = {"it": "e altre {}", "en": "and {} more"}
_OPERATORS: Mapping[type[AST], Callable[..., Decimal]] = {
    Add: operator.add,
    Sub: operator.sub,
    Mult: operator.mul,
    Div: operator.truediv,
    USub: operator.neg,
    UAdd: operator.pos,
}
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

    Args:
        checks: the declared checks; the figures that they name are among `figures`.
        figures: all computed figures, by name.
        lines: the agreement's amounts.
        year: the year of the assigned amounts.
        start: the period's first day, from which a check's severity follows.
        lang: the language of the sentences.
    """
    known = Known(figures, {line.line: line.years[year] for line in lines if year in line.years})
    found = [problem for check in checks for problem in _failure(check, known, start, lang)]
    return tuple(sorted(found, key=lambda problem: problem.warning))


def evaluate(text: str, numbers: Mapping[str, Decimal], assigned: Mapping[str, Decimal]) -> Decimal | Mark:
    """Return the value of an expression whose names are all given, reckoned with 60 digits; a mark on division by zero.

    Raises:
        ExpressionError: it is not an expression.
    """
    tree = arithmetic(text)
    with localcontext(_EXACT):
        try:
            return _reckoned(tree, text.strip(), numbers, assigned)
        except ArithmeticError:
            return NOT_COMPUTABLE


def _reckoned(tree: expr, text: str, numbers: Mapping[str, Decimal], assigned: Mapping[str, Decimal]) -> Decimal:
    from simpleeval import SimpleEval

    functions = {"abs": abs, "round": _rounded, ASSIGNED: assigned.__getitem__}
    reader = SimpleEval(dict(_OPERATORS), functions, numbers)
    own = {kind: reader.nodes[kind] for kind in (Name, BinOp, UnaryOp, Call)}
    reader.nodes = {**own, Constant: lambda node: _constant(node, text)}
    return Decimal(reader.eval(text, tree))


def _constant(node: Constant, text: str) -> Decimal | str:
    """Return a number exactly as it is written, which the syntax tree no longer knows."""
    return node.value if isinstance(node.value, str) else Decimal(text[node.col_offset : node.end_col_offset])


def _rounded(value: Decimal, decimals: Decimal = Decimal(0)) -> Decimal:
    """Return a value rounded as an office does: halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-int(decimals)), ROUND_HALF_UP)


def _failure(check: CheckSpec, known: Known, start: date, lang: str) -> Iterator[Problem]:
    """Yield the problem of one check, or none where it holds."""
    cells = _cells(check, known.figures)
    where = str(cells[0]).rpartition(" ")[0] if cells else f"checks.{check.id}"
    facts: dict[str, object] = {"check": check.id, "text": check.text}
    gap = _gap(check, known)
    if gap is not None:
        name, mark = gap
        code = "check.unstated" if mark is TO_CONFIRM else "check.undone"
        yield problem(lang, where, code, **facts, name=name, value=mark)
        return
    numbers = {name: _number(known.figures[name]) for name in check.names}
    left, right = (evaluate(side, numbers, known.assigned) for side in (check.left, check.right))
    for side, value in ((check.left, left), (check.right, right)):
        if isinstance(value, Mark):
            yield problem(lang, where, "check.undone", **facts, name=side, value=value)
            return
    if isinstance(left, Mark) or isinstance(right, Mark) or _holds(check, left, right):
        return
    sides = {"left": check.left, "value": written(left), "right": check.right, "known": written(right)}
    warns = check.warns or (check.since is not None and start < check.since)
    code = "check.warned" if warns else "check.failed"
    yield problem(lang, where, code, **facts, **sides, cells=_shown(cells, lang))


def _gap(check: CheckSpec, known: Known) -> tuple[str, Mark] | None:
    """Return the first thing that a check names and that has no value, with what stands in its place."""
    for name in check.names:
        value = known.figures[name].value
        if isinstance(value, Mark) or value is None:
            return name, value or Mark("–")
    return next(((f"{ASSIGNED}('{line}')", TO_CONFIRM) for line in check.lines if line not in known.assigned), None)


def _number(figure: Figure) -> Decimal:
    if isinstance(figure.value, int | Decimal):
        return Decimal(figure.value)
    raise TypeError(figure.name)  # the reader of the file lets no check name what is not a number


def _holds(check: CheckSpec, left: Decimal, right: Decimal) -> bool:
    if check.sign == "==":
        return abs(_EXACT.subtract(left, right)) <= check.tolerance
    return _HOLDS[check.sign](left, right)


def _cells(check: CheckSpec, figures: Mapping[str, Figure]) -> list[Cell]:
    return list(dict.fromkeys(cell for name in check.names for cell in figures[name].cells))


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
