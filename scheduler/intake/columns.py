"""Where the declared columns stand in a sheet: their headers found in the header row. Nothing of the rows below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scheduler.core.data import Cell, Column, TableSpec
from scheduler.errors import Problem, SourceError
from scheduler.intake.messages import problem, suggestion
from scheduler.intake.parse import Parser, parser, seen
from scheduler.intake.places import Place
from scheduler.intake.raw import RawSheet, letter

_ROWS_SEARCHED = 30  # where a header row that is not where it should be may be


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

    Headers are compared without regard to blanks, line breaks and capitals.

    Raises:
        SourceError: a column is missing or there twice; each with the nearest header that is there.
    """
    row = sheet.rows[spec.header - 1] if spec.header <= len(sheet.rows) else ()
    headers = [folded(cell) for cell in row]
    problems = _row_problems(spec, place, sheet, headers, lang)
    if not problems:
        for header in place.headers.values():
            problems += _header_problems(spec, header, headers, sheet, lang)
    if problems:
        raise SourceError(tuple(problems))
    columns = [column for column in spec.columns if column.header]
    return tuple(_located(column, place.headers[column.name], headers, spec.marks) for column in columns)


def folded(cell: object) -> str:
    """Return a cell's text for comparing: single blanks, no capitals."""
    return " ".join(seen(cell).split()).casefold()


def _located(column: Column, header: str, headers: Sequence[str], marks: tuple[str, ...]) -> Located:
    index = headers.index(folded(header))
    choices = {folded(value): value for value in column.values}
    return Located(column, header, index, letter(index), parser(column.type, marks), choices)


def _row_problems(spec: TableSpec, place: Place, sheet: RawSheet, headers: Sequence[str], lang: str) -> list[Problem]:
    """Return the problem of a header row that is blank or stands elsewhere; none where the row is the right one."""
    wanted = {folded(header) for header in place.headers.values()}
    found = {line: len(wanted & set(map(folded, row))) for line, row in enumerate(sheet.rows[:_ROWS_SEARCHED], 1)}
    best = max(found, key=lambda line: found[line], default=0)
    where = str(Cell(sheet.source, str(spec.header)))
    if best and found[best] == len(wanted) > found.get(spec.header, 0):
        return [problem(lang, where, "header.elsewhere", found=best, line=spec.header)]
    if not any(headers):
        return [problem(lang, where, "header.blank", line=spec.header)]
    return []


def _header_problems(spec: TableSpec, header: str, headers: Sequence[str], sheet: RawSheet, lang: str) -> list[Problem]:
    places = [index for index, text in enumerate(headers) if text == folded(header)]
    where = str(Cell(sheet.source, str(spec.header)))
    if not places:
        known = [seen(cell) for cell in sheet.rows[spec.header - 1] if seen(cell)]
        return [suggestion(lang, where, "column.missing", header, known, header=header, line=spec.header)]
    if len(places) > 1:
        first, second = (f"{letter(index)}{spec.header}" for index in places[:2])
        return [problem(lang, where, "column.duplicate", header=header, first=first, second=second)]
    return []
