"""What a table owes beside readable cells: every declared value, every month of its period, files that are not old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from scheduler.core.data import Row, Span, Table, TableSpec
from scheduler.core.period import Frequency, Period, period_containing
from scheduler.errors import Problem
from scheduler.intake.columns import folded
from scheduler.intake.messages import problem
from scheduler.intake.places import Place, places

Month = tuple[object, object]  # year and month, as two cells say them


def gaps(spec: TableSpec, table: Table, period: Period, lang: str) -> Iterator[Problem]:
    """Yield what a table lacks of what it is declared to cover."""
    if spec.covers:
        found = places(spec, period.start, period.end, period.key, lang)
        for place in found:
            rows = table.rows if len(found) == 1 else [row for row in table.rows if _is_of(row, place)]
            yield from _values_missing(spec, place, rows, lang)
    if spec.months:
        yield from _months_amiss(spec, spec.months, table.rows, period, lang)


def aged(spec: TableSpec, table: Table, workspace: Path, now: datetime, lang: str) -> Iterator[Problem]:
    """Yield the files of a table that were changed longer ago than is declared; what is no file has no age."""
    if spec.fresh_days is None:
        return
    for path in dict.fromkeys(source.path for source in table.sources):
        changed_at = _changed_at(workspace / path, now)
        if changed_at is not None and now - changed_at > timedelta(days=spec.fresh_days):
            yield problem(lang, path, "file.old", value=f"{changed_at:%d/%m/%Y}", days=spec.fresh_days)


def _changed_at(path: Path, now: datetime) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
    except OSError:
        return None


def _is_of(row: Row, place: Place) -> bool:
    """Tell whether a row was read at a place, whose path may be a pattern."""
    if row.source is None:
        return False
    path, sheet = row.source.path, row.source.sheet
    return (path == place.path or fnmatchcase(path, place.path)) and place.sheet in ("", sheet)


def _values_missing(spec: TableSpec, place: Place, rows: Sequence[Row], lang: str) -> Iterator[Problem]:
    for column, values in spec.covers:
        there = {folded(row.values[column]) for row in rows}
        for value in values:
            if folded(value) not in there:
                where, header = _run(place, rows, column), place.headers[column]
                yield replace(problem(lang, where, "covers.value", header=header, value=value), example=value)


def _run(place: Place, rows: Sequence[Row], column: str) -> str:
    """Return the address of a column's cells: `data/personale/2025-01.xlsx [Elenco] C5:C289`."""
    first, last = (rows[0].cell(column), rows[-1].cell(column)) if rows else (None, None)
    if first is None or last is None or first.source != last.source:
        return f"{place.path} [{place.sheet}]" if place.sheet else place.path
    return str(replace(first, address=f"{first.address}:{last.address}"))


def _months_amiss(
    spec: TableSpec, columns: tuple[str, str], rows: Sequence[Row], period: Period, lang: str
) -> Iterator[Problem]:
    """Yield the months of the period that have no row, and those that are not of it, each once."""
    month, year = columns
    first_rows: dict[Month, Row] = {}
    for row in rows:
        first_rows.setdefault((row.values[year], row.values[month]), row)
    owed: dict[Month, date] = {(day.year, day.month): day for day in _months(spec, period)}
    for said, day in owed.items():
        if said not in first_rows:
            yield _month_missing(spec, columns, rows, day, period.key, lang)
    for said, row in first_rows.items():
        if said not in owed:
            header = next(column.header for column in spec.columns if column.name == month)
            value = f"{said[1]}/{said[0]}"
            yield problem(lang, str(row.cell(month) or ""), "covers.other", header=header, value=value)


def _month_missing(
    spec: TableSpec, columns: tuple[str, str], rows: Sequence[Row], month: date, key: str, lang: str
) -> Problem:
    """Return the problem of a month without rows, in the file in which it should be."""
    [place, *_] = places(replace(spec, span=Span.PERIOD), month, _next(month), key, lang)
    where = _run(place, [row for row in rows if _is_of(row, place)], columns[0])
    header, header_of_year = (place.headers[name] for name in columns)
    example = f"{header}: {month.month}; {header_of_year}: {month.year}"
    found = problem(lang, where, "covers.month", header=header, value=f"{month:%m/%Y}")
    return replace(found, example=example)


def _months(spec: TableSpec, period: Period) -> Iterator[date]:
    """Yield the first day of each month that a table is to hold."""
    last = period.end - timedelta(days=1)
    day = date(last.year, 1, 1) if spec.span is Span.YEAR_TO_DATE else period.start.replace(day=1)
    while day < period.end:
        yield day
        day = _next(day)


def _next(day: date) -> date:
    return period_containing(Frequency.MONTH, day).end
