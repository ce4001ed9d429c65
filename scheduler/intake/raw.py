"""Raw cells: what a sheet holds before anything is believed of it. No reading, no types."""

from __future__ import annotations

from dataclasses import dataclass, field

from scheduler.core.data import Source

MOST_CELLS = 2_000_000  # rows times columns

Place = tuple[int, int]  # 0-based row and column


@dataclass(frozen=True)
class Broken:
    """A cell that holds no value though it is not empty: an error, a formula without result, part of a merged one."""

    code: str  # "cell.error", "cell.formula" or "cell.merged"
    text: str  # "#REF!", "=SUM(A1:A9)", or the address that a merged cell begins at


@dataclass(frozen=True)
class Percent:
    """A number shown as a percentage: the reader sees 83,33% where the cell holds 0.8333."""

    fraction: float


@dataclass(frozen=True)
class Padded:
    """A whole number shown with leading zeros: the reader sees 007 where the cell holds 7."""

    number: int
    width: int

    def __str__(self) -> str:
        return f"{self.number:0{self.width}d}"


@dataclass
class Markup:
    """What a workbook says of one sheet beside its values; places are 0-based (row, column)."""

    broken: dict[Place, Broken] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)  # their texts, '' where the file has it not in words
    percents: set[Place] = field(default_factory=set)
    padded: dict[Place, int] = field(default_factory=dict)  # how many digits are shown
    merged: list[tuple[Place, Place]] = field(default_factory=list)  # first and last cell
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hidden: bool = False  # the sheet itself
    note: tuple[str, str] | None = None  # of a text file: its encoding and its separator
    rows: int = 0
    columns: int = 0

    @property
    def far(self) -> str:
        """The address of the corner, where the sheet reaches too far to be read; else ''."""
        return f"{letter(self.columns - 1)}{self.rows}" if self.rows * self.columns > MOST_CELLS else ""

    def reach(self, row: int, column: int, times: int = 1) -> None:
        """Note that something stands at a 0-based row, in `times` columns from that column on."""
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + times)


@dataclass(frozen=True)
class RawSheet:
    """All cells from A1 on, rows of equal width; an empty cell is '' and one without a value a `Broken`."""

    source: Source
    rows: tuple[tuple[object, ...], ...]
    markup: Markup = field(default_factory=Markup)


def letter(column: int) -> str:
    """Return the letters of a 0-based column: 0 is A, 26 is AA."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def column_of(letters: str) -> int:
    """Return the 0-based column of its letters: A is 0, AA is 26."""
    column = 0
    for sign in letters.upper():
        column = column * 26 + ord(sign) - 64
    return column - 1


def is_empty(cell: object) -> bool:
    """Tell whether a raw cell is empty or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
