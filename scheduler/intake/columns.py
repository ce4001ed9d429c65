"""Where the declared columns stand in a sheet: their headers found in the header row. Nothing of the rows below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from scheduler.core.data import Cell, Column, ColumnType, TableSpec, Unit, Value
from scheduler.errors import Problem, SourceError
from scheduler.intake.messages import problem, suggestion
from scheduler.intake.parse import CENT, CellError, Parser, parser, seen
from scheduler.intake.places import Place
from scheduler.intake.raw import Broken, Percent, RawSheet, letter

JOINED = " / "  # between the lines of a header of several

_ROWS_SEARCHED = 30  # where a header row that is not where it should be may be
_POWERS = {Unit.THOUSANDS: 3, Unit.MILLIONS: 6, Unit.FRACTION: 2}


@dataclass(frozen=True)
class Located:
    """A declared column in one sheet: where it stands, and how its cells are read."""

    column: Column
    header: str
    index: int  # 0-based
    letter: str
    parse: Parser
    choices: Mapping[str, str]  # folded text -> the value as it is declared; empty: any


def locate(spec: TableSpec, place: Place, sheet: RawSheet, lang: str) -> tuple[Located, ...]:
    """Return where the declared columns stand, in the order of the declaration; computed columns are left out.

    Headers are compared without regard to blanks, line breaks and capitals. A header of several lines is its lines
    joined by `JOINED`; a declared `*` stands for anything, where no header is that text itself.

    Raises:
        SourceError: a column is missing or there twice; each with the nearest header that is there.
    """
    shown = headers(sheet, spec.header, spec.header_rows)
    texts = [text.casefold() for text in shown]
    problems = _row_problems(spec, place, sheet, texts, lang)
    if not problems:
        for header in place.headers.values():
            problems += _header_problems(spec, header, shown, sheet, lang)
    if problems:
        raise SourceError(tuple(problems))
    columns = [column for column in spec.columns if column.header]
    return tuple(_located(column, place.headers[column.name], texts, spec.marks) for column in columns)


def headers(sheet: RawSheet, last: int, count: int = 1) -> list[str]:
    """Return the header of each column, from its `count` lines down to the 1-based row `last`; blanks made single."""
    lines = [_line(sheet, line, above=line < last) for line in range(last - count + 1, last + 1)]
    return [JOINED.join(dict.fromkeys(filter(None, texts))) for texts in zip(*lines, strict=True)]


def folded(cell: object) -> str:
    """Return a cell's text for comparing: single blanks, no capitals."""
    return _single(cell).casefold()


def matches(text: str, pattern: str) -> bool:
    """Tell whether a folded text is what is declared, in which `*` may stand for anything."""
    return text == pattern or ("*" in pattern and fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]")))


def _single(cell: object) -> str:
    return "" if isinstance(cell, Broken) else " ".join(seen(cell).split())


def _line(sheet: RawSheet, line: int, *, above: bool) -> list[str]:
    """Return the texts of one header row; one that stands above others is said of every column that it spans."""
    texts = [_single(cell) for cell in sheet.rows[line - 1]] if 0 < line <= len(sheet.rows) else []
    if not above:
        return texts or [""] * (len(sheet.rows[0]) if sheet.rows else 0)
    spans = [(left, right) for (top, left), (_, right) in sheet.markup.merged if top == line - 1 and left < right]
    if not spans:  # a text file, or one that only looks merged: a text is said as far as the next one
        starts = [index for index, text in enumerate(texts) if text]
        spans = [(left, right - 1) for left, right in zip(starts, [*starts[1:], len(texts)], strict=True)]
    for left, right in spans:
        texts[left : right + 1] = [texts[left]] * len(texts[left : right + 1])
    return texts


def _located(column: Column, header: str, texts: Sequence[str], marks: tuple[str, ...]) -> Located:
    index = _found(header, texts)[0]
    choices = {folded(value): value for value in column.values}
    return Located(column, header, index, letter(index), _parser(column, marks), choices)


def _parser(column: Column, marks: tuple[str, ...]) -> Parser:
    """Return the parser of a column, in whose numbers a unit is multiplied out."""
    power = _POWERS.get(column.unit) if column.unit else None
    if power is None:
        return parser(column.type, marks)
    amount = column.type is ColumnType.AMOUNT
    parse = parser(ColumnType.NUMBER if amount else column.type, marks)  # in thousands, cents are five decimals

    def parse_scaled(raw: object) -> Value:
        value = parse(raw)
        if not isinstance(value, Decimal) or isinstance(raw, Percent) or _says_percent(raw):
            return value
        scaled = Decimal(f"{value.scaleb(power):f}")
        if amount and scaled != scaled.quantize(CENT):
            raise CellError("cell.cents", seen(raw))
        return scaled.quantize(CENT) if amount else scaled

    return parse_scaled


def _says_percent(raw: object) -> bool:
    return isinstance(raw, str) and raw.rstrip().endswith("%")


def _found(header: str, texts: Sequence[str]) -> list[int]:
    """Return the columns that have a header: those that are just that text, else those that it stands for."""
    wanted = folded(header)
    same = [index for index, text in enumerate(texts) if text == wanted]
    return same or [index for index, text in enumerate(texts) if text and matches(text, wanted)]


def _row_problems(spec: TableSpec, place: Place, sheet: RawSheet, texts: Sequence[str], lang: str) -> list[Problem]:
    """Return the problem of a header row that is blank or stands elsewhere; none where the row is the right one."""
    wanted = {folded(header) for header in place.headers.values()}
    found = {
        line: len(wanted & {text.casefold() for text in headers(sheet, line, spec.header_rows)})
        for line in range(spec.header_rows, min(len(sheet.rows), _ROWS_SEARCHED) + 1)
    }
    best = max(found, key=lambda line: found[line], default=0)
    where = str(Cell(sheet.source, str(spec.header)))
    if best and found[best] == len(wanted) > found.get(spec.header, 0) and not _all_found(place, texts):
        return [problem(lang, where, "header.elsewhere", found=best, line=spec.header)]
    if not any(texts):
        return [problem(lang, where, "header.blank", line=spec.header)]
    return []


def _all_found(place: Place, texts: Sequence[str]) -> bool:
    return all(_found(header, texts) for header in place.headers.values())


def _header_problems(spec: TableSpec, header: str, shown: Sequence[str], sheet: RawSheet, lang: str) -> list[Problem]:
    found = _found(header, [text.casefold() for text in shown])
    where = str(Cell(sheet.source, str(spec.header)))
    if not found:
        known = [text for text in shown if text]
        return [suggestion(lang, where, "column.missing", header, known, header=header, line=spec.header)]
    if len(found) > 1:
        first, second = (f"{letter(index)}{spec.header}" for index in found[:2])
        return [problem(lang, where, "column.duplicate", header=header, first=first, second=second)]
    return []
