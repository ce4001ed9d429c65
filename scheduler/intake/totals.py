"""Rows that are no data though they stand among them: totals, compared with their rows, and what ends a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from scheduler.core.data import BLANK_ROW, ColumnType, Row, TableSpec, Totals, Value
from scheduler.intake.columns import Located, folded, matches
from scheduler.intake.parse import NOISE, CellError
from scheduler.intake.raw import Broken, is_empty

_LABEL = re.compile(r"(sub[ -]?|gran )?total[ei]\b")
_ADDED = (ColumnType.INTEGER, ColumnType.AMOUNT, ColumnType.NUMBER)


@dataclass(frozen=True)
class Difference:
    """A total that is not the sum of the rows above it."""

    item: Located
    value: int | Decimal
    sum: int | Decimal
    first: int  # 1-based rows that were added
    last: int


def first_of(raw: Sequence[object]) -> str:
    """Return what a row of a sheet begins with, folded; '' where it is blank or begins with no text."""
    first = next((cell for cell in raw if not is_empty(cell)), "")
    return folded(first) if isinstance(first, str) else ""


def ends(spec: TableSpec, first: str, *, blank: bool) -> bool:
    """Tell whether a row stands below the table's last one."""
    if blank and BLANK_ROW in spec.end:
        return True
    return bool(first) and any(matches(first, folded(text)) for text in spec.end if text != BLANK_ROW)


class TotalRows:
    """The totals of one sheet, met in order while its rows are read."""

    def __init__(self, spec: TableSpec, located: Sequence[Located]) -> None:
        self._unless = spec.totals is Totals.ROWS
        self._required = [at for at, item in enumerate(located) if item.column.required]
        self._added = [(at, item) for at, item in enumerate(located) if item.column.type in _ADDED]
        self._since = 0  # how many rows stood above the last total

    def is_total(self, first: str, cells: Sequence[object]) -> bool:
        """Tell whether a row is a total: it begins like one, and holds a sum or is no full row."""
        if self._unless or not _LABEL.match(first):
            return False
        holds_sum = any(not is_empty(cells[at]) and not isinstance(cells[at], Broken) for at, _ in self._added)
        return holds_sum or any(is_empty(cells[at]) or isinstance(cells[at], Broken) for at in self._required)

    def broken(self, cells: Sequence[object]) -> Iterator[tuple[Located, CellError]]:
        """Yield the numbers of a total that cannot be read; part of a merged cell is none."""
        for at, item in self._added:
            try:
                item.parse(cells[at])
            except CellError as error:
                if error.code != "cell.merged":
                    yield item, error

    def differences(self, cells: Sequence[object], rows: Sequence[Row]) -> Iterator[Difference]:
        """Yield the totals that are neither the sum of all rows above nor of those since the last total."""
        since, self._since = self._since, len(rows)
        for at, item in self._added:
            value: Value = None
            with suppress(CellError):
                value = item.parse(cells[at])
            if isinstance(value, int | Decimal) and (found := _difference(item, value, rows, since)):
                yield found


def _difference(item: Located, value: int | Decimal, rows: Sequence[Row], since: int) -> Difference | None:
    starts = [start for start in (since, 0) if rows[start:]]
    sums = [_sum(rows[start:], item.column.name) for start in starts] or [Decimal(0)]
    if any(abs(value - found) < NOISE for found in sums):
        return None
    lines = (rows[starts[0]].line, rows[-1].line) if rows else (0, 0)
    return Difference(item, value, sums[0], *lines)


def _sum(rows: Sequence[Row], name: str) -> Decimal:
    values = (row.values[name] for row in rows)
    return sum((Decimal(value) for value in values if isinstance(value, int | Decimal)), Decimal(0))
