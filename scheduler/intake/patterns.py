"""What is suspicious in a sheet only when its cells are seen together: each right alone, wrong beside the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, pairwise

from scheduler.core.data import ColumnType, HiddenRows, TableSpec
from scheduler.errors import Problem
from scheduler.intake.columns import Located
from scheduler.intake.messages import HIDDEN
from scheduler.intake.parse import LARGEST, seen, tidy
from scheduler.intake.raw import Percent, RawSheet, is_empty
from scheduler.intake.reading import RawRow, Reading
from scheduler.intake.recalculation import is_stale, result_of

PLAIN = ("UTF-8", ";")  # what a text file should be, and of which nothing needs to be said
_FEW_FORMULAS = 4  # fewer make no pattern
_FEW_NUMBERS = 6
_SCALED = (ColumnType.INTEGER, ColumnType.AMOUNT, ColumnType.NUMBER)
_TIMES = 1000  # the usual number of a column: beyond, it is another order of size
_THOUSANDS = re.compile(r"[^0-9]*[0-9]{1,3}(\.[0-9]{3})+(,|\D*$)")
_UNGROUPED = re.compile(r"[^0-9]*[1-9][0-9]{3,}(,|\D*$)")
_POWER = re.compile(r"[0-9](,[0-9]+)?E\+[0-9]+")
_DAY = re.compile(r"([0-9]{1,2})[/.-][0-9]{1,2}[/.-][0-9]{4}")

Cells = Sequence[tuple[int, object]]  # 1-based line, raw cell; of one column
Suspicion = tuple[int, str, dict[str, object]]  # line, code, facts


def suspicions(reading: Reading) -> Iterator[Problem]:
    """Yield what is suspicious in a sheet that was read: of the sheet, of its rows, of its columns."""
    yield from _of_sheet(reading)
    for address, code, facts in _of_rows(reading):
        yield reading.problem(reading.where_row(address), code, **facts)
    for at, item in enumerate(reading.located):
        if item.index in reading.sheet.markup.hidden_columns:
            yield reading.problem(reading.where_row(item.letter), "column.hidden", header=item.header)
        cells = [(row.line, row.cells[at]) for row in reading.raw]
        for line, code, facts in chain(_of_column(reading.spec, reading.sheet, item, cells), _scale(reading, item)):
            told = {**facts, **HIDDEN} if item.column.is_personal else facts
            yield reading.problem(reading.where(item, line), code, header=item.header, **told)


def _of_sheet(reading: Reading) -> Iterator[Problem]:
    sheet = reading.sheet
    where = f"{sheet.source.path} [{sheet.source.sheet}]" if sheet.source.sheet else sheet.source.path
    if sheet.markup.hidden:
        yield reading.problem(where, "sheet.hidden")
    if sheet.markup.note and sheet.markup.note != PLAIN:
        encoding, separator = sheet.markup.note
        yield reading.problem(where, "file.read", encoding=encoding, separator=separator)


# Rows ---------------------------------------------------------------------------------------------------------


def _of_rows(reading: Reading) -> Iterator[tuple[str, str, dict[str, object]]]:
    for address in _runs(reading.blank):
        yield address, "row.blank", {}
    if reading.spec.hidden_rows is HiddenRows.UNSAID:
        for address in _runs(reading.hidden):
            yield address, "row.hidden", {}
    if len(reading.located) > 1 and not any(item.column.unique for item in reading.located):
        yield from _repeated(reading.raw)
    if not reading.sheet.source.sheet:
        yield from _wide(reading)


def _runs(lines: Sequence[int]) -> Iterator[str]:
    """Yield the addresses of runs of rows: `7`, `9:12`."""
    start = None
    for line, following in pairwise([*lines, 0]):
        start = start or line
        if following != line + 1:
            yield str(line) if start == line else f"{start}:{line}"
            start = None


def _repeated(rows: Iterable[RawRow]) -> Iterator[tuple[str, str, dict[str, object]]]:
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        line = first.setdefault(tuple(row.cells), row.line)
        if line != row.line:
            yield str(row.line), "row.repeated", {"line": line}


def _wide(reading: Reading) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield the rows of a text file with more fields than headers: a separator stands inside a value of theirs."""
    header = reading.sheet.rows[reading.spec.header - 1]
    width = max((at for at, cell in enumerate(header, 1) if not is_empty(cell)), default=0)
    for row in reading.raw:
        if any(not is_empty(cell) for cell in reading.sheet.rows[row.line - 1][width:]):
            yield str(row.line), "row.wide", {"count": width}


# Columns ------------------------------------------------------------------------------------------------------


def _of_column(spec: TableSpec, sheet: RawSheet, item: Located, cells: Cells) -> Iterator[Suspicion]:
    yield from _formulas(spec, sheet, item, cells)
    if rule := _RULES.get(item.column.type):
        yield from rule(item, cells)


def _formulas(spec: TableSpec, sheet: RawSheet, item: Located, cells: Cells) -> Iterator[Suspicion]:
    """Yield formulas where values should stand; else the few values typed over the formulas of their column."""
    if not sheet.markup.formulas:
        return
    reckoned = [line for line, _ in cells if (line - 1, item.index) in sheet.markup.formulas]
    if spec.values_only:
        yield from ((line, "cell.reckoned", {}) for line in reckoned)
        return
    yield from _stale(sheet, item, cells)
    typed = [line for line, cell in cells if not is_empty(cell) and (line - 1, item.index) not in sheet.markup.formulas]
    if len(reckoned) >= max(_FEW_FORMULAS, 3 * len(typed)):
        yield from ((line, "cell.typed", {}) for line in typed)


def _stale(sheet: RawSheet, item: Located, cells: Cells) -> Iterator[Suspicion]:
    """Yield results that were saved before the cells that they add up were changed."""
    for line, cell in cells:
        formula = sheet.markup.formulas.get((line - 1, item.index))
        saved = cell.fraction if isinstance(cell, Percent) else cell
        if not formula or type(saved) not in (int, float):
            continue
        result = result_of(formula, sheet.rows)
        if result is not None and is_stale(saved, result):  # type: ignore[arg-type]  # it is a number
            facts: dict[str, object] = {
                "formula": f"={formula.lstrip('=')}"[:60],
                "value": seen(saved),
                "known": seen(result),
            }
            yield line, "cell.stale", facts


def _scale(reading: Reading, item: Located) -> Iterator[Suspicion]:
    """Yield the few numbers that are a thousand times those beside which they stand: a comma was lost."""
    if item.column.type not in _SCALED:
        return
    values = ((row.line, row.values[item.column.name]) for row in reading.rows)
    sizes = [(line, abs(float(value))) for line, value in values if isinstance(value, int | Decimal) and value]
    ordered = sorted(size for _, size in sizes)
    limit = _TIMES * ordered[len(ordered) // 2] if ordered else 0
    if len(ordered) < _FEW_NUMBERS or ordered[-1] < limit:
        return
    largest = max(size for size in ordered if size < limit)
    odd = [(line, size) for line, size in sizes if size >= limit]
    if len(odd) <= max(1, len(sizes) // 20) and min(size for _, size in odd) >= _TIMES / 10 * largest:
        for line, size in odd:
            yield line, "cell.scale", {"value": seen(size), "known": seen(largest)}


def _codes(_: Located, cells: Cells) -> Iterator[Suspicion]:
    """Yield what was a code before a spreadsheet took it for a number or a date."""
    yield from _zeros(cells)
    for line, cell in cells:
        if isinstance(cell, date):
            yield line, "cell.dated", {"value": seen(cell)}
        elif isinstance(cell, str):
            if "E+" in cell and _POWER.fullmatch(tidy(cell)):
                yield line, "cell.digits", {"value": seen(cell)}
        elif isinstance(cell, int | float) and abs(cell) > LARGEST:
            yield line, "cell.digits", {"value": seen(cell)}


def _zeros(cells: Cells) -> Iterator[Suspicion]:
    """Yield numbers among codes of one length that begin with zeros: theirs were lost."""
    numbers = [(line, cell) for line, cell in cells if type(cell) in (int, float)]
    if not numbers:
        return
    texts = [tidy(cell) for _, cell in cells if isinstance(cell, str)]
    codes = [text for text in texts if text.isdigit()]
    width = len(codes[0]) if codes else 0
    if any(code.startswith("0") for code in codes) and all(len(code) == width for code in codes):
        for line, cell in numbers:
            if len(text := seen(cell)) < width and text.isdigit():
                yield line, "cell.zeros", {"value": text, "known": text.zfill(width)}


def _separators(_: Located, cells: Cells) -> Iterator[Suspicion]:
    """Yield texts without separators of thousands among others that have them."""
    texts = [(line, tidy(cell)) for line, cell in cells if isinstance(cell, str)]
    if any(_THOUSANDS.match(text) for _, text in texts):
        for line, text in texts:
            if _UNGROUPED.match(text):
                yield line, "cell.separator", {"value": text}


def _fractions(item: Located, cells: Cells) -> Iterator[Suspicion]:
    """Yield the first of a column of percentages that are all fractions of one: 0,8333 where 83,33 is meant."""
    numbers = [(line, cell) for line, cell in cells if type(cell) in (int, float) and cell]
    small = all(0 < cell <= 1 for _, cell in numbers)  # type: ignore[operator]  # they are numbers
    odd = [(line, cell) for line, cell in numbers if cell != 1]
    if item.column.unit is None and odd and small:
        yield odd[0][0], "cell.fraction", {"value": seen(odd[0][1])}


def _days(_: Located, cells: Cells) -> Iterator[Suspicion]:
    """Yield the first of the dates in which day and month were probably exchanged.

    A program that takes 05/04/2025 for 4 May turns into dates just those days that can be months, and leaves 25/04/2025
    a text: then no date has a day above 12, and no text one up to 12.
    """
    dates = [(line, cell) for line, cell in cells if isinstance(cell, date)]
    texts = [found for _, cell in cells if isinstance(cell, str) and (found := _DAY.fullmatch(tidy(cell)))]
    exchanged = all(cell.day <= 12 for _, cell in dates) and all(int(found[1]) > 12 for found in texts)
    if dates and len(texts) > 1 and exchanged:
        yield dates[0][0], "cell.exchanged", {"value": seen(dates[0][1])}


_RULES: dict[ColumnType, Callable[[Located, Cells], Iterator[Suspicion]]] = {
    ColumnType.TEXT: _codes,
    ColumnType.INTEGER: _separators,
    ColumnType.AMOUNT: _separators,
    ColumnType.NUMBER: _separators,
    ColumnType.PERCENT: _fractions,
    ColumnType.DATE: _days,
}
