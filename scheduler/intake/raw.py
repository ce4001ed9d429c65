"""Raw cells: what a sheet holds before anything is believed of it. No reading, no types."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.core.data import Source


@dataclass(frozen=True)
class Broken:
    """A cell that holds no value though it is not empty: an error, or a formula that was never calculated."""

    code: str  # "cell.error" or "cell.formula"
    text: str  # "#REF!", "=SUM(A1:A9)"


@dataclass(frozen=True)
class RawSheet:
    """All cells from A1 on, rows of equal width; an empty cell is '' and a broken one a `Broken`."""

    source: Source
    rows: tuple[tuple[object, ...], ...]


def letter(column: int) -> str:
    """Return the letters of a 0-based column: 0 is A, 26 is AA."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def is_empty(cell: object) -> bool:
    """Tell whether a raw cell is empty or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
