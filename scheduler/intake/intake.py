"""The way in: declared tables, figures and checks for a stretch of time → a Dataset, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from scheduler.core.data import AmountLine, Dataset, Figure, Table, TableSpec
from scheduler.core.figures import CheckSpec, FigureSpec
from scheduler.errors import Problem, SourceError
from scheduler.intake.checks import failures
from scheduler.intake.figures import compute
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import Examined, examine


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
    examined = _examined(specs, start, end, key, workspace, cache, lang)
    tables = {name: found.table for name, found in examined.items()}
    computed, said = _computed(figures, lines, checks, tables, start, end, lang)
    if said and not said[0].warning:
        raise SourceError(said)
    sources = dict.fromkeys(source for table in tables.values() for source in table.sources)
    return Dataset(tables, computed, tuple(sources))


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
    examined = _examined(specs, start, end, key, workspace, cache, lang)
    tables = {name: found.table for name, found in examined.items()}
    said = _computed(figures, lines, checks, tables, start, end, lang)[1] if checks else ()
    if said and not said[0].warning:
        raise SourceError(said)
    told = [problem for found in examined.values() for problem in found.warnings]
    return tuple(dict.fromkeys((*told, *said)))


def _computed(
    figures: Sequence[FigureSpec],
    lines: Sequence[AmountLine],
    checks: Sequence[CheckSpec],
    tables: Mapping[str, Table],
    start: date,
    end: date,
    lang: str,
) -> tuple[dict[str, Figure], tuple[Problem, ...]]:
    """Return the figures, and what the checks say of them."""
    year = (end - timedelta(days=1)).year
    computed = compute(figures, tables, lines, year, lang)
    return computed, failures(checks, computed, lines, year=year, start=start, lang=lang)


def _examined(
    specs: Sequence[TableSpec], start: date, end: date, key: str, workspace: Path, cache: SheetCache, lang: str
) -> dict[str, Examined]:
    examined: dict[str, Examined] = {}
    problems: list[Problem] = []
    for spec in specs:
        try:
            examined[spec.name] = examine(spec, places(spec, start, end, key, lang), workspace, cache, lang)
        except SourceError as error:
            problems += error.problems
    if problems:
        raise SourceError(tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.warning)))
    return examined
