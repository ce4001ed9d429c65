"""Figures of other periods than the one that is reported on: read from those periods' own workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from scheduler.core.data import NOT_THERE, AmountLine, Figure, Source, TableSpec
from scheduler.core.figures import OF_OTHER_PERIODS, FigureSpec, Operation, behind, tables_behind
from scheduler.core.period import Period, period_containing, periods_between
from scheduler.errors import SourceError
from scheduler.intake.combining import Other
from scheduler.intake.figures import compute
from scheduler.intake.sheet import SheetCache
from scheduler.intake.table import examine_all


def other_periods(spec: FigureSpec, period: Period) -> tuple[Period, ...]:
    """Return the periods that a figure is computed in, in order of time."""
    if spec.operation is Operation.PARTS and spec.every:
        return tuple(periods_between(spec.every, period.start, period.end))
    if spec.operation is Operation.YEAR_BEFORE:
        return (period_containing(period.frequency, period.start.replace(year=period.start.year - 1)),)
    found = [period] if spec.operation is Operation.SERIES else []
    for _ in range((spec.periods or 1) - len(found)):
        period = period_containing(period.frequency, period.start - timedelta(days=1))
        found.insert(0, period)
    return tuple(found)


class OtherPeriods:
    """What the declared figures of an obligation are in other periods; each is computed once."""

    def __init__(
        self,
        tables: Sequence[TableSpec],
        figures: Sequence[FigureSpec],
        lines: Sequence[AmountLine],
        workspace: Path,
        cache: SheetCache,
        lang: str,
    ) -> None:
        self.tables = tables
        self.specs = figures
        self.lines = lines
        self.workspace = workspace
        self.cache = cache
        self.lang = lang
        self.sources: dict[Source, None] = {}  # all that was read, in order
        self._found: dict[tuple[str, str], Figure] = {}

    def of(self, specs: Iterable[FigureSpec], period: Period) -> Mapping[str, Sequence[Other]]:
        """Return, for each of these figures that is one of other periods, its figures there by the period's key."""
        return {
            spec.name: [(other.key, self._figure(spec.operands[0], other)) for other in other_periods(spec, period)]
            for spec in specs
            if spec.operation in OF_OTHER_PERIODS
        }

    def _figure(self, name: str, period: Period) -> Figure:
        if (name, period.key) not in self._found:
            self._found[name, period.key] = self._computed(name, period)
        return self._found[name, period.key]

    def _computed(self, name: str, period: Period) -> Figure:
        """Return a figure of another period; a mark and the reason, where its workbooks are not there or not right."""
        specs = behind([name], self.specs)
        wanted = tables_behind(specs)
        tables = [table for table in self.tables if table.name in wanted]
        try:
            examined = examine_all(tables, period, self.workspace, self.cache, self.lang)
            read = {table: found.table for table, found in examined.items()}
            others, year = self.of(specs, period), period.last_day.year
            figure = compute(specs, read, self.lines, year, self.lang, others=others)[name]
        except SourceError as error:
            [first, *_] = error.problems
            return Figure(name, NOT_THERE, name, reason=f"{first.where}: {first.discreet or first.what}")
        self.sources |= dict.fromkeys(source for table in read.values() for source in table.sources)
        return figure
