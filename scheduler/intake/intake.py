"""The way in: declared tables and figures for a stretch of time → a Dataset, or every problem of all tables at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from scheduler.core.data import AmountLine, Dataset, FigureSpec, TableSpec
from scheduler.errors import Problem, SourceError
from scheduler.intake.figures import compute
from scheduler.intake.places import places
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import Examined, examine


def load(
    specs: Sequence[TableSpec],
    figures: Sequence[FigureSpec],
    lines: Sequence[AmountLine],
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
        SourceError: with all problems of all tables, each once; figures are computed only where every table is right.
        UserError: a declaration names what does not exist.
    """
    examined = _examined(specs, start, end, key, workspace, cache, lang)
    tables = {name: found.table for name, found in examined.items()}
    computed = compute(figures, tables, lines, (end - timedelta(days=1)).year, lang)
    sources = dict.fromkeys(source for table in tables.values() for source in table.sources)
    return Dataset(tables, computed, tuple(sources))


def warnings(
    specs: Sequence[TableSpec],
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
    return tuple(dict.fromkeys(problem for found in examined.values() for problem in found.warnings))


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
