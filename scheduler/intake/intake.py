"""The way in: declared tables, figures and checks for a stretch of time → a Dataset, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from scheduler.core.data import AmountLine, Dataset, Figure, Table, TableSpec
from scheduler.core.figures import CheckSpec, FigureSpec
from scheduler.core.period import Period, period_from_key
from scheduler.errors import Problem, SourceError
from scheduler.intake.checks import failures
from scheduler.intake.figures import compute
from scheduler.intake.periods import OtherPeriods
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import examine_all


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
) -> Dataset:
    """Return the tables and figures of the days `start <= day < end`; the amounts are those of the last day's year.

    Raises:
        SourceError: with all problems of all tables, each once; figures are computed only where every table is right,
            and checks made only where every figure could be computed.
        UserError: a declaration names what does not exist.
    """
    period = Period(start, end, period_from_key(key).frequency)
    examined = examine_all(specs, period, workspace, cache, lang)
    tables = {name: found.table for name, found in examined.items()}
    others = OtherPeriods(specs, figures, lines, workspace, cache, lang)
    computed = _computed(figures, lines, tables, others, period, lang)
    own = dict.fromkeys(source for table in tables.values() for source in table.sources)
    sources = tuple(own | others.sources)  # what only the checks look at is no source of the documents
    said = _said(checks, computed, lines, others, period, lang)
    if said and not said[0].warning:
        raise SourceError(said)
    return Dataset(tables, computed, sources)


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
    """Return what `load` lets pass but a person should look at; raises the same for what it does not."""
    period = Period(start, end, period_from_key(key).frequency)
    examined = examine_all(specs, period, workspace, cache, lang)
    tables = {name: found.table for name, found in examined.items()}
    others = OtherPeriods(specs, figures, lines, workspace, cache, lang)
    computed = _computed(figures, lines, tables, others, period, lang) if checks else {}
    said = _said(checks, computed, lines, others, period, lang)
    if said and not said[0].warning:
        raise SourceError(said)
    told = [problem for found in examined.values() for problem in found.warnings]
    return tuple(dict.fromkeys((*told, *said)))


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
