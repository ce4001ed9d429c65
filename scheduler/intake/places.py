"""Where a table's files are for a reporting period: its path, sheet and headers with the placeholders filled in.

A path that still holds a `*` stands for several files: `files` looks which of them are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from scheduler.core.data import Span, TableSpec
from scheduler.core.period import Frequency, period_containing
from scheduler.errors import Problem, UserError
from scheduler.intake.database import Query
from scheduler.intake.messages import suggestion

_FREQUENCIES = {
    "month": Frequency.MONTH,
    "quarter": Frequency.QUARTER,
    "half": Frequency.HALF_YEAR,
    "year": Frequency.YEAR,
}  # from the finest to the coarsest
PLACEHOLDERS = (*_FREQUENCIES, "key")

ASKED = "SQL "  # before the name of a database, in place of a path
ANY = "*"  # in a path: any characters within one name

_PASSING = (".", "~$")  # what the names of hidden files begin with, and of those that Office makes while one is open
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Place:
    """One file and sheet to read, and the header text of each declared column there."""

    path: str  # relative to the workspace; with a `*` a pattern, of which files are looked for
    sheet: str  # empty: the first
    headers: Mapping[str, str]  # column name -> header
    query: Query | None = None  # in place of a file: what a database is asked
    stands_for: str = ""  # of a file that a pattern was found to mean: what stands in place of its `*`


def places(spec: TableSpec, start: date, end: date, key: str, lang: str = "it") -> tuple[Place, ...]:
    """Return the places of a table for the interval `start <= day < end`, in order of time, each once.

    The finest placeholder of path and sheet decides: {quarter} over a year gives four places. A header's placeholder
    is that of the last day of the interval in its place.

    Raises:
        UserError: a placeholder that does not exist.
    """
    problems = placeholder_problems(spec, lang)
    if problems:
        raise UserError(problems)
    if spec.span is Span.YEAR_TO_DATE:
        start = date((end - timedelta(days=1)).year, 1, 1)
    if spec.sql:
        query = Query(spec.database, spec.name, spec.sql, start, end, key)
        [*_, last] = _places(spec, start, end, key)
        return (replace(last, path=f"{ASKED}{spec.database}", sheet=query.name, query=query),)
    found = {(place.path, place.sheet): place for place in _places(spec, start, end, key)}
    return tuple(found.values())


def files(place: Place, workspace: Path) -> tuple[Place, ...]:
    """Return the files that a place's pattern means now, in the order of their names; the place itself without one.

    Hidden files, and those that Office makes while a workbook is open, are left out. Where no file is there it is the
    pattern that is returned, which nothing can be read from.
    """
    if ANY not in place.path:
        return (place,)
    wanted = re.compile("([^/]*)".join(map(re.escape, place.path.split(ANY))))
    pattern = place.path.replace("[", "[[]").replace("?", "[?]")
    there = (item.relative_to(workspace).as_posix() for item in workspace.glob(pattern) if item.is_file())
    found = [match for path in sorted(there) if not _is_passing(path) and (match := wanted.fullmatch(path))]
    return tuple(replace(place, path=match[0], stands_for=" ".join(match.groups())) for match in found) or (place,)


def _is_passing(path: str) -> bool:
    return any(name.startswith(_PASSING) for name in path.split("/"))


def placeholder_problems(spec: TableSpec, lang: str = "it") -> tuple[Problem, ...]:
    """Return what is wrong with the placeholders of a table's path, sheet and headers."""
    texts = {"path": spec.path, "sheet": spec.sheet}
    texts |= {f"columns.{column.name}.header": column.header for column in spec.columns}
    return tuple(
        suggestion(lang, f"tables.{spec.name}.{field}", "place.unknown", name, list(PLACEHOLDERS), value=name)
        for field, text in texts.items()
        for name in _PLACEHOLDER.findall(text)
        if name not in PLACEHOLDERS
    )


def _places(spec: TableSpec, start: date, end: date, key: str) -> Iterator[Place]:
    for day in _last_days(spec, start, end):
        words = {name: period_containing(frequency, day).key for name, frequency in _FREQUENCIES.items()}
        words["key"] = key
        headers = {column.name: _filled(column.header, words) for column in spec.columns if column.header}
        yield Place(_filled(spec.path, words), _filled(spec.sheet, words), headers)


def _last_days(spec: TableSpec, start: date, end: date) -> Iterator[date]:
    used = set(_PLACEHOLDER.findall(spec.path + spec.sheet))
    frequency = next((item for name, item in _FREQUENCIES.items() if name in used), None)
    day = start
    while frequency and (following := period_containing(frequency, day).end) < end:
        yield following - timedelta(days=1)
        day = following
    yield end - timedelta(days=1)


def _filled(text: str, words: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: words[found[1]], text)
