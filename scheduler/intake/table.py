"""Raw sheets → one typed table, with what there is to remark on; all problems at once, those that block first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.core.data import Row, Source, Table, TableSpec
from scheduler.core.period import Period
from scheduler.errors import Problem, SourceError
from scheduler.intake.columns import locate
from scheduler.intake.content import refuse_outside
from scheduler.intake.messages import problem
from scheduler.intake.patterns import suspicions
from scheduler.intake.personal import note_disclosures
from scheduler.intake.places import Place, files, places
from scheduler.intake.raw import RawSheet
from scheduler.intake.reading import Reading
from scheduler.intake.sheet import SheetCache

MOST_PROBLEMS = 50


@dataclass(frozen=True)
class Examined:
    """A table that can be used, and the warnings about its sheets."""

    table: Table
    warnings: tuple[Problem, ...]


def read_table(spec: TableSpec, places: Sequence[Place], workspace: Path, cache: SheetCache, lang: str = "it") -> Table:
    """Return the rows of all places, in their order; blank rows are left out, and each row knows its cells.

    Raises:
        SourceError: with the problems of all cells of all places; the first 50, and how many more.
    """
    return examine(spec, places, workspace, cache, lang).table


def examine(spec: TableSpec, places: Sequence[Place], workspace: Path, cache: SheetCache, lang: str = "it") -> Examined:
    """Return what `read_table` does, with the warnings; raises the same, warnings after what blocks."""
    if spec.sql:
        return _examined(spec, places, workspace, cache, lang)
    there = [file for place in places for file in files(place, workspace)]
    key = (spec, lang, tuple((place.path, place.sheet, *place.headers.items()) for place in there))
    paths = [workspace / place.path for place in there]
    return cache.table((workspace, *key), paths, lambda: _examined(spec, there, workspace, cache, lang))


def _examined(spec: TableSpec, places: Sequence[Place], workspace: Path, cache: SheetCache, lang: str) -> Examined:
    rows: list[Row] = []
    sources: list[Source] = []
    problems: list[Problem] = []
    for place in places:
        try:
            sheet = _sheet(place, workspace, cache, lang)
            reading = Reading(spec, sheet, locate(spec, place, sheet, lang), lang, place.stands_for)
        except SourceError as error:
            problems += error.problems
            continue
        reading.read()
        note_disclosures(reading)
        problems += (*reading.problems, *suspicions(reading))
        rows += reading.rows
        sources.append(sheet.source)
    problems += _twice(spec, sources, lang)
    problems.sort(key=lambda found: found.warning)
    if problems and not problems[0].warning:
        raise SourceError(_capped(problems, lang))
    table = Table(spec.name, tuple(column.name for column in spec.columns), tuple(rows), tuple(sources))
    return Examined(table, _capped(problems, lang))


def _sheet(place: Place, workspace: Path, cache: SheetCache, lang: str) -> RawSheet:
    if place.query:
        return cache.answered(place.query, place.path, place.sheet, lang)
    refuse_outside(workspace / place.path, workspace, place.path, lang)
    return cache.sheet(workspace / place.path, place.path, place.sheet, lang)


def _twice(spec: TableSpec, sources: Sequence[Source], lang: str) -> Iterator[Problem]:
    """Yield the files that are the same as one before: last month's, saved under this month's name."""
    first: dict[tuple[str, str], Source] = {}
    for source in sources:
        before = first.setdefault((source.sha256, source.sheet), source)
        if before is not source:
            yield problem(lang, source.path, "file.same", spec.warns("file.same"), other=before.path)


def _capped(problems: Sequence[Problem], lang: str) -> tuple[Problem, ...]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return tuple(problems)
    place = problems[MOST_PROBLEMS].where.rpartition(" ")[0]
    last = problem(lang, place, "table.more", count=more)
    return (*problems[:MOST_PROBLEMS], Problem(**{**vars(last), "warning": problems[MOST_PROBLEMS].warning}))


def examine_all(
    specs: Sequence[TableSpec], period: Period, workspace: Path, cache: SheetCache, lang: str
) -> dict[str, Examined]:
    """Return the tables of a period by name.

    Raises:
        SourceError: with all problems of all tables, each once, warnings last.
    """
    examined, problems = examine_each(specs, period, workspace, cache, lang)
    if problems:
        raise SourceError(problems)
    return examined


def examine_each(
    specs: Sequence[TableSpec], period: Period, workspace: Path, cache: SheetCache, lang: str
) -> tuple[dict[str, Examined], tuple[Problem, ...]]:
    """Return those tables of a period that can be used, and the problems of the others, each once, warnings last."""
    examined: dict[str, Examined] = {}
    problems: list[Problem] = []
    for spec in specs:
        try:
            where = places(spec, period.start, period.end, period.key, lang)
            examined[spec.name] = examine(spec, where, workspace, cache, lang)
        except SourceError as error:
            problems += error.problems
    return examined, tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.warning))
