"""What is declared of a chart: its kind, the rows or figures that it shows, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scheduler.core.data import ColumnType

MOST_SERIES = 6  # more cannot be told apart in grey


class ChartKind(StrEnum):
    """How values are shown; words as in `deadlines.yaml`."""

    LINE = "line"
    BAR = "bar"
    PROGRESS = "progress"  # what was reached of a target


@dataclass(frozen=True)
class ChartSpec:
    """A declared chart: of the rows of one table, or, for a progress, of two figures: what was reached, its target."""

    name: str
    kind: ChartKind
    of: tuple[str, ...]  # one table, or two figures
    alt: str  # what the chart shows, for those who cannot see it; the numbers are added
    title: str = ""
    label: str = ""  # the column that names each row
    values: tuple[str, ...] = ()  # the columns that are shown; of a progress (reached, target)
    type: ColumnType = ColumnType.NUMBER  # of the values, which have one axis
    label_type: ColumnType = ColumnType.TEXT
