"""Formulas that only add up cells, reckoned again: a result that is another was saved before the cells changed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from scheduler.intake.raw import Padded, Percent, column_of, is_empty

Rows = Sequence[Sequence[object]]

_CELL = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}"
_RANGE = rf"{_CELL}(?::{_CELL})?"
_TERM = rf"(?:SUM\({_RANGE}(?:[,;]{_RANGE})*\)|{_CELL})"
_SUM = re.compile(rf"[+-]?{_TERM}(?:[+-]{_TERM})*")
_TERMS = re.compile(rf"([+-]?)({_TERM})")
_OPEN_DOCUMENT = re.compile(r"\[\.?|\]")
_MOST_CELLS = 200_000  # that one formula may add up


class _UnknownError(ValueError):
    """A cell that cannot be added up."""


def result_of(formula: str, rows: Rows) -> float | None:
    """Return what a formula gives that is made of SUM, + and − over cells of its sheet; None for any other."""
    text = _OPEN_DOCUMENT.sub("", formula.replace(" ", "")).replace(":.", ":").upper().lstrip("=")
    if not _SUM.fullmatch(text):
        return None
    try:
        return math.fsum(number for sign, term in _TERMS.findall(text) for number in _numbers(sign, term, rows))
    except _UnknownError:
        return None


def is_stale(saved: float, result: float) -> bool:
    """Tell whether a saved result is another than that of the formula, beyond what binary fractions add."""
    return abs(saved - result) > 1e-6 + 1e-9 * abs(result)


def _numbers(sign: str, term: str, rows: Rows) -> Iterator[float]:
    factor = -1.0 if sign == "-" else 1.0
    if not term.startswith("SUM("):
        yield factor * _number(_at(term, rows), texts=False)
        return
    for piece in re.split("[,;]", term[4:-1]):
        yield from (factor * _number(cell, texts=True) for cell in _cells(piece, rows))


def _cells(piece: str, rows: Rows) -> Iterator[object]:
    first, _, last = piece.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    if (bottom - top + 1) * (right - left + 1) > _MOST_CELLS:
        raise _UnknownError
    for row in rows[top : bottom + 1]:
        yield from row[left : right + 1]


def _at(address: str, rows: Rows) -> object:
    row, column = _place(address)
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _place(address: str) -> tuple[int, int]:
    plain = address.replace("$", "")
    letters = plain.rstrip("0123456789")
    return int(plain[len(letters) :]) - 1, column_of(letters)


def _number(cell: object, *, texts: bool) -> float:
    """Return a cell's number; SUM passes over texts, which a plain + does not."""
    match cell:
        case bool():
            raise _UnknownError
        case int() | float():
            return float(cell)
        case Percent():
            return cell.fraction
        case Padded():
            return float(cell.number)
        case _ if is_empty(cell) or (texts and isinstance(cell, str)):
            return 0.0
        case _:
            raise _UnknownError
