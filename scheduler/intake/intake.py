"""The way in: declared tables, figures and checks for a stretch of time → a Dataset, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from scheduler.core.data import AmountLine, Dataset, Figure, Table, TableSpec
from scheduler.core.figures import CheckSpec, FigureSpec
from scheduler.core.period import Period, period_from_key
from scheduler.errors import Problem, SourceError
from scheduler.intake.checks import failures
from scheduler.intake.coverage import aged, gaps
from scheduler.intake.figures import compute
from scheduler.intake.periods import OtherPeriods
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import Examined, examine_all, examine_each


@dataclass(frozen=True)
class Loaded(Dataset):
    """What was read, with what is wrong with it and a person has to answer for."""

    unverified: tuple[Problem, ...] = ()


def load(
    specs: Sequence[TableSpec],
    figures: Sequence[FigureSpec],
    lines: Sequence[AmountLine],
    checks: Sequence[CheckSpec] = (),
    *,
    start: date,
    end: date,
    key: str,
    workspace: Path,
    cache: SheetCache,
    lang: str = "it",
    now: datetime | None = None,
    released: bool = False,
) -> Loaded:
    """Return the tables and figures of the days `start <= day < end`; the amounts are those of the last day's year.

    What could be read but does not cover its period, is old, or fails a check stops them too, unless it is `released`:
    then it comes with them. Without `now`, no file is too old.

    Raises:
        SourceError: with all problems of all tables, each once; figures are computed only where every table is right,
            and checks made only where every figure could be computed.
        UserError: a declaration names what does not exist.
    """
    period = Period(start, end, period_from_key(key).frequency)
    examined, problems = examine_each(specs, period, workspace, cache, lang)
    doubts = _doubts(specs, examined, period, workspace, now, lang)
    if problems:
        raise SourceError(tuple(sorted(dict.fromkeys((*problems, *doubts)), key=lambda problem: problem.warning)))
    tables = {name: found.table for name, found in examined.items()}
    others = OtherPeriods(specs, figures, lines, workspace, cache, lang)
    try:
        computed = _computed(figures, lines, tables, others, period, lang)
    except SourceError as error:
        raise SourceError((*error.problems, *doubts)) from error
    own = dict.fromkeys(source for table in tables.values() for source in table.sources)
    sources = tuple(own | others.sources)  # what only the checks look at is no source of the documents
    said = _said(checks, computed, lines, others, period, lang)
    doubts += [problem for problem in said if not problem.warning]
    if doubts and not released:
        raise SourceError((*doubts, *(problem for problem in said if problem.warning)))
    return Loaded(tables, computed, sources, tuple(doubts))


def warnings(
    specs: Sequence[TableSpec],
    figures: Sequence[FigureSpec] = (),
    lines: Sequence[AmountLine] = (),
    checks: Sequence[CheckSpec] = (),
    *,
    start: date,
    end: date,
    key: str,
    workspace: Path,
    cache: SheetCache,
    lang: str = "it",
) -> tuple[Problem, ...]:
    """Return what `load` lets pass but a person should look at; raises the same where something cannot be read."""
    period = Period(start, end, period_from_key(key).frequency)
    examined = examine_all(specs, period, workspace, cache, lang)
    tables = {name: found.table for name, found in examined.items()}
    others = OtherPeriods(specs, figures, lines, workspace, cache, lang)
    computed = _computed(figures, lines, tables, others, period, lang) if checks else {}
    said = _said(checks, computed, lines, others, period, lang)
    told = [problem for found in examined.values() for problem in found.warnings]
    return tuple(dict.fromkeys((*told, *(problem for problem in said if problem.warning))))


def _computed(
    figures: Sequence[FigureSpec],
    lines: Sequence[AmountLine],
    tables: Mapping[str, Table],
    others: OtherPeriods,
    period: Period,
    lang: str,
) -> dict[str, Figure]:
    return compute(figures, tables, lines, period.last_day.year, lang, others=others.of(figures, period))


def _said(
    checks: Sequence[CheckSpec],
    computed: Mapping[str, Figure],
    lines: Sequence[AmountLine],
    others: OtherPeriods,
    period: Period,
    lang: str,
) -> tuple[Problem, ...]:
    """Return what the checks say, with what is usual for those that ask."""
    year, usual = period.last_day.year, [check.usual for check in checks if check.usual]
    known = compute(usual, {}, lines, year, lang, computed, others.of(usual, period))
    return failures(checks, known, lines, year=year, start=period.start, lang=lang)


def _doubts(
    specs: Sequence[TableSpec],
    examined: Mapping[str, Examined],
    period: Period,
    workspace: Path,
    now: datetime | None,
    lang: str,
) -> list[Problem]:
    """Return what keeps tables from being used though all of their cells could be read."""
    found: list[Problem] = []
    for spec in specs:
        if spec.name in examined:
            table = examined[spec.name].table
            found += gaps(spec, table, period, lang)
            found += aged(spec, table, workspace, now, lang) if now else ()
    return list(dict.fromkeys(found))  # two tables may read the same file
